import { describe, expect, test } from 'vitest';
import { TimedTrack } from '../../src/audio/timed-track.ts';

const rateHz = 24_000;
const startMs = 5000;

function recorded() {
  const written: { at: number; length: number; isZero: boolean }[] = [];
  const track = {
    write: (at: number, samples: Float32Array) =>
      void written.push({ at, length: samples.length, isZero: samples.every((sample) => sample === 0) }),
  };
  return { timed: new TimedTrack({ track, rateHz, startMs }), written };
}
const loud = new Float32Array(480).fill(0.3);
const silence = new Float32Array(480);

describe('a track that is written by time', () => {
  test('joins blocks whose stamps jitter', () => {
    const { timed, written } = recorded();
    for (let n = 0; n < 50; n++) timed.write(loud, startMs + n * 20 + ((n * 7) % 11) - 5);
    expect(written.map(({ at }) => at)).toEqual(Array.from({ length: 50 }, (_, n) => n * 480));
    expect(timed.endMs).toBe(startMs + 1000);
  });

  test('begins where its first sound belongs', () => {
    const { timed, written } = recorded();
    timed.write(loud, startMs + 100);
    expect(written[0]?.at).toBe(2400);
  });

  test('is put right in the next pause where a clock drifts', () => {
    const { timed, written } = recorded();
    const drift = 1.0003;
    const blocks = 10_000;
    for (let n = 0; n < blocks; n++) timed.write(n % 100 < 90 ? loud : silence, startMs + n * 20 * drift);
    const last = written.at(-1)?.at ?? 0;
    expect(Math.abs(last - Math.round((blocks - 1) * 480 * drift))).toBeLessThan(400);
    const jumps = written.filter(({ at }, n) => n > 0 && at !== (written[n - 1]?.at ?? 0) + 480);
    expect(jumps.length).toBeGreaterThan(1);
    expect(jumps.every(({ isZero }) => isZero)).toBe(true);
  });

  test('follows a jump at once', () => {
    const { timed, written } = recorded();
    timed.write(loud, startMs);
    timed.write(loud, startMs + 500);
    expect(written[1]?.at).toBe(12_000);
  });

  test('erases what does not sound, and goes on from there', () => {
    const { timed, written } = recorded();
    timed.write(loud, startMs);
    timed.write(loud, startMs + 20);
    timed.erase(startMs + 25);
    expect(written.at(-1)).toEqual({ at: 600, length: 360, isZero: true });
    expect(timed.endMs).toBe(startMs + 25);
    timed.erase(startMs + 100);
    expect(written).toHaveLength(3);
  });
});
