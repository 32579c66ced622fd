import { describe, expect, test } from 'vitest';
import { PauseStretch } from '../../../src/stages/playout/pause-stretch.ts';
import { RATE_HZ, SAMPLES_PER_MS } from './listening-room.ts';

const BLOCK = 10 * SAMPLES_PER_MS;

/** Lets `blocks` blocks of one level go out and says after which of them a repetition was offered. */
function offers(stretch: PauseStretch, levels: readonly number[]): number[] {
  const offered: number[] = [];
  levels.forEach((level, i) => {
    stretch.remember(new Float32Array(BLOCK).fill(level), 0, BLOCK);
    if (stretch.pending > 0) {
      offered.push(i);
      stretch.repeat(new Float32Array(BLOCK), 0, BLOCK);
    }
  });
  return offered;
}

describe('a pause stretch', () => {
  test('offers every third quiet block in a row', () => {
    expect(offers(new PauseStretch(RATE_HZ), new Array(9).fill(0.001))).toEqual([2, 5, 8]);
  });

  test('never offers a block with sound, and starts counting again after one', () => {
    const levels = [0.001, 0.001, 0.5, 0.001, 0.001, -0.01, 0.001, 0.001, 0.001];
    expect(offers(new PauseStretch(RATE_HZ), levels)).toEqual([8]);
  });

  test('repeats the block that went out last, in pieces', () => {
    const stretch = new PauseStretch(RATE_HZ);
    const quiet = Float32Array.from({ length: 3 * BLOCK }, (_, i) => i * 1e-6);
    for (let at = 0; at < quiet.length; at += 48) {
      expect(stretch.untilBlockEnd).toBe(BLOCK - (at % BLOCK));
      stretch.remember(quiet, at, 48);
    }
    expect(stretch.pending).toBe(BLOCK);
    const out = new Float32Array(BLOCK + 1);
    stretch.repeat(out, 1, 100);
    stretch.repeat(out, 101, BLOCK - 100);
    expect(stretch.pending).toBe(0);
    expect(out.slice(1)).toEqual(quiet.slice(2 * BLOCK));
  });

  test('forgets what it counted and what it offered when it is reset', () => {
    const stretch = new PauseStretch(RATE_HZ);
    for (let i = 0; i < 3; i++) stretch.remember(new Float32Array(BLOCK), 0, BLOCK);
    expect(stretch.pending).toBe(BLOCK);
    stretch.reset();
    expect(stretch.pending).toBe(0);
    expect(offers(stretch, [0, 0])).toEqual([]);
  });
});
