import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioBlock } from '../../src/audio/audio-block.ts';
import { inlet } from '../../src/pipeline/inlet.ts';
import { type PreGain, type PreGainOptions, preGain } from '../../src/stages/pre-gain.ts';
import { cut, pinkNoise, scaled, speechRms, spoken, whiteNoise } from '../audio/spoken.ts';
import { mixed, rms } from '../support/loudness.ts';
import { decibels, tone } from '../wasm/tone.ts';
import { CollectedBlocks } from './collected-blocks.ts';

const rateHz = 24_000;

/** An open stage and what comes out of it: copies of the blocks, and what was called. */
function opened(stage: PreGain, channels = 1) {
  const collected = new CollectedBlocks();
  const { blocks, calls, outlet } = collected;
  const first = stage.open(outlet);
  let timeMs = 1_000;
  const push = (samples: Float32Array) => {
    first.push({ samples, rateHz, channels, timeMs });
    timeMs += (samples.length * 1000) / channels / rateHz;
  };
  return {
    first,
    push,
    blocks,
    calls,
    samples: () => collected.samples,
  };
}

/** What comes out for an input, without the delay, and the gain after each piece. */
function through(options: Omit<PreGainOptions, 'rateHz'>, input: Float32Array, lengths = [480]) {
  const stage = preGain({ rateHz, ...options });
  const { first, push, samples } = opened(stage, options.channels);
  const gains = cut(input, lengths, options.channels).map((piece) => {
    push(piece);
    return stage.gainDb;
  });
  first.end();
  return { output: samples().subarray(72 * (options.channels ?? 1)), gains };
}

describe('with a fixed gain', () => {
  test('multiplies by it, and says so', () => {
    const input = whiteNoise(2_000, 0.05);
    const { output } = through({ gain: 6 }, input);
    expect(output).toEqual(input.map((x) => x * Math.fround(10 ** (6 / 20))));
    expect(preGain({ rateHz, gain: 6 }).name).toBe('pre-gain +6 dB');
    expect(preGain({ rateHz, gain: -3.5 }).name).toBe('pre-gain −3.5 dB');
    expect(preGain({ rateHz, gain: 0 }).name).toBe('pre-gain 0 dB');
    expect(preGain({ rateHz, gain: 'auto' }).name).toBe('pre-gain auto');
  });

  test('of 0 dB only delays, to the bit', () => {
    const input = tone(300, rateHz, 3_000, 0.89);
    expect(through({ gain: 0 }, input, [480, 13]).output).toEqual(input);
  });

  test('of 60 dB exceeds no ceiling', () => {
    const output = through({ gain: 60, ceilingDb: -3 }, whiteNoise(9_600, 0.3)).output;
    const highest = output.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
    expect(decibels(highest)).toBeLessThanOrEqual(-3 + 1e-6);
    expect(decibels(highest)).toBeGreaterThan(-3.1);
  });
});

describe('the blocks', () => {
  test('are as long as those that came in, and `end` adds the look-ahead', () => {
    const stage = preGain({ rateHz, gain: 0 });
    const { first, push, blocks, calls } = opened(stage);
    for (const length of [480, 480, 7, 1_000]) push(new Float32Array(length));
    first.end();
    expect(stage.delayMs).toBe(3);
    expect(blocks.map((block) => block.samples.length)).toEqual([480, 480, 7, 1_000, 72]);
    expect(calls).toEqual(['push', 'push', 'push', 'push', 'push', 'end']);
    expect(blocks.every((block) => block.rateHz === rateHz && block.channels === 1)).toBe(true);
  });

  test('say when the sound in them was captured', () => {
    const { first, push, blocks } = opened(preGain({ rateHz, gain: 0 }));
    const impulse = new Float32Array(480);
    impulse[240] = 0.5;
    push(impulse);
    push(impulse);
    first.end();
    expect(blocks.map((block) => block.timeMs)).toEqual([997, 1_017, 1_037]);
    const at = blocks[0]?.samples.indexOf(0.5) ?? -1;
    expect((blocks[0]?.timeMs ?? 0) + at / 24).toBeCloseTo(1_010, 9);
  });

  test('are none where none came in', () => {
    const { first, push, calls } = opened(preGain({ rateHz, gain: 0 }));
    push(new Float32Array());
    first.end();
    expect(calls).toEqual(['end']);
  });

  test('are the same block and the same array again and again', () => {
    const blocks = new Set<AudioBlock>();
    const arrays = new Set<Float32Array>();
    const stage = preGain({ rateHz, gain: 'auto', channels: 2 });
    const first = stage.open(
      inlet((block) => {
        blocks.add(block);
        arrays.add(block.samples);
      }),
    );
    const samples = whiteNoise(960, 0.1);
    for (let n = 0; n < 20; n++) first.push({ samples, rateHz, channels: 2, timeMs: n * 20 });
    expect([blocks.size, arrays.size]).toEqual([1, 1]);
  });

  test('hold nothing of what was before a reset, a gap, or another opening', () => {
    const stage = preGain({ rateHz, gain: 3 });
    const { first, push, blocks, calls } = opened(stage);
    push(new Float32Array(480).fill(0.9));
    first.reset();
    push(new Float32Array(480));
    expect(calls).toEqual(['push', 'reset', 'push']);
    expect(blocks[1]?.samples.every((y) => y === 0)).toBe(true);
    push(new Float32Array(480).fill(0.9));
    const again = opened(stage);
    again.push(new Float32Array(480));
    expect(again.samples().every((y) => y === 0)).toBe(true);
  });

  test('leave the samples that came in as they were', () => {
    const input = whiteNoise(480, 0.5);
    const before = input.slice();
    opened(preGain({ rateHz, gain: 20 })).push(input);
    expect(input).toEqual(before);
  });

  test('of another rate or number of channels are refused', () => {
    const { first } = opened(preGain({ rateHz, gain: 0 }));
    const block = { samples: new Float32Array(480), rateHz, channels: 1, timeMs: 0 };
    expect(() => first.push({ ...block, rateHz: 16_000 })).toThrow(/24000 Hz.*received .*16000 Hz/);
    expect(() => first.push({ ...block, channels: 2 })).toThrow(RangeError);
  });
});

test.each([6, 'auto' as const])('the samples do not depend on how the input was cut: %s', (gain) => {
  const { samples } = spoken('german-pickup-24k');
  const input = scaled(samples.slice(7_000, 27_000), 0.4);
  input.set([Number.NaN, Number.POSITIVE_INFINITY, 30], 9_000);
  for (const channels of [1, 2]) {
    const whole = through({ gain, channels }, input, [99_999]).output;
    const lengths = fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(lengths, (cuts) => {
        expect(through({ gain, channels }, input, cuts).output).toEqual(whole);
      }),
      { seed: 1, numRuns: 10 },
    );
  }
});

test('what is no number is silence, and poisons nothing', () => {
  for (const gain of [0, 20, 'auto'] as const) {
    const input = tone(300, rateHz, 4_800, 0.05);
    input.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 1_000);
    const { output } = through({ gain }, input);
    expect(output.slice(1_000, 1_003)).toEqual(new Float32Array(3));
    expect(output.every(Number.isFinite)).toBe(true);
    expect(rms(output.subarray(2_400, 4_800))).toBeGreaterThan(0.02);
  }
});

describe('another gain while the sound runs', () => {
  /** A constant, so that the output is the gain. */
  function gainsOf(steps: readonly (number | 'auto')[], apart = 960): Float32Array {
    const stage = preGain({ rateHz, gain: 0 });
    const { push, samples } = opened(stage);
    for (const gain of [0, ...steps]) {
      stage.setGain(gain);
      push(new Float32Array(apart).fill(0.001));
    }
    return scaled(samples().subarray(72), 1000);
  }

  const steepest = (gains: Float32Array) =>
    gains.reduce((most, gain, n) => Math.max(most, Math.abs(gain - (gains[n - 1] ?? gain))), 0);

  test('is reached in 20 ms, along a straight line', () => {
    const gains = gainsOf([20]);
    expect(gains[959]).toBeCloseTo(1, 6);
    expect(gains[960 + 239]).toBeCloseTo(5.5, 4);
    expect(gains[960 + 479]).toBeCloseTo(10, 5);
    expect(steepest(gains)).toBeLessThan(9 / 480 + 1e-5);
  });

  test('that is changed again half-way goes on from there', () => {
    expect(steepest(gainsOf([20, -20, 10, 0, 'auto', 12], 200))).toBeLessThan(0.025);
  });

  test('is shown by the name and by what the sound has now', () => {
    const stage = preGain({ rateHz, gain: 0 });
    const { push } = opened(stage);
    stage.setGain(-12);
    expect([stage.name, stage.gainDb]).toEqual(['pre-gain −12 dB', 0]);
    push(new Float32Array(960));
    expect(stage.gainDb).toBeCloseTo(-12, 2);
  });

  test('sets out for `auto` from the gain there is', () => {
    const stage = preGain({ rateHz, gain: 15 });
    const { push } = opened(stage);
    stage.setGain('auto');
    push(new Float32Array(9_600));
    expect(stage.gainDb).toBeCloseTo(15, 2);
    stage.setGain(40);
    push(new Float32Array(9_600));
    stage.setGain('auto');
    push(new Float32Array(9_600));
    expect(stage.gainDb).toBeCloseTo(24, 2);
  });
});

describe('with automatic gain', () => {
  const sentences = [
    'german-pickup-24k',
    'new-novels-24k-24bit',
    'pause-inside',
    'answers/long-story',
    'answers/book-renewed',
  ];

  /** The sentences at a level, half a second apart, in noise; `said` are the frames in which there is speech. */
  function talk(levelDb: number, noiseDb: number, names = sentences) {
    const parts = names.map((name) => {
      const sentence = spoken(name);
      return { ...sentence, samples: scaled(sentence.samples, 10 ** (levelDb / 20) / speechRms(sentence)) };
    });
    const length = parts.reduce((sum, { samples }) => sum + samples.length + 12_000, 24_000);
    const samples = pinkNoise(length, 10 ** (noiseDb / 20));
    const said: number[] = [];
    let at = 24_000;
    for (const part of parts) {
      samples.set(mixed(samples.subarray(at, at + part.samples.length), part.samples), at);
      for (const { startFrame, endFrame } of part.segments)
        for (let frame = startFrame; frame < endFrame; frame++) said.push(at + frame);
      at += part.samples.length + 12_000;
    }
    return { samples, said };
  }

  test.each([-40, -32, -20, -12])(
    'brings a voice of %i dBFS to the target in a second, and leaves it there',
    (level) => {
      const { samples, said } = talk(level, level - 40);
      const { output, gains } = through({ gain: 'auto' }, samples);
      const heard = Float32Array.from(said.slice(rateHz), (frame) => output[frame] as number);
      expect(Math.abs(decibels(rms(heard)) + 20)).toBeLessThan(1.5);
      const settled = said[rateHz * 1.5] as number;
      const later = gains.slice(Math.floor(settled / 480));
      expect(Math.max(...later) - Math.min(...later)).toBeLessThan(1);
    },
  );

  test('does not turn up the noise in the pauses, nor before the first word', () => {
    const { samples, said } = talk(-35, -60);
    const { gains } = through({ gain: 'auto' }, samples);
    expect(gains.slice(0, 49).every((db) => db === 0)).toBe(true);
    const last = Math.floor((said.at(-1) as number) / 480);
    const silence = pinkNoise(10 * rateHz, 0.001);
    const after = through({ gain: 'auto' }, Float32Array.from([...samples, ...silence])).gains.slice(
      last + 12,
    );
    expect(Math.max(...after) - Math.min(...after)).toBe(0);
  });

  test.each([0.005, 0.03])('leaves noise of RMS %f alone, also where it begins suddenly', (level) => {
    const noise = pinkNoise(8 * rateHz, level).map((x, i) => (i < 3 * rateHz ? x / 20 : x));
    const { gains } = through({ gain: 'auto' }, noise);
    expect(Math.max(...gains)).toBeLessThan(0.5);
  });

  test('turns down what is suddenly loud within 200 ms, and the limiter takes the rest', () => {
    const quiet = talk(-38, -80, ['new-novels-24k-24bit', 'german-pickup-24k']);
    const loud = talk(-8, -80, ['answers/book-renewed']);
    const { output, gains } = through(
      { gain: 'auto' },
      Float32Array.from([...quiet.samples, ...loud.samples]),
    );
    const begins = quiet.samples.length + (loud.said[0] as number);
    const before = gains[Math.floor(begins / 480) - 1] as number;
    const later = gains[Math.floor((begins + 0.25 * rateHz) / 480)] as number;
    expect(before).toBeGreaterThan(15);
    expect(later).toBeLessThan(0);
    expect(decibels(output.reduce((most, y) => Math.max(most, Math.abs(y)), 0))).toBeLessThanOrEqual(-1);
  });

  test('gives both channels of a stereo voice the same gain', () => {
    const { samples } = talk(-35, -80, ['german-pickup-24k']);
    const stereo = new Float32Array(2 * samples.length).map(
      (_, i) => (samples[i >> 1] as number) * (i % 2 ? 0.5 : 1),
    );
    const { output } = through({ gain: 'auto', channels: 2 }, stereo);
    const frames = output;
    expect(decibels(rms(frames) / rms(stereo))).toBeGreaterThan(8);
    for (let i = 0; i < frames.length; i += 202)
      expect(frames[i + 1]).toBeCloseTo((frames[i] as number) / 2, 6);
  });
});

test('meters what comes in and what goes out', () => {
  const stage = preGain({ rateHz, gain: 12 });
  opened(stage).push(new Float32Array(12_000).fill(0.1));
  expect([stage.input.peakDb, stage.input.rmsDb]).toEqual([-20, -20]);
  expect(stage.output.peakDb).toBeCloseTo(-8, 2);
  expect(stage.output.rmsDb).toBeCloseTo(-8, 2);
});

test('refuses gains, rates, channels and ceilings out of their range', () => {
  for (const gain of [60.1, -61, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => preGain({ rateHz, gain })).toThrow(RangeError);
    expect(() => preGain({ rateHz, gain: 0 }).setGain(gain)).toThrow(String(gain));
  }
  expect(() => preGain({ rateHz: 4_000, gain: 0 })).toThrow(RangeError);
  expect(() => preGain({ rateHz, channels: 0, gain: 0 })).toThrow(RangeError);
  expect(() => preGain({ rateHz, gain: 0, ceilingDb: 1 })).toThrow(RangeError);
});
