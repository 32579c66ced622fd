import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Quantiles, Random } from '../src/random.ts';

function take(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw);
}

function share(values: readonly number[], holds: (value: number) => boolean): number {
  return values.filter(holds).length / values.length;
}

function expectAbout(actual: number, expected: number): void {
  expect(Math.abs(actual - expected), `${actual} is not about ${expected}`).toBeLessThan(0.01);
}

describe('Random', () => {
  test('draws the numbers of xoshiro128** seeded by SplitMix32', () => {
    const random = new Random(7);
    // From a second implementation, in Python, of the two published algorithms.
    expect(take(6, () => random.uint32())).toEqual([
      210494603, 711084892, 3993689120, 4089369890, 1706118055, 2746022466,
    ]);
    const network = new Random(7).fork('network');
    expect(take(3, () => network.uint32())).toEqual([372620766, 3249812036, 1696087943]);
  });

  test('takes the lower 32 bits of any finite seed', () => {
    const first = (seed: number) => new Random(seed).uint32();
    expect(first(2 ** 32 + 7)).toBe(first(7));
    expect(first(7.9)).toBe(first(7));
    expect(first(-1)).toBe(first(0xffff_ffff));
    expect(new Set(take(1_000, () => 0).map((_, seed) => first(seed))).size).toBe(1_000);
  });

  describe('a fork', () => {
    test('gives the same numbers whatever else was drawn before and after', () => {
      const untouched = new Random(7).fork('network');
      const parent = new Random(7);
      take(100, () => parent.uint32());
      const fork = parent.fork('network');
      const other = parent.fork('faults');
      const numbers = take(50, () => {
        other.uint32();
        parent.uint32();
        return fork.uint32();
      });
      expect(numbers).toEqual(take(50, () => untouched.uint32()));
    });

    test('takes no number from the generator it comes from', () => {
      const [parent, alone] = [new Random(7), new Random(7)];
      parent.fork('network').uint32();
      expect(parent.uint32()).toBe(alone.uint32());
    });

    test('has numbers of its own for each name, seed and place', () => {
      const forks = [
        new Random(7),
        new Random(7).fork(''),
        new Random(7).fork('network'),
        new Random(7).fork('network '),
        new Random(8).fork('network'),
        new Random(7).fork('uplink').fork('network'),
        new Random(7).fork('network').fork('uplink'),
      ];
      expect(new Set(forks.map((random) => random.uint32())).size).toBe(forks.length);
    });
  });

  test('draws integers between two bounds, both included', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: -1e6, max: 1e6 }), fc.nat(1e6), (seed, low, width) => {
        const value = new Random(seed).integer(low, low + width);
        expect(Number.isInteger(value)).toBe(true);
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThanOrEqual(low + width);
      }),
      { seed: 1, numRuns: 300 },
    );
    const dice = new Random(7);
    const throws = take(6_000, () => dice.integer(1, 6));
    for (const face of [1, 2, 3, 4, 5, 6])
      expect(share(throws, (value) => value === face)).toBeCloseTo(1 / 6, 1);
  });

  test('draws uniform numbers from 0 up to, but not, 1', () => {
    const random = new Random(7);
    const values = take(20_000, () => random.uniform());
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    for (const limit of [0.1, 0.25, 0.5, 0.75, 0.9]) {
      expectAbout(
        share(values, (value) => value < limit),
        limit,
      );
    }
  });

  test('is true as often as it is told', () => {
    const random = new Random(7);
    expect(
      share(
        take(10_000, () => Number(random.chance(0.3))),
        Boolean,
      ),
    ).toBeCloseTo(0.3, 1.7);
    expect(
      share(
        take(1_000, () => Number(random.chance(0))),
        Boolean,
      ),
    ).toBe(0);
    expect(
      share(
        take(1_000, () => Number(random.chance(1))),
        Boolean,
      ),
    ).toBe(1);
  });

  test('hits the quantiles of a distribution and stays within its ends', () => {
    const quantiles: Quantiles = [
      [0, 40],
      [0.5, 60],
      [0.95, 120],
      [1, 300],
    ];
    const random = new Random(7);
    const values = take(20_000, () => random.fromQuantiles(quantiles));
    expect(values.every((value) => value >= 40 && value < 300)).toBe(true);
    for (const [probability, quantile] of [...quantiles, [0.25, 50], [0.725, 90], [0.975, 210]] as const) {
      expectAbout(
        share(values, (value) => value < quantile),
        probability,
      );
    }
  });

  test('gives the one value of a distribution that has only one, and follows a step', () => {
    const random = new Random(7);
    expect(random.fromQuantiles([[0, 5]])).toBe(5);
    const step: Quantiles = [
      [0, 10],
      [0.5, 10],
      [0.5, 20],
      [1, 20],
    ];
    const values = take(20_000, () => random.fromQuantiles(step));
    expect(new Set(values)).toEqual(new Set([10, 20]));
    expectAbout(
      share(values, (value) => value === 10),
      0.5,
    );
  });
});
