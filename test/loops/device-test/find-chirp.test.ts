import { expect, test } from 'vitest';
import { ChirpFinder } from '../../../src/loops/device-test/find-chirp.ts';
import { chirp, chirpLowHz, highestChirpHz } from '../../../src/loops/device-test/test-sounds.ts';
import { Random } from '../../../src/random.ts';
import { tone } from '../../wasm/tone.ts';

const rateHz = 48_000;
const highHz = highestChirpHz(rateHz);
const rising = chirp(rateHz, highHz, true);
const finder = new ChirpFinder(rising, { rateHz, lowHz: chirpLowHz, highHz });

function noise(frames: number, amplitude: number, seed = 1): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: frames }, () => amplitude * (2 * random.uniform() - 1));
}

/** The sound at a place, at another level, on top of what is there. */
function withSound(recording: Float32Array, sound: Float32Array, at: number, factor: number): Float32Array {
  for (const [n, sample] of sound.entries()) recording[at + n] = (recording[at + n] ?? 0) + factor * sample;
  return recording;
}

test.each([0, 1, 12_345, 62_399])('a sound is found to the frame (%i)', (at) => {
  const found = finder.find(withSound(new Float32Array(72_000), rising, at, 0.25));
  expect(found?.frame).toBe(at);
  expect(found?.likeness).toBeGreaterThan(0.99);
});

test('it is found upside down, as a wrongly poled loudspeaker plays it', () => {
  expect(finder.find(withSound(new Float32Array(48_000), rising, 7000, -1))?.frame).toBe(7000);
});

test('it is found in noise that is as loud', () => {
  const found = finder.find(withSound(noise(60_000, 0.1), rising, 30_000, 1));
  expect(found?.frame).toBe(30_000);
  expect(found?.likeness).toBeGreaterThan(0.6);
});

test('hum that is ten times as loud, outside its band, changes nothing', () => {
  const hum = Float32Array.from(tone(100, rateHz, 60_000), (sample) => sample * 0.9);
  const found = finder.find(withSound(hum, rising, 41_000, 0.5));
  expect(found?.frame).toBe(41_000);
  expect(found?.likeness).toBeGreaterThan(0.9);
});

test('nothing but noise is not like it', () => {
  for (let seed = 1; seed <= 5; seed++) {
    expect(finder.find(noise(60_000, 0.3, seed))?.likeness).toBeLessThan(0.12);
  }
});

test('the same sound backwards is not like it', () => {
  const falling = chirp(rateHz, highHz, false);
  expect(finder.find(withSound(new Float32Array(48_000), falling, 9000, 1))?.likeness).toBeLessThan(0.15);
});

test('neither in silence nor in less than the sound is anything found', () => {
  expect(finder.find(new Float32Array(60_000))).toBeUndefined();
  expect(finder.find(rising.subarray(1))).toBeUndefined();
});

test('a microphone of another rate hears the same sound', () => {
  const low = highestChirpHz(16_000, 48_000);
  const slow = new ChirpFinder(chirp(16_000, low, false), { rateHz: 16_000, lowHz: chirpLowHz, highHz: low });
  const played = chirp(48_000, low, false).filter((_, n) => n % 3 === 0);
  const found = slow.find(withSound(new Float32Array(16_000), played, 4000, 1));
  expect(found?.frame).toBe(4000);
  expect(found?.likeness).toBeGreaterThan(0.98);
});

test('a sound that is too long for the transform is refused', () => {
  expect(() => new ChirpFinder(new Float32Array(70_000), { rateHz, lowHz: 400, highHz: 6000 })).toThrow(
    'cannot look for a sound of 70000 frames',
  );
});
