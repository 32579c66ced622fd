import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioBlock } from '../../src/audio/audio-block.ts';
import { resampleWhole } from '../../src/audio/resample-whole.ts';
import { inlet } from '../../src/pipeline/inlet.ts';
import { Random } from '../../src/random.ts';
import { loadRnnoise, Rnnoise } from '../../src/stages/denoiser/rnnoise.ts';
import { type DenoiserOptions, denoiser } from '../../src/stages/denoiser.ts';
import { concatenate } from '../support/concatenate.ts';
import { CollectedBlocks } from './collected-blocks.ts';
import { inNoise, type NoiseKind, pausesOf, powerIn, rateHz, spoken } from './denoiser/noisy-speech.ts';

const rnnoise = await loadRnnoise();
const speech = await spoken('opening-hours', 'german-pickup-24k', 'pause-inside');

type Options = Omit<DenoiserOptions, 'rnnoise'>;

/** An open denoiser and what comes out of it: copies of the blocks, what was called, and the probabilities. */
function opened(options: Options) {
  const { blocks, calls, outlet } = new CollectedBlocks();
  const probabilities: [probability: number, timeMs: number][] = [];
  const stage = denoiser({
    rnnoise,
    ...options,
    onVoiceProbability: (probability, timeMs) => probabilities.push([probability, timeMs]),
  });
  const first = stage.open(outlet);
  const { channels = 1 } = options;
  /** Pushes from `startMs` on, in blocks of `frames` frames. */
  const push = (samples: Float32Array, startMs = 0, frames = options.fromHz / 50) => {
    for (let n = 0; n < samples.length; n += frames * channels) {
      const timeMs = startMs + (n * 1000) / channels / options.fromHz;
      const block = {
        samples: samples.subarray(n, n + frames * channels),
        rateHz: options.fromHz,
        channels,
        timeMs,
      };
      first.push(block);
    }
  };
  const samples = () => concatenate(blocks.map((block) => block.samples));
  return { stage, first, push, blocks, calls, probabilities, samples };
}

function denoised(samples: Float32Array, options: Options = { fromHz: rateHz }) {
  const { push, first, samples: all, probabilities } = opened(options);
  push(samples);
  first.end();
  return { samples: all(), probabilities };
}

function white(length: number, seed = 1): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => (random.uniform() - 0.5) * 0.2);
}

function ratioDb(power: number, reference: number): number {
  return 10 * Math.log10(power / reference);
}

/** By how many samples the second lags behind the first. */
function lag(first: Float32Array, second: Float32Array, most: number): number {
  let [best, highest] = [0, Number.NEGATIVE_INFINITY];
  for (let shift = 0; shift <= most; shift++) {
    let product = 0;
    for (let n = 0; n + shift < second.length && n < first.length; n++) {
      product += (first[n] as number) * (second[n + shift] as number);
    }
    if (product > highest) [best, highest] = [shift, product];
  }
  return best;
}

test('says what it does and what delay that takes', () => {
  expect(opened({ fromHz: 48_000 }).stage).toMatchObject({ name: 'denoiser', delayMs: 10 });
  const { stage } = opened({ fromHz: 48_000, toHz: 24_000 });
  expect(stage.name).toBe('denoiser 48000→24000');
  expect(stage.delayMs).toBeCloseTo(11.5, 4);
});

describe('noise', () => {
  test.each(['white', 'pink', 'fan'] as const)(
    '%s, 10 dB below the speech, is gone from the pauses',
    (kind) => {
      const noisy = inNoise(speech, kind, 10);
      const out = denoised(noisy).samples.subarray(480);
      const pauses = pausesOf(speech);
      expect(ratioDb(powerIn(noisy, pauses), powerIn(out, pauses))).toBeGreaterThan(20);
      for (const pause of pauses.slice(1)) {
        expect(ratioDb(powerIn(noisy, [pause]), powerIn(out, [pause]))).toBeGreaterThan(30);
      }
      expect(
        Math.abs(ratioDb(powerIn(out, speech.segments), powerIn(speech.samples, speech.segments))),
      ).toBeLessThan(1);
    },
  );
});

describe('clean speech', () => {
  const { samples } = denoised(speech.samples);

  test('keeps its level', () => {
    for (const segment of speech.segments) {
      const change = ratioDb(powerIn(samples.subarray(480), [segment]), powerIn(speech.samples, [segment]));
      expect(Math.abs(change)).toBeLessThan(0.2);
    }
  });

  test('comes out as late as the stage says, to the sample', () => {
    const [from, to] = speech.segments[0] as readonly [number, number];
    expect(lag(speech.samples.subarray(from, to), samples.subarray(from, to + 960), 960)).toBe(480);
  });

  test.each([
    [48_000, 24_000],
    [16_000, 24_000],
    [44_100, 16_000],
  ])('does so from %i to %i Hz too', (fromHz, toHz) => {
    const [from, to] = [rateHz, 2.5 * rateHz];
    const input = resampleWhole(speech.samples.subarray(from, to), rateHz, fromHz);
    const wanted = resampleWhole(speech.samples.subarray(from, to), rateHz, toHz);
    const out = denoised(input, { fromHz, toHz }).samples;
    const { delayMs } = denoiser({ rnnoise, fromHz, toHz });
    expect(Math.abs(lag(wanted, out, toHz / 40) - (delayMs * toHz) / 1000)).toBeLessThanOrEqual(0.5 + 1e-9);
  });

  test('has a high probability of being speech, and what is around it has none', () => {
    const { probabilities } = denoised(speech.samples);
    const within = (timeMs: number) =>
      speech.segments.some(([from, to]) => timeMs >= from / 48 && timeMs < to / 48);
    const around = pausesOf(speech);
    const outside = (timeMs: number) => around.some(([from, to]) => timeMs >= from / 48 && timeMs < to / 48);
    const mean = (chosen: (timeMs: number) => boolean) => {
      const values = probabilities.filter(([, timeMs]) => chosen(timeMs)).map(([probability]) => probability);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    expect(mean(within)).toBeGreaterThan(0.8);
    expect(mean(outside)).toBeLessThan(0.01);
  });
});

describe('blocks', () => {
  test.each([
    [48_000, 48_000],
    [48_000, 24_000],
    [44_100, 24_000],
    [16_000, 16_000],
    [8_000, 24_000],
  ])('of 10 and 20 ms at %i Hz come out as such at %i Hz, from the first one on', (fromHz, toHz) => {
    for (const perSecond of [50, 100]) {
      const { push, blocks } = opened({ fromHz, toHz });
      push(white(fromHz / 10), 0, fromHz / perSecond);
      expect(blocks.map((block) => block.samples.length)).toEqual(
        new Array(perSecond / 10).fill(toHz / perSecond),
      );
      expect(blocks.every((block) => block.rateHz === toHz && block.channels === 1)).toBe(true);
    }
  });

  test('of any length give the same samples, times and probabilities, to the bit', () => {
    const samples = inNoise(speech, 'white', 10).subarray(
      speech.segments[0]?.[0],
      (speech.segments[0]?.[0] ?? 0) + 9_600,
    );
    const whole = denoised(samples);
    const rates = fc.constantFrom(48_000, 24_000);
    const reference = new Map(
      [48_000, 24_000].map((toHz) => [toHz, denoised(samples, { fromHz: rateHz, toHz })]),
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6_000 }), { maxLength: 30 }), rates, (cuts, toHz) => {
        const { first, blocks, samples: all, probabilities } = opened({ fromHz: rateHz, toHz });
        let at = 0;
        for (const length of [...cuts, samples.length]) {
          first.push({ samples: samples.subarray(at, at + length), rateHz, channels: 1, timeMs: at / 48 });
          at = Math.min(samples.length, at + length);
        }
        first.end();
        expect(all()).toEqual(reference.get(toHz)?.samples);
        expect(probabilities.map(([probability]) => probability)).toEqual(
          whole.probabilities.map(([p]) => p),
        );
        let given = 0;
        for (const block of blocks) {
          expect(block.timeMs + denoiser({ rnnoise, fromHz: rateHz, toHz }).delayMs).toBeCloseTo(
            (given * 1000) / toHz,
            6,
          );
          given += block.samples.length;
        }
      }),
      { seed: 1, numRuns: 15 },
    );
  });

  test('longer than 100 ms leave in pieces', () => {
    const { push, blocks } = opened({ fromHz: rateHz });
    push(white(12_000), 1000, 12_000);
    expect(blocks.map((block) => block.samples.length)).toEqual([4_800, 4_800, 2_400]);
    expect(blocks.map((block) => block.timeMs)).toEqual([990, 1090, 1190]);
  });

  test('are one object and, at one length, one array', () => {
    const blocks = new Set<AudioBlock>();
    const arrays = new Set<Float32Array>();
    const first = denoiser({ rnnoise, fromHz: rateHz }).open(
      inlet((block) => {
        blocks.add(block);
        arrays.add(block.samples);
      }),
    );
    // Blocks of 500 complete one frame or two.
    for (let n = 0; n < 60; n++)
      first.push({ samples: white(500), rateHz, channels: 1, timeMs: (n * 500) / 48 });
    expect([blocks.size, arrays.size]).toEqual([1, 2]);
  });

  test('of another rate or number of channels are refused, as are wrong options', () => {
    for (const fromHz of [48_000, 24_000]) {
      const { first } = opened({ fromHz });
      expect(() =>
        first.push({ samples: new Float32Array(320), rateHz: 16_000, channels: 1, timeMs: 0 }),
      ).toThrow(new RegExp(`${fromHz} Hz.*received .*16000 Hz`));
      expect(() =>
        first.push({ samples: new Float32Array(320), rateHz: fromHz, channels: 2, timeMs: 0 }),
      ).toThrow(RangeError);
    }
    expect(() => denoiser({ rnnoise, fromHz: Number.NaN })).toThrow(RangeError);
    expect(() => denoiser({ rnnoise, fromHz: 48_000, toHz: 0.5 })).toThrow(RangeError);
    expect(() => denoiser({ rnnoise, fromHz: 48_000, channels: 0 })).toThrow(/received 0/);
  });
});

describe('times', () => {
  test('neither jitter with the stamps nor drift, and follow a jump', () => {
    const { first, blocks, probabilities } = opened({ fromHz: rateHz });
    for (const timeMs of [100, 123, 138, 160, 400, 420]) {
      first.push({ samples: white(960), rateHz, channels: 1, timeMs });
    }
    expect(blocks.map((block) => block.timeMs)).toEqual([90, 110, 130, 150, 390, 410]);
    expect(probabilities.map(([, timeMs]) => timeMs)).toEqual([
      100, 110, 120, 130, 140, 150, 160, 170, 400, 410, 420, 430,
    ]);
  });

  test('of probabilities are those of the capture, whatever a conversion before adds', () => {
    const { push, probabilities } = opened({ fromHz: 16_000 });
    push(white(640), 500);
    const { delayMs } = denoiser({ rnnoise, fromHz: 16_000, toHz: 48_000 });
    expect(probabilities[0]?.[1]).toBeCloseTo(500 - (delayMs - 10), 9);
  });
});

describe('the end', () => {
  test.each([480, 960, 1000, 1, 4_799])('gives all of %i samples, and what the delay holds', (length) => {
    const { first, push, samples, calls, probabilities } = opened({ fromHz: rateHz });
    push(white(length), 0, 4_800);
    first.end();
    expect(samples()).toHaveLength(length + 480);
    expect(calls.at(-1)).toBe('end');
    expect(probabilities).toHaveLength(Math.ceil(length / 480));
  });

  test('gives what stands last in the input', () => {
    const cut = speech.samples.slice(0, (speech.segments[0]?.[0] ?? 0) + 20_000);
    const { samples } = denoised(cut);
    const last = [[cut.length - 400, cut.length]] as const;
    expect(Math.abs(ratioDb(powerIn(samples.subarray(480), last), powerIn(cut, last)))).toBeLessThan(3);
  });

  test('goes on without a block where there was none', () => {
    const { first, calls } = opened({ fromHz: rateHz });
    first.push({ samples: new Float32Array(), rateHz, channels: 1, timeMs: 0 });
    first.end();
    expect(calls).toEqual(['end']);
  });
});

test.each(['reset', 'end'] as const)('is as new after %s', (what) => {
  for (const options of [{ fromHz: rateHz }, { fromHz: 16_000, toHz: 24_000 }]) {
    const input = white(options.fromHz / 4);
    const { first, push, blocks, calls } = opened(options);
    push(input.subarray(0, -77), 30);
    first[what]();
    expect(calls.at(-1)).toBe(what);
    const before = blocks.length;
    push(input, 500);
    const fresh = opened(options);
    fresh.push(input, 500);
    expect(blocks.slice(before)).toEqual(fresh.blocks);
  }
});

test('treats NaN and infinities as silence', () => {
  for (const fromHz of [48_000, 16_000]) {
    const input = white(fromHz / 5);
    const [wrong, right] = [input.slice(), input.slice()];
    for (const [k, value] of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].entries()) {
      wrong[1000 + 100 * k] = value;
      right[1000 + 100 * k] = 0;
    }
    expect(denoised(wrong, { fromHz })).toEqual(denoised(right, { fromHz }));
  }
});

test('denoises channels apart, and judges the first', () => {
  const mono = (['white', 'pink'] as NoiseKind[]).map((kind) =>
    inNoise(speech, kind, 10).subarray(48_000, 86_400),
  );
  const [left, right] = mono as [Float32Array, Float32Array];
  for (const toHz of [48_000, 24_000]) {
    const both = Float32Array.from(
      { length: 2 * left.length },
      (_, i) => (i % 2 ? right : left)[i >> 1] as number,
    );
    const stereo = denoised(both, { fromHz: rateHz, toHz, channels: 2 });
    const channel = (c: number) => stereo.samples.filter((_, i) => i % 2 === c);
    const [alone, other] = [
      denoised(left, { fromHz: rateHz, toHz }),
      denoised(right, { fromHz: rateHz, toHz }),
    ];
    expect(channel(0)).toEqual(alone.samples);
    expect(channel(1)).toEqual(other.samples);
    expect(stereo.probabilities.map(([p]) => p)).toEqual(alone.probabilities.map(([p]) => p));
  }
});

test('gives memory back at the end, and holds one state for each channel until then', () => {
  const alive = new Set<number>();
  let created = 0;
  const counted = new Rnnoise({
    HEAPF32: new Float32Array(480),
    _malloc: () => 0,
    _rnnoise_create() {
      alive.add(++created);
      return created;
    },
    _rnnoise_destroy: (state) => void alive.delete(state),
    _rnnoise_process_frame: () => 0,
  });
  const block = { samples: new Float32Array(960), rateHz, channels: 2, timeMs: 0 };
  const paths = Array.from({ length: 200 }, () => {
    const first = denoiser({ rnnoise: counted, fromHz: rateHz, channels: 2 }).open(inlet(() => {}));
    first.push(block);
    return first;
  });
  expect(alive.size).toBe(400);
  for (const first of paths) {
    first.reset();
    first.push(block);
  }
  expect(alive.size).toBe(400);
  for (const first of paths) first.end();
  expect(alive.size).toBe(0);
  expect(created).toBe(800);
});
