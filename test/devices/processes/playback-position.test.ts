import { expect, test } from 'vitest';
import { PlaybackPosition } from '../../../src/devices/processes/playback-position.ts';
import { Random } from '../../../src/random.ts';

const rateHz = 48_000;
const perMs = rateHz / 1000;

test('nothing is heard before the device says that it plays', () => {
  const position = new PlaybackPosition(rateHz);
  position.write(1920, 0);
  expect(position.playedAt(30)).toBe(0);
  position.started(40, 5);
  expect(position.playedAt(44)).toBe(0);
  expect(position.playedAt(55)).toBeCloseTo(10 * perMs, 6);
});

test('goes on between reports, and never past what was written', () => {
  const position = new PlaybackPosition(rateHz);
  position.write(1920, 0);
  position.started(0, 0);
  position.played(10 * perMs, 10);
  expect(position.playedAt(25)).toBeCloseTo(25 * perMs, 6);
  expect(position.playedAt(100)).toBe(1920);
});

test.each([
  ['early', 0],
  ['late', 20],
])('the first report counts for more than a guess of the start that is too %s', (_how, delayMs) => {
  const position = new PlaybackPosition(rateHz);
  position.write(4800, 0);
  position.started(0, delayMs);
  position.played(22 * perMs, 30);
  expect(position.playedAt(40)).toBeCloseTo(32 * perMs, 6);
});

test('a report that is read late does not set the position back', () => {
  const position = new PlaybackPosition(rateHz);
  position.write(48_000, 0);
  position.started(0, 0);
  for (let n = 1; n <= 10; n++) position.played(50 * n * perMs, 50 * n);
  position.played(550 * perMs, 580);
  expect(position.playedAt(580)).toBeCloseTo(580 * perMs, 3);
});

test('a device that stands is seen to stand by its second report', () => {
  const position = new PlaybackPosition(rateHz);
  position.write(48_000, 0);
  position.started(0, 0);
  for (let n = 1; n <= 10; n++) position.played(50 * n * perMs, 50 * n);
  for (let n = 11; n <= 12; n++) position.played(500 * perMs, 50 * n);
  expect(position.playedAt(600)).toBeCloseTo(500 * perMs, 3);
});

test('a program that falls silent is not believed to play on for ever', () => {
  const position = new PlaybackPosition(rateHz);
  position.write(480_000, 0);
  position.started(0, 0);
  position.played(10 * perMs, 10);
  expect(position.playedAt(9000)).toBeCloseTo(75 * perMs, 6);
});

test('what was not written in time is not made up for', () => {
  const position = new PlaybackPosition(rateHz);
  position.write(1920, 0);
  position.started(0, 0);
  position.played(20 * perMs, 20);
  // Nobody wrote for 300 ms.
  position.write(480, 340);
  expect(position.playedAt(340)).toBe(1920);
  expect(position.playedAt(345)).toBeCloseTo(1920 + 5 * perMs, 6);
  expect(position.underruns).toBe(1);
});

test('an underrun that is told and reckoned counts once, the next one again', () => {
  const position = new PlaybackPosition(rateHz);
  position.write(480, 0);
  position.started(0, 0);
  position.write(480, 50);
  position.starved(52);
  expect(position.underruns).toBe(1);
  position.started(60, 0);
  position.write(480, 400);
  expect(position.underruns).toBe(2);
});

test('stands still from running dry until the next start, whatever is written', () => {
  const position = new PlaybackPosition(rateHz);
  position.write(480, 0);
  position.started(0, 0);
  position.starved(10);
  position.played(480, 50);
  position.write(1920, 60);
  expect(position.playedAt(100)).toBe(480);
  position.started(110, 0);
  expect(position.playedAt(120)).toBeCloseTo(480 + 10 * perMs, 6);
});

test('a device that tells no start is given time to begin again', () => {
  const position = new PlaybackPosition(rateHz, 20);
  position.write(480, 0);
  position.started(0, 0);
  position.write(1920, 100);
  expect(position.playedAt(115)).toBe(480);
  expect(position.playedAt(130)).toBeCloseTo(480 + 10 * perMs, 6);
});

test('whoever keeps 40 ms queued has 40 ms of latency, also after stalls and with a device 300 ppm fast', () => {
  const random = new Random(1);
  const position = new PlaybackPosition(rateHz);
  const deviceHz = rateHz * 1.0003;
  let written = 0;
  // A device as it is: plays what is there, waits for 10 ms of sound after it ran dry.
  let truth = 0;
  let isRunning = false;
  const errors: number[] = [];
  let nextReportMs = 50;
  for (let ms = 0; ms < 20_000; ms++) {
    if (!isRunning && written - truth >= 480) {
      isRunning = true;
      position.started(ms, 0);
    }
    if (isRunning) truth += deviceHz / 1000;
    if (isRunning && truth >= written) {
      truth = written;
      isRunning = false;
      position.starved(ms);
    }
    if (ms >= nextReportMs) {
      nextReportMs += 50;
      const lateMs = random.uniform() * 2;
      position.played(Math.round(truth), ms + 1 + lateMs);
    }
    const isStalled = (ms > 8000 && ms < 8080) || (ms > 12_000 && ms < 12_300);
    if (isStalled || ms % 5 > 0) continue;
    while (written - position.playedAt(ms) <= 1440) {
      position.write(480, ms);
      written += 480;
    }
    if (ms > 500) errors.push((written - truth) / perMs);
  }
  expect(Math.max(...errors)).toBeLessThan(47);
  expect(errors.at(-1)).toBeGreaterThan(28);
  expect(position.underruns).toBe(2);
});
