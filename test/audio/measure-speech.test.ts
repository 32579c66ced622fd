import { describe, expect, test } from 'vitest';
import { measureSpeech, type SampleStream } from '../../src/audio/measure-speech.ts';
import { Random } from '../../src/random.ts';

const seconds = (rateHz: number, duration: number) => new Float32Array(Math.round(rateHz * duration));

/** Approximately Gaussian, white. */
function noise(rateHz: number, duration: number, rms: number, random = new Random(5)): Float32Array {
  return seconds(rateHz, duration).map(() => {
    let sum = 0;
    for (let i = 0; i < 4; i++) sum += random.uniform() - 0.5;
    return sum * Math.sqrt(3) * rms;
  });
}

/** Each octave as loud as the next: one slow and four faster sources of steps (Voss). */
function pinkNoise(rateHz: number, duration: number, rms: number): Float32Array {
  const random = new Random(9);
  const held = new Float64Array(12);
  return seconds(rateHz, duration).map((_, i) => {
    for (let octave = 0; octave < held.length; octave++) {
      if (i % 2 ** octave === 0) held[octave] = random.uniform() - 0.5;
    }
    return held.reduce((sum, value) => sum + value, 0) * rms;
  });
}

/** Like speech: a voiced buzz in syllables of 180 ms, each with a closure of 60 ms that is 30 dB weaker. */
function speechLike(rateHz: number, duration: number, amplitude = 0.3): Float32Array {
  return seconds(rateHz, duration).map((_, i) => {
    const inSyllable = (i / rateHz) % 0.18;
    const envelope = inSyllable > 0.06 && inSyllable < 0.12 ? 0.03 : 1;
    const buzz = 2 * (((i * 150) / rateHz) % 1) - 1;
    return amplitude * envelope * buzz;
  });
}

function joined(...parts: Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

function mixed(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((sample, i) => sample + (b[i] ?? 0));
}

async function measureMs(rateHz: number, samples: Float32Array, pieceFrames = 4_096): Promise<number[][]> {
  let at = 0;
  const stream: SampleStream = {
    rateHz,
    read: async (maxFrames) => {
      const piece = samples.slice(at, at + Math.min(maxFrames, pieceFrames));
      at += piece.length;
      return piece.length > 0 ? piece : undefined;
    },
  };
  const segments = await measureSpeech(stream);
  return segments.map(({ startFrame, endFrame }) => [
    (startFrame * 1000) / rateHz,
    (endFrame * 1000) / rateHz,
  ]);
}

function expectNear(segments: number[][], truth: number[][], toleranceMs: number): void {
  expect(segments).toHaveLength(truth.length);
  for (const [i, [startMs, endMs]] of truth.entries()) {
    expect(Math.abs((segments[i]?.[0] ?? Number.NaN) - (startMs ?? 0))).toBeLessThanOrEqual(toleranceMs);
    expect(Math.abs((segments[i]?.[1] ?? Number.NaN) - (endMs ?? 0))).toBeLessThanOrEqual(toleranceMs);
  }
}

const rates = [8_000, 11_025, 16_000, 24_000, 44_100, 48_000];

describe('speech', () => {
  test.each(rates)('in silence is found within 10 ms at %i Hz', async (rateHz) => {
    const samples = joined(seconds(rateHz, 0.413), speechLike(rateHz, 1.5), seconds(rateHz, 0.6));
    expectNear(await measureMs(rateHz, samples), [[413, 1_913]], 10);
  });

  test.each(rates)('in noise 40 dB below it is found within 30 ms at %i Hz', async (rateHz) => {
    const samples = joined(seconds(rateHz, 0.5), speechLike(rateHz, 1.5), seconds(rateHz, 0.5));
    const noisy = mixed(samples, noise(rateHz, 2.5, 0.0017));
    expectNear(await measureMs(rateHz, noisy), [[500, 2_000]], 30);
  });

  test('may begin with the file and end with it', async () => {
    expectNear(await measureMs(16_000, speechLike(16_000, 1)), [[0, 1_000]], 10);
  });

  test('goes on over a pause shorter than 300 ms and is two over a longer one', async () => {
    const around = (pause: number) =>
      joined(
        seconds(16_000, 0.3),
        speechLike(16_000, 0.72),
        seconds(16_000, pause),
        speechLike(16_000, 0.72),
        seconds(16_000, 0.3),
      );
    expectNear(await measureMs(16_000, around(0.25)), [[300, 1_990]], 10);
    expectNear(
      await measureMs(16_000, around(0.4)),
      [
        [300, 1_020],
        [1_420, 2_140],
      ],
      10,
    );
  });

  test('of seven minutes with pauses is not taken for noise', async () => {
    const turn = joined(speechLike(8_000, 6), seconds(8_000, 1));
    const samples = mixed(joined(...Array.from({ length: 60 }, () => turn)), noise(8_000, 420, 0.0005));
    const segments = await measureMs(8_000, samples);
    expect(segments).toHaveLength(60);
  });

  test('is found again after the noise has grown', async () => {
    const quiet = noise(16_000, 6, 0.0003);
    const loud = noise(16_000, 6, 0.01);
    const said = joined(seconds(16_000, 3), speechLike(16_000, 1.08), seconds(16_000, 1.92));
    const segments = await measureMs(16_000, joined(mixed(said, quiet), mixed(said, loud)));
    expect(segments[0]?.[0]).toBeCloseTo(3_000, -2);
    expectNear(segments.slice(-1), [[9_000, 10_080]], 30);
  });

  test('in noise between digital silences begins where it begins', async () => {
    const said = joined(seconds(16_000, 0.7), speechLike(16_000, 1.5), seconds(16_000, 0.7));
    const noisy = mixed(said, noise(16_000, 2.9, 0.005));
    const padded = joined(seconds(16_000, 1), noisy, seconds(16_000, 1));
    expectNear(await measureMs(16_000, padded), [[1_700, 3_200]], 30);
  });

  test('is not lengthened by a reverberation that dies away', async () => {
    const tail = speechLike(16_000, 0.5, 0.0008);
    const samples = joined(seconds(16_000, 0.5), speechLike(16_000, 1.08), tail, seconds(16_000, 0.5));
    expectNear(await measureMs(16_000, samples), [[500, 1_580]], 30);
  });

  test('is the same whatever pieces it comes in', async () => {
    const samples = joined(seconds(11_025, 0.4), speechLike(11_025, 1), seconds(11_025, 0.4));
    expect(await measureMs(11_025, samples, 37)).toEqual(await measureMs(11_025, samples, 4_096));
  });
});

describe('no speech', () => {
  test.each([0.0001, 0.003, 0.1])('white noise of RMS %f', async (rms) => {
    expect(await measureMs(8_000, noise(8_000, 60, rms))).toEqual([]);
  });

  test('pink noise', async () => {
    expect(await measureMs(16_000, pinkNoise(16_000, 30, 0.02))).toEqual([]);
  });

  test('noise behind digital silence', async () => {
    const samples = joined(seconds(16_000, 1), noise(16_000, 4, 0.01), seconds(16_000, 1));
    expect(await measureMs(16_000, samples)).toEqual([]);
  });

  test('hum of the mains and an offset', async () => {
    const hum = seconds(16_000, 5).map((_, i) => 0.2 + 0.02 * Math.sin((2 * Math.PI * 50 * i) / 16_000));
    expect(await measureMs(16_000, mixed(hum, noise(16_000, 5, 0.001)))).toEqual([]);
  });

  test('a click', async () => {
    const samples = noise(16_000, 3, 0.001);
    samples.fill(0.9, 16_000, 16_000 + 160);
    expect(await measureMs(16_000, samples)).toEqual([]);
  });

  test('silence, and nothing', async () => {
    expect(await measureMs(16_000, seconds(16_000, 2))).toEqual([]);
    expect(await measureMs(16_000, seconds(16_000, 0))).toEqual([]);
    expect(await measureMs(16_000, seconds(16_000, 0.001))).toEqual([]);
  });
});
