import { describe, expect, test } from 'vitest';
import { PlayoutTarget } from '../../../src/stages/playout/playout-target.ts';

/** Deltas of 100 ms, each `lateMs` after the audio before it would have run out. */
function deltas(target: PlayoutTarget, startMs: number, count: number, lateMs = 0): number {
  for (let i = 0; i < count; i++) target.observe(startMs + i * 100 + (i > 0 ? lateMs : 0), 100, i === 0);
  return startMs + count * 100;
}

describe('a playout target', () => {
  test('is 80 ms while nothing is known, which a single delta does not change', () => {
    const target = new PlayoutTarget(10);
    expect(target.targetMs).toBe(80);
    target.observe(0, 100, true);
    target.observe(90_000, 100, true);
    expect(target.targetMs).toBe(80);
  });

  test('is lowered by at most 10 ms per second, to 40 ms', () => {
    const target = new PlayoutTarget(10);
    deltas(target, 0, 11);
    expect(target.targetMs).toBeCloseTo(70, 9);
    deltas(target, 1100, 100);
    expect(target.targetMs).toBe(40);
  });

  test('is raised by the very delta that was late, to the end of its bucket and a device block', () => {
    const target = new PlayoutTarget(10);
    target.observe(0, 100, true);
    target.observe(413, 100, false);
    expect(target.targetMs).toBe(320 + 10);
    const larger = new PlayoutTarget(40);
    larger.observe(0, 100, true);
    larger.observe(413, 100, false);
    expect(larger.targetMs).toBe(320 + 40);
  });

  test('stays at or under 1500 ms', () => {
    const target = new PlayoutTarget(10);
    deltas(target, 0, 50, 5000);
    expect(target.targetMs).toBe(1500);
  });

  test('takes no notice of early deltas, however early', () => {
    const target = new PlayoutTarget(10);
    for (let i = 0; i < 100; i++) target.observe(i, 100, i === 0);
    target.observe(9000, 100, false);
    expect(target.targetMs).toBe(40);
  });

  test('counts the worst of each 500 ms once, so that a burst cannot hide a stall', () => {
    const crowded = new PlayoutTarget(10);
    const sparse = new PlayoutTarget(10);
    for (const target of [crowded, sparse]) {
      target.observe(0, 10, true);
      for (let window = 0; window < 6; window++) {
        const startMs = 300 + window * 500;
        // 290 ms late at the start of each window; 490 ms of audio make up for it but for 10 ms.
        target.observe(startMs, 10, false);
        const others = target === crowded ? 49 : 1;
        for (let i = 1; i <= others; i++) target.observe(startMs + 5, 490 / others, false);
      }
    }
    expect(crowded.targetMs).toBe(310);
    expect(crowded.targetMs).toBe(sparse.targetMs);
  });

  test('is raised by three bad windows, no fewer, after any length of calm', () => {
    const target = new PlayoutTarget(10);
    const nowMs = deltas(target, 0, 5000);
    const raised: boolean[] = [];
    for (let window = 0; window < 3; window++) {
      // A new item each time, so that each window has a deficit of its own.
      target.observe(nowMs + window * 1000, 10, true);
      target.observe(nowMs + window * 1000 + 700, 10, false);
      raised.push(target.targetMs > 600);
    }
    expect(raised).toEqual([false, false, true]);
  });

  test('forgets a single stall after some seconds, and lets go of it slowly', () => {
    const target = new PlayoutTarget(10);
    target.observe(0, 100, true);
    target.observe(700, 100, false);
    expect(target.targetMs).toBe(630);
    let nowMs = deltas(target, 1000, 60);
    expect(target.targetMs).toBeGreaterThan(580);
    nowMs = deltas(target, nowMs, 600);
    expect(target.targetMs).toBe(40);
  });

  test('stays from one answer to the next, and starts again after a reset', () => {
    const target = new PlayoutTarget(10);
    deltas(target, 0, 20, 200);
    const before = target.targetMs;
    expect(before).toBe(230);
    target.observe(3000, 100, true);
    expect(target.targetMs).toBe(before);
    target.reset();
    expect(target.targetMs).toBe(80);
    // The rest of an answer from before the reset says nothing about the new network.
    target.observe(9000, 100, false);
    expect(target.targetMs).toBe(80);
  });
});
