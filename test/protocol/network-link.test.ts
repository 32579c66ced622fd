import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NetworkLink, type NetworkName, networkModels } from '../../src/protocol/network-link.ts';
import { Random } from '../../src/random.ts';

const names = Object.keys(networkModels) as NetworkName[];

/** Arrival times of a message every 20 ms for `seconds`, as an uplink sends them. */
function arrivals(link: NetworkLink, seconds: number, bytes = 1340): number[] {
  return Array.from({ length: seconds * 50 }, (_, i) => link.deliveryAtMs(i * 20, bytes));
}

describe('NetworkLink', () => {
  test('a clean network delays every message by 10 ms', () => {
    const link = new NetworkLink(networkModels.clean, new Random(1));
    expect(arrivals(link, 1)).toEqual(Array.from({ length: 50 }, (_, i) => i * 20 + 10));
  });

  test('messages share the rate of the link', () => {
    const link = new NetworkLink({ delayMs: 5, rateKbps: 8 }, new Random(1));
    expect([link.deliveryAtMs(0, 10), link.deliveryAtMs(0, 20), link.deliveryAtMs(100, 1)]).toEqual([
      15, 35, 106,
    ]);
  });

  test('what is late holds back what was sent behind it, and nothing else', () => {
    const link = new NetworkLink(
      {
        delayMs: 0,
        jitterMs: [
          [0, 0],
          [0.9, 0],
          [1, 1000],
        ],
      },
      new Random(3),
    );
    const times = arrivals(link, 60);
    const delays = times.map((time, i) => time - i * 20);
    const held = times.filter((time, i) => i > 0 && time === times[i - 1]);
    expect(held.length).toBeGreaterThan(100);
    expect(Math.max(...delays)).toBeLessThanOrEqual(1000);
    expect(delays.filter((delay) => delay === 0).length).toBeGreaterThan(100);
  });

  test('nothing arrives during a stall, and everything that waited when it ends', () => {
    const model = {
      delayMs: 0,
      stalls: {
        intervalMs: [
          [0, 500],
          [1, 500],
        ],
        lengthMs: [
          [0, 100],
          [1, 100],
        ],
      },
    } as const;
    const times = arrivals(new NetworkLink(model, new Random(1)), 2);
    const sent = times.map((_, i) => i * 20);
    const stalled = (time: number) => time >= 500 && time % 600 >= 500;
    expect(times).toEqual(sent.map((time) => (stalled(time) ? Math.floor(time / 600) * 600 + 600 : time)));
  });

  test('the stalls do not depend on how much is sent', () => {
    const ends = (everyMs: number) => {
      const link = new NetworkLink(networkModels.stalls, new Random(5));
      const late = new Set<number>();
      for (let at = 0; at < 60_000; at += everyMs) {
        const time = link.deliveryAtMs(at, 100);
        if (time - at > 10.001) late.add(time);
      }
      return [...late];
    };
    expect(ends(20)).toEqual(ends(1));
    expect(ends(20).length).toBeGreaterThanOrEqual(4);
  });

  test.each(names)('%s gives the same times for the same seed, and others for another', (name) => {
    const times = (seed: number) => arrivals(new NetworkLink(networkModels[name], new Random(seed)), 60);
    expect(times(1)).toEqual(times(1));
    if (name !== 'clean') expect(times(1)).not.toEqual(times(2));
  });

  test('the times are those of every other machine and runtime', () => {
    const last = names.map((name) =>
      arrivals(new NetworkLink(networkModels[name], new Random(42)), 60).at(-1),
    );
    expect(last).toEqual([59990, 60006.45578350882, 60057.100390175554, 60159.68646717407, 59990]);
  });

  test.each(names)('%s carries speech in real time', (name) => {
    const times = arrivals(new NetworkLink(networkModels[name], new Random(1)), 300);
    expect((times.at(-1) ?? 0) - 300_000).toBeLessThan(2000);
  });

  test('messages never overtake each other and never arrive before they were sent', () => {
    const traffic = fc.array(fc.tuple(fc.double({ min: 0, max: 500, noNaN: true }), fc.nat(100_000)), {
      maxLength: 100,
    });
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), traffic, (name, seed, messages) => {
        const link = new NetworkLink(networkModels[name], new Random(seed));
        let sentMs = 0;
        let lastMs = 0;
        for (const [gapMs, bytes] of messages) {
          sentMs += gapMs;
          const arrivesMs = link.deliveryAtMs(sentMs, bytes);
          expect(arrivesMs).toBeGreaterThanOrEqual(sentMs + networkModels[name].delayMs);
          expect(arrivesMs).toBeGreaterThanOrEqual(lastMs);
          lastMs = arrivesMs;
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test.each([
    { delayMs: -1 },
    { delayMs: Number.NaN },
    { delayMs: 0, rateKbps: 0 },
    { delayMs: 0, stalls: { intervalMs: [[0, 0]], lengthMs: [[0, 1]] } } as const,
  ])('refuses a model that makes no sense: %j', (model) => {
    expect(() => new NetworkLink(model, new Random(1))).toThrow(RangeError);
  });
});
