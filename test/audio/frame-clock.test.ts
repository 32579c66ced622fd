import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameClock } from '../../src/audio/frame-clock.ts';
import { Random } from '../../src/random.ts';

const rateHz = 48_000;

/** A device that is off by so many ppm and gives 20 ms at a time, with stamps that are off by up to `jitterMs`. */
class Device {
  readonly clock = new FrameClock({ rateHz });
  readonly #random: Random;
  readonly #jitterMs: number;
  #hz: number;
  #startMs = 1000;
  frame = 0;

  constructor(ppm: number, jitterMs: number, seed = 1) {
    this.#hz = rateHz * (1 + ppm * 1e-6);
    this.#jitterMs = jitterMs;
    this.#random = new Random(seed);
  }

  trueMs(frame = this.frame): number {
    return this.#startMs + (frame * 1000) / this.#hz;
  }

  /** Gives a block; tells by how much the clock is off for the next. */
  give(lateMs = 0): number {
    this.clock.observe(
      this.frame,
      this.trueMs() + (this.#random.uniform() * 2 - 1) * this.#jitterMs + lateMs,
    );
    this.frame += 960;
    return Math.abs(this.clock.timeOf(this.frame) - this.trueMs());
  }

  /** The worst of so many seconds. */
  run(seconds: number): number {
    let worst = 0;
    for (let n = 0; n < seconds * 50; n++) worst = Math.max(worst, this.give());
    return worst;
  }

  /** Goes on at another pace. */
  change(ppm: number): void {
    const nowMs = this.trueMs();
    this.#hz = rateHz * (1 + ppm * 1e-6);
    this.#startMs = nowMs - (this.frame * 1000) / this.#hz;
  }

  stand(ms: number): void {
    this.#startMs += ms;
  }
}

describe('from stamps that are off by up to 2 ms', () => {
  test.each([-300, -50, 0, 120, 300])('a device off by %d ppm is known better and better', (ppm) => {
    for (let seed = 1; seed <= 5; seed++) {
      const device = new Device(ppm, 2, seed);
      expect(device.run(0.5)).toBeLessThan(2.1);
      expect(device.run(2.5)).toBeLessThan(1);
      expect(device.run(17)).toBeLessThan(0.8);
      expect(device.run(20)).toBeLessThan(0.4);
      expect(Math.abs(device.clock.driftPpm - ppm)).toBeLessThan(20);
      expect(device.clock.restarts).toBe(0);
    }
  });

  test('the time of a block never jumps by what its stamp is off', () => {
    const device = new Device(200, 2);
    device.run(10);
    let lastMs = device.clock.timeOf(device.frame);
    for (let n = 0; n < 500; n++) {
      device.give();
      const timeMs = device.clock.timeOf(device.frame);
      expect(Math.abs(timeMs - lastMs - 20)).toBeLessThan(0.1);
      lastMs = timeMs;
    }
  });
});

test('a pace that changes after an hour is found as well', () => {
  const device = new Device(100, 1);
  device.run(3600);
  device.change(400);
  expect(device.run(60)).toBeLessThan(3);
  expect(device.run(60)).toBeLessThan(0.3);
  expect(Math.abs(device.clock.driftPpm - 400)).toBeLessThan(10);
});

test('exact stamps of a device that is not off give exact times', () => {
  const clock = new FrameClock({ rateHz });
  for (let n = 0; n < 100; n++) clock.observe(n * 480, 70 + n * 10);
  expect(clock.driftPpm).toBeCloseTo(0, 6);
  expect(clock.timeOf(480_000)).toBeCloseTo(10_070, 6);
});

test('blocks may have any length', () => {
  const clock = new FrameClock({ rateHz });
  const random = new Random(3);
  let frame = 0;
  const trueMs = () => (frame * 1000) / (rateHz * 1.0002);
  while (trueMs() < 30_000) {
    clock.observe(frame, trueMs() + random.uniform());
    frame += random.integer(100, 2000);
  }
  expect(Math.abs(clock.timeOf(frame) - trueMs() - 0.5)).toBeLessThan(0.2);
  expect(Math.abs(clock.driftPpm - 200)).toBeLessThan(20);
});

test('tells which frame passes at a time, as it tells when a frame passes', () => {
  const device = new Device(300, 2);
  device.run(10);
  const { clock } = device;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), (frame) => {
      expect(clock.frameAt(clock.timeOf(frame))).toBeCloseTo(frame, 3);
    }),
    { seed: 1, numRuns: 100 },
  );
});

describe('a stamp that is off', () => {
  const settled = () => {
    const device = new Device(100, 0.5);
    device.run(10);
    return device;
  };

  test('by more than 60 ms begins anew from there, and keeps the pace', () => {
    const device = settled();
    const ppm = device.clock.driftPpm;
    device.stand(80);
    expect(device.give()).toBeLessThan(0.6);
    expect(device.clock.restarts).toBe(1);
    expect(device.clock.driftPpm).toBe(ppm);
  });

  test('by 40 ms, once, does little', () => {
    const device = settled();
    device.give(40);
    expect(device.run(5)).toBeLessThan(0.5);
    expect(device.clock.restarts).toBe(0);
    expect(Math.abs(device.clock.driftPpm - 100)).toBeLessThan(20);
  });

  test('by 12 ms, five times in a row, begins anew from there', () => {
    const device = settled();
    device.stand(12);
    for (let n = 0; n < 5; n++) device.give();
    expect(device.run(1)).toBeLessThan(0.7);
    expect(device.clock.restarts).toBe(1);
    expect(Math.abs(device.clock.driftPpm - 100)).toBeLessThan(30);
  });

  test('by something else each time is late, as after a stall, and changes nothing for long', () => {
    const device = settled();
    // What came meanwhile is read at once, and has one stamp.
    for (const lateMs of [55, 35, 15]) device.give(lateMs);
    expect(device.run(5)).toBeLessThan(1);
    expect(device.clock.restarts).toBe(0);
  });
});

test('never takes a device to be off by more than 1000 ppm', () => {
  const clock = new FrameClock({ rateHz });
  for (let n = 0; n < 5000; n++) clock.observe(n * 960, n * 20 * 1.002);
  expect(clock.driftPpm).toBeGreaterThanOrEqual(-1000);
  expect(clock.driftPpm).toBeLessThan(-900);
});

test('frames that do not go up are passed over', () => {
  const clock = new FrameClock({ rateHz });
  clock.observe(480, 10);
  clock.observe(480, 12);
  clock.observe(0, 4);
  expect(clock.timeOf(480)).toBe(10);
});

test('forgets when frames passed at a reset, and keeps the pace', () => {
  const device = new Device(250, 0.5);
  device.run(30);
  device.clock.reset();
  device.clock.observe(0, 5);
  expect(device.clock.timeOf(0)).toBe(5);
  expect(Math.abs(device.clock.driftPpm - 250)).toBeLessThan(10);
  expect(device.clock.restarts).toBe(0);
});
