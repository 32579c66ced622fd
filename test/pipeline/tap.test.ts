import { describe, expect, test } from 'vitest';
import type { AudioBlock } from '../../src/audio/audio-block.ts';
import { VirtualClock } from '../../src/clock.ts';
import { chain } from '../../src/pipeline/chain.ts';
import { inlet } from '../../src/pipeline/inlet.ts';
import { Tap } from '../../src/pipeline/tap.ts';

/** 20 ms of silence that was captured from `timeMs` on. */
function blockAt(timeMs: number, channels = 1): AudioBlock {
  return { samples: new Float32Array(480 * channels), rateHz: 24_000, channels, timeMs };
}

describe('Tap', () => {
  test('passes blocks on untouched, and end and reset with them', () => {
    const log: unknown[] = [];
    const tap = new Tap('microphone', new VirtualClock());
    const first = tap.open(
      inlet(
        (block: AudioBlock) => log.push(block),
        () => log.push('end'),
        () => log.push('reset'),
      ),
    );
    const block = blockAt(0);
    first.push(block);
    first.reset();
    first.end();
    expect(log).toEqual([block, 'reset', 'end']);
    expect(log[0]).toBe(block);
    expect([tap.name, tap.delayMs]).toEqual(['microphone', 0]);
  });

  test('measures from the moment the last sample was captured', async () => {
    const clock = new VirtualClock();
    const tap = new Tap('microphone', clock);
    const first = tap.open(inlet(() => {}));
    clock.at(25, () => first.push(blockAt(0)));
    clock.at(41, () => first.push(blockAt(20, 2)));
    await clock.run(() => clock.sleep(50));
    expect(tap.lateness).toEqual({ name: 'microphone', blocks: 2, meanMs: 3, maxMs: 5 });
  });

  test('counts a stall against every block that waited', async () => {
    const clock = new VirtualClock();
    const tap = new Tap('uplink', clock);
    const first = tap.open(inlet(() => {}));
    // Five blocks are captured on time; from 40 ms to 100 ms nothing moves, then all that waited come at once.
    const passedAtMs = [20, 40, 100, 100, 100];
    for (const [i, atMs] of passedAtMs.entries()) clock.at(atMs, () => first.push(blockAt(i * 20)));
    await clock.run(() => clock.sleep(100));
    expect(tap.lateness).toEqual({ name: 'uplink', blocks: 5, meanMs: (40 + 20) / 5, maxMs: 40 });
  });

  test('shows the share of a stage as the difference of the taps around it', async () => {
    const clock = new VirtualClock();
    const [before, after] = [new Tap('before', clock), new Tap('after', clock)];
    const waiting = {
      name: 'waiting',
      delayMs: 7,
      open: (outlet: { push(block: AudioBlock): void }) =>
        inlet((block: AudioBlock) => void clock.at(clock.now() + 7, () => outlet.push(block))),
    };
    const first = chain(before, waiting, after).open(inlet(() => {}));
    clock.at(22, () => first.push(blockAt(0)));
    await clock.run(() => clock.sleep(30));
    expect(after.lateness.meanMs - before.lateness.meanMs).toBe(waiting.delayMs);
  });

  test('reports nothing before the first block', () => {
    expect(new Tap('idle', new VirtualClock()).lateness).toEqual({
      name: 'idle',
      blocks: 0,
      meanMs: 0,
      maxMs: 0,
    });
  });
});
