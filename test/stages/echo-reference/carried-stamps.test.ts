import { describe, expect, test } from 'vitest';
import { chain } from '../../../src/pipeline/chain.ts';
import { carryStamps } from '../../../src/stages/echo-reference/carried-stamps.ts';
import { resampler } from '../../../src/stages/resampler.ts';
import { CollectedBlocks } from '../collected-blocks.ts';

const rates = { fromHz: 16_000, toHz: 8000 };

/** The stamps of what comes out for blocks of 20 ms with the given ones, less the delay. */
function stampsOf(stamps: readonly number[]): number[] {
  const collected = new CollectedBlocks();
  const stage = carryStamps(resampler(rates), rates);
  const first = stage.open(collected.outlet);
  for (const timeMs of stamps)
    first.push({ samples: new Float32Array(320), rateHz: 16_000, channels: 1, timeMs });
  return collected.blocks.map(({ timeMs }) => timeMs + stage.delayMs);
}

test('a clock that drifts is followed from block to block', () => {
  const stamps = Array.from({ length: 3000 }, (_, n) => 500 + n * 20 * 1.0003);
  const off = stampsOf(stamps).map((timeMs, n) => Math.abs(timeMs - (stamps[n] as number)));
  expect(off).toHaveLength(3000);
  expect(Math.max(...off)).toBeLessThan(1e-6);
});

test('a gap shows at once', () => {
  expect(stampsOf([0, 20, 43, 63, 1000])).toEqual([0, 20, 43, 63, 1000].map((ms) => expect.closeTo(ms, 6)));
});

describe('blocks of another length', () => {
  test('have the time of their own first frame', () => {
    const collected = new CollectedBlocks();
    const stage = carryStamps(resampler(rates), rates);
    const first = stage.open(collected.outlet);
    // 250 ms, which leave in three pieces.
    first.push({ samples: new Float32Array(4000), rateHz: 16_000, channels: 1, timeMs: 1000 });
    expect(collected.blocks.map(({ timeMs }) => timeMs + stage.delayMs)).toEqual(
      [1000, 1100, 1200].map((ms) => expect.closeTo(ms, 6)),
    );
  });
});

test('begins anew after a reset and an end, and passes them on', () => {
  const collected = new CollectedBlocks();
  const stage = carryStamps(chain(resampler(rates)), rates);
  const first = stage.open(collected.outlet);
  const push = (timeMs: number) =>
    first.push({ samples: new Float32Array(320), rateHz: 16_000, channels: 1, timeMs });
  push(0);
  first.reset();
  push(5000);
  first.end();
  push(7000);
  expect(collected.calls).toEqual(['push', 'reset', 'push', 'push', 'end', 'push']);
  expect(collected.blocks.map(({ timeMs }) => timeMs + stage.delayMs)).toEqual(
    [0, 5000, 5020, 7000].map((ms) => expect.closeTo(ms, 6)),
  );
});

test('keeps the name, the delay and the samples', () => {
  const stage = carryStamps(resampler(rates), rates);
  expect([stage.name, stage.delayMs]).toEqual(['resampler 16000→8000', resampler(rates).delayMs]);
});
