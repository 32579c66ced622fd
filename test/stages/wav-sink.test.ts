import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { WavSink } from '../../src/stages/wav-sink.ts';

describe('a loudspeaker that plays into a WAV file', () => {
  test('pulls each block when its first sample is due, and writes it at its place', async () => {
    const clock = new VirtualClock();
    const pulled: { dueMs: number; atMs: number }[] = [];
    const written: number[] = [];
    const ended: number[] = [];
    const sink = new WavSink({
      clock,
      source: { pull: (_out, dueMs) => void pulled.push({ dueMs, atMs: clock.now() }) },
      rateHz: 24_000,
      track: { write: (atFrame, samples) => void written.push(atFrame, samples.length) },
      onBlock: (endMs) => void ended.push(endMs),
    });
    await clock.run(async () => {
      await clock.sleep(7);
      sink.start();
      await clock.sleep(25);
      sink.stop();
      await clock.sleep(100);
    });
    expect(pulled).toEqual([7, 17, 27].map((ms) => ({ dueMs: ms, atMs: ms })));
    expect(written).toEqual([0, 240, 240, 240, 480, 240]);
    expect(ended).toEqual([17, 27, 37]);
  });
});
