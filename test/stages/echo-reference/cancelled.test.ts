/** What the mock's echo canceller, which follows no drift itself, makes of both channels. */
import { expect, test } from 'vitest';
import { resampleWhole } from '../../../src/audio/resample-whole.ts';
import { EchoCanceller } from '../../../src/mock/echo/echo-canceller.ts';
import { spoken } from '../../audio/spoken.ts';
import { rms } from '../../support/loudness.ts';
import { decibels } from '../../wasm/tone.ts';
import { interpolated, TwoDevices } from './two-devices.ts';

const rateHz = 24_000;
const finelyHz = 48_000;

/** An answer, again and again. */
function answer(): (timeMs: number) => number {
  const { samples, rateHz: spokenHz } = spoken('answers/long-story');
  return interpolated(resampleWhole(samples, spokenHz, finelyHz), finelyHz);
}

/** What the canceller leaves of an echo at −20 dB and 40 ms, once it has heard it for some seconds. */
function leftDb(options: { microphonePpm: number; loudspeakerPpm: number; isFollowed: boolean }): number {
  const devices = new TwoDevices(answer(), {
    ...options,
    wireHz: rateHz,
    playedHz: rateHz,
    jitterMs: 2,
    delayMs: 40,
  });
  devices.run(20_000);
  const { microphone, reference } = devices.listen(8000);
  const echo = microphone.map((sample) => sample * 0.1);
  const left = new EchoCanceller(rateHz).process(echo, options.isFollowed ? reference : stretched(reference));
  return decibels(rms(left.subarray(4 * rateHz)) / rms(echo.subarray(4 * rateHz)));
}

/** As it would be, were 600 ppm not followed. */
function stretched(samples: Float32Array): Float32Array {
  const at = interpolated(samples, rateHz);
  return samples.map((_, i) => at((i * 1000 * 1.0006) / rateHz));
}

test.each([
  [-300, 300],
  [300, -300],
])('of the echo between devices off by %d and %d ppm, 30 dB are gone', (microphonePpm, loudspeakerPpm) => {
  expect(leftDb({ microphonePpm, loudspeakerPpm, isFollowed: true })).toBeLessThan(-30);
});

test('were the drift not followed, more than a quarter of it would be left', () => {
  expect(leftDb({ microphonePpm: -300, loudspeakerPpm: 300, isFollowed: false })).toBeGreaterThan(-12);
});
