import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inlet } from '../../src/pipeline/inlet.ts';
import { Random } from '../../src/random.ts';
import { PullResampler } from '../../src/stages/pull-resampler.ts';
import { resampler } from '../../src/stages/resampler.ts';
import { concatenate } from '../support/concatenate.ts';

/** Noise that remembers how it was pulled. */
class NoiseSource {
  readonly random = new Random(5);
  readonly pulled: Float32Array[] = [];
  readonly dues: number[] = [];

  pull(out: Float32Array, dueMs: number): void {
    for (let i = 0; i < out.length; i++) out[i] = this.random.uniform() - 0.5;
    this.pulled.push(out.slice());
    this.dues.push(dueMs);
  }
}

const pairs = [
  [24_000, 48_000],
  [24_000, 44_100],
  [24_000, 16_000],
  [24_000, 24_000],
  [16_000, 48_000],
  [24_000, 47_999],
] as const;

describe.each(pairs)('a pull resampler %d→%d', (fromHz, toHz) => {
  test('gives what the resampler stage gives, to the bit, in pieces of any length', () => {
    const piece = fc.oneof(fc.integer({ min: 0, max: 1200 }), fc.constant(Math.round(toHz / 100)));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (lengths) => {
        const source = new NoiseSource();
        const pull = new PullResampler({ source, fromHz, toHz });
        const pieces = lengths.map((length) => {
          const out = new Float32Array(length);
          pull.pull(out, 0);
          return out;
        });
        const whole: Float32Array[] = [];
        const first = resampler({ fromHz, toHz }).open(inlet((block) => whole.push(block.samples.slice())));
        for (const samples of source.pulled) first.push({ samples, rateHz: fromHz, channels: 1, timeMs: 0 });
        const given = concatenate(pieces);
        expect(given).toEqual(concatenate(whole).subarray(0, given.length));
        expect(pull.heldFrames).toBe(concatenate(whole).length - given.length);
      }),
      { seed: 1, numRuns: 20 },
    );
  });

  test('tells the source when its samples leave, the delay of the filter included', () => {
    const source = new NoiseSource();
    const pull = new PullResampler({ source, fromHz, toHz });
    const out = new Float32Array(Math.round(toHz / 100));
    const periodMs = (out.length * 1000) / toHz;
    for (let n = 0; n < 50; n++) pull.pull(out, 1000 + n * periodMs);
    source.dues.forEach((dueMs, n) => {
      const startMs = concatenate(source.pulled.slice(0, n)).length / (fromHz / 1000);
      expect(dueMs).toBeCloseTo(1000 + pull.delayMs + startMs, 6);
    });
  });

  test('knows which samples of the source have not been heard', () => {
    const random = new Random(3);
    for (let round = 0; round < 20; round++) {
      const length = random.integer(1, 3000);
      const place = random.integer(0, Math.floor((length * fromHz) / toHz));
      let at = 0;
      let pulled = 0;
      const source = {
        pull(out: Float32Array): void {
          for (let i = 0; i < out.length; i++) out[i] = at++ === place ? 1 : 0;
          pulled += out.length;
        },
      };
      const pull = new PullResampler({ source, fromHz, toHz });
      const out = new Float32Array(length + toHz / 100);
      pull.pull(out, 0);
      const peak = out.indexOf(Math.max(...out));
      // Where the peak is the first frame that is not heard, so is the sample, give or take half a frame of either rate.
      const first = pulled - pull.toSourceFrames(out.length - peak);
      expect(Math.abs(first - place)).toBeLessThanOrEqual(Math.max(1, (0.5 * fromHz) / toHz + 0.5));
    }
  });

  test('has nothing heard where nothing was', () => {
    const source = new NoiseSource();
    const pull = new PullResampler({ source, fromHz, toHz });
    expect(pull.toSourceFrames(5000)).toBe(0);
    pull.pull(new Float32Array(700), 0);
    expect(pull.toSourceFrames(5000)).toBe(concatenate(source.pulled).length);
  });

  test('is as new after a reset', () => {
    const source = new NoiseSource();
    const pull = new PullResampler({ source, fromHz, toHz });
    pull.pull(new Float32Array(700), 0);
    pull.reset();
    expect([pull.heldFrames, pull.toSourceFrames(100)]).toEqual([0, 0]);
    const before = source.pulled.length;
    const out = new Float32Array(700);
    pull.pull(out, 500);
    const again = { pull: (to: Float32Array) => to.set(source.pulled[before + used++] as Float32Array) };
    let used = 0;
    const fresh = new Float32Array(700);
    new PullResampler({ source: again, fromHz, toHz }).pull(fresh, 500);
    expect(out).toEqual(fresh);
    expect(source.dues[before]).toBeCloseTo(500 + pull.delayMs, 9);
  });
});

test('equal rates are passed through: each pull is one of the source', () => {
  const seen: [Float32Array, number][] = [];
  const source = { pull: (out: Float32Array, dueMs: number) => void seen.push([out, dueMs]) };
  const pull = new PullResampler({ source, fromHz: 24_000, toHz: 24_000 });
  const out = new Float32Array(77);
  pull.pull(out, 12);
  expect(seen[0]?.[0]).toBe(out);
  expect(seen).toHaveLength(1);
  expect([seen[0]?.[1], pull.delayMs, pull.heldFrames, pull.toSourceFrames(7)]).toEqual([12, 0, 0, 7]);
});

test('the source is pulled into one array, again and again', () => {
  const arrays = new Set<Float32Array>();
  const pull = new PullResampler({
    source: { pull: (out) => void arrays.add(out) },
    fromHz: 24_000,
    toHz: 44_100,
  });
  const out = new Float32Array(441);
  for (let n = 0; n < 50; n++) pull.pull(out, n * 10);
  expect([...arrays].map(({ length }) => length)).toEqual([240]);
});

test('rates that are none are refused', () => {
  const source = { pull: () => {} };
  expect(() => new PullResampler({ source, fromHz: 24_000, toHz: 0 })).toThrow(RangeError);
  expect(() => new PullResampler({ source, fromHz: 24_000.5, toHz: 48_000 })).toThrow(RangeError);
});
