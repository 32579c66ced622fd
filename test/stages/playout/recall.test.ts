import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HandedRuns } from '../../../src/stages/playout/handed-runs.ts';
import type { PlayoutItem } from '../../../src/stages/playout/item-ledger.ts';
import { ListeningRoom, loudNoise, SAMPLES_PER_MS, speech } from './listening-room.ts';

const samples = (ms: number) => ms * SAMPLES_PER_MS;

describe('flush with what the device did not play', () => {
  test('ends the answer where it was heard to, without a fade', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(1000));
    await room.play(200);
    expect(room.buffer.flush(samples(45))).toEqual({
      responseId: 'response of a',
      itemId: 'a',
      contentIndex: 0,
      heardMs: 155,
      receivedMs: 1000,
      complete: false,
    });
    expect(room.buffer.state).toBe('idle');
    expect(room.pull().every((sample) => sample === 0)).toBe(true);
    expect(room.buffer.heard('a')?.heardMs).toBe(155);
    expect(room.buffer.statistics).toMatchObject({ flushes: 1, fadeMs: 0, discardedMs: 845, recalledMs: 45 });
  });

  test('says which of the reported runs were not heard, and from when on', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100, 1));
    room.buffer.finish('a', 0);
    room.push('b', loudNoise(300, 2));
    await room.play(130);
    room.buffer.flush(samples(50));
    expect(room.recalled).toEqual([
      {
        responseId: 'response of b',
        itemId: 'b',
        contentIndex: 0,
        count: samples(30),
        timeMs: expect.closeTo(100, 9),
      },
      {
        responseId: 'response of a',
        itemId: 'a',
        contentIndex: 0,
        count: samples(20),
        timeMs: expect.closeTo(80, 9),
      },
    ]);
  });

  test('names the item before the one that is handed out, where that was not heard to its end', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100, 1));
    room.buffer.finish('a', 0);
    room.push('b', loudNoise(300, 2));
    await room.play(130);
    expect(room.buffer.heard('a')?.complete).toBe(true);
    expect(room.buffer.flush(samples(50))).toMatchObject({ itemId: 'a', heardMs: 80, complete: false });
    expect(room.buffer.heard('b')).toMatchObject({ heardMs: 0, receivedMs: 300 });
    room.push('b', loudNoise(100));
    room.push('a', loudNoise(100));
    expect(room.buffer.statistics.lateDeltas).toBe(2);
  });

  test('finds the end of an answer unheard that had gone out long since', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100));
    room.buffer.finish('a', 0);
    await room.play(130);
    expect(room.buffer.state).toBe('idle');
    expect(room.buffer.flush(samples(40))).toMatchObject({ itemId: 'a', heardMs: 90, complete: false });
    expect(room.states.at(-1)).toBe('draining → idle');
  });

  test('is undefined where only the silence behind an answer was not heard', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100));
    room.buffer.finish('a', 0);
    await room.play(150);
    expect(room.buffer.flush(samples(50))).toBeUndefined();
    expect(room.buffer.heard('a')).toMatchObject({ heardMs: 100, complete: true });
    expect(room.buffer.statistics.flushes).toBe(0);
  });

  test('does not count concealment, nor the silence after it', async () => {
    const room = new ListeningRoom(5);
    room.push('a', loudNoise(100));
    await room.play(180);
    expect(room.buffer.state).toBe('starved');
    expect(room.buffer.flush(samples(50))).toMatchObject({ itemId: 'a', heardMs: 100, complete: false });
    expect(room.underruns).toMatchObject([{ gapMs: 30 }]);
  });

  test('counts no gap that nobody heard', async () => {
    for (const unheardMs of [30, 60]) {
      const room = new ListeningRoom(5);
      room.push('a', loudNoise(100));
      await room.play(130);
      expect(room.buffer.flush(samples(unheardMs))).toMatchObject({ heardMs: 130 - unheardMs });
      expect(room.underruns).toEqual([]);
    }
  });

  test('does not count a pause that was stretched', async () => {
    const room = new ListeningRoom();
    room.push('a', speech(60, 5).fill(0.001));
    await room.wait(250);
    await room.play(40);
    room.push('a', speech(2000, 6).fill(0.001, 0, samples(500)));
    await room.play(300);
    const { insertedMs } = room.buffer.statistics;
    expect(insertedMs).toBeGreaterThan(0);
    expect(room.buffer.flush(samples(340))).toMatchObject({ heardMs: 0 });
    expect(room.recalled.map(({ count }) => count).reduce((sum, count) => sum + count)).toBe(
      samples(340 - insertedMs),
    );
  });

  test('breaks off a fade that goes out', async () => {
    const room = new ListeningRoom(5);
    room.push('a', loudNoise(300));
    await room.play(100);
    expect(room.buffer.flush()).toMatchObject({ heardMs: 110 });
    room.pull();
    expect(room.buffer.flush(samples(45))).toMatchObject({ itemId: 'a', heardMs: 60 });
    expect(room.buffer.state).toBe('idle');
    expect(room.pull().every((sample) => sample === 0)).toBe(true);
  });

  test('takes nothing back twice', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(300));
    await room.play(100);
    expect(room.buffer.flush(samples(40))?.heardMs).toBe(60);
    expect(room.buffer.flush(samples(40))).toBeUndefined();
    room.push('b', loudNoise(300));
    await room.play(20);
    expect(room.buffer.flush(samples(60))).toMatchObject({ itemId: 'b', heardMs: 0 });
    expect(room.buffer.heard('a')?.heardMs).toBe(60);
  });

  test('remembers a second, and takes the rest as heard', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(3000));
    await room.play(2000);
    expect(room.buffer.flush(samples(1500))?.heardMs).toBe(1000);
  });

  test('does not take the step back of the due times for drift', () => {
    const { buffer } = new ListeningRoom();
    const out = new Float32Array(samples(10));
    for (let n = 0; n <= 1000; n++) buffer.pull(out, n * 10);
    expect(buffer.statistics.driftPpm).toBeCloseTo(0, 6);
    buffer.flush(samples(15));
    for (let n = 0; n <= 999; n++) buffer.pull(out, 9995 + n * 10);
    expect(buffer.statistics.driftPpm).toBeUndefined();
    buffer.pull(out, 19_995);
    expect(buffer.statistics.driftPpm).toBeCloseTo(0, 6);
  });

  test('refuses what is no number of samples', () => {
    const { buffer } = new ListeningRoom();
    for (const unheard of [-1, 0.5, Number.NaN]) expect(() => buffer.flush(unheard)).toThrow(RangeError);
  });
});

/** Which item each sample that went out belongs to, one by one. */
class SlowBooks {
  readonly #room: ListeningRoom;
  readonly #owners: (string | undefined)[] = [];
  readonly #received = new Map<string, number>();
  #runs = 0;

  constructor(room: ListeningRoom) {
    this.#room = room;
  }

  received(itemId: string, count: number): void {
    this.#received.set(itemId, (this.#received.get(itemId) ?? 0) + count);
  }

  heard(itemId: string): number {
    return this.#owners.filter((owner) => owner === itemId).length;
  }

  /** Enters what went out since. */
  catchUp(): void {
    this.#owners.length = this.#room.output.length;
    for (const { itemId, samples, timeMs } of this.#room.runs.slice(this.#runs)) {
      const start = Math.round(timeMs * SAMPLES_PER_MS);
      this.#owners.fill(itemId, start, start + samples.length);
    }
    this.#runs = this.#room.runs.length;
  }

  /** @returns whose sample is the first that nobody heard */
  takeBack(unheard: number): string | undefined {
    this.catchUp();
    const from = Math.max(0, this.#owners.length - Math.min(unheard, samples(1000)));
    const first = this.#owners.slice(from).find((owner) => owner !== undefined);
    this.#owners.fill(undefined, from);
    return first ?? [...this.#received.keys()].find((id) => this.heard(id) < (this.#received.get(id) ?? 0));
  }

  /** What waits is dropped. */
  drop(): void {
    this.#received.clear();
  }
}

test('whatever comes, and whenever it is interrupted, the books agree with those that are kept sample by sample', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), ms: fc.integer({ min: 1, max: 150 }) }),
    fc.record({ kind: fc.constant('play' as const), ms: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ kind: fc.constant('play' as const), ms: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ kind: fc.constant('next' as const), ms: fc.integer({ min: 0, max: 1 }) }),
    fc.record({ kind: fc.constant('recall' as const), ms: fc.integer({ min: 0, max: 120 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const room = new ListeningRoom(5);
      const books = new SlowBooks(room);
      let item = 0;
      for (const { kind, ms } of steps) {
        if (kind === 'push') {
          room.push(`${item}`, ms % 3 === 0 ? speech(ms, ms).fill(0.002) : loudNoise(ms, ms));
          books.received(`${item}`, samples(ms));
        } else if (kind === 'play') {
          await room.play(ms * 5);
        } else if (kind === 'next') {
          if (ms === 1) room.buffer.finish(`${item}`, 0);
          item++;
        } else {
          const unheard = samples(ms) + (ms % 7);
          const first = books.takeBack(unheard);
          const heard = room.buffer.flush(unheard);
          if (first !== undefined) expect(heard?.itemId).toBe(first);
          books.drop();
          item++;
        }
        books.catchUp();
        for (let id = 0; id <= item; id++) {
          const heardMs = room.buffer.heard(`${id}`)?.heardMs ?? 0;
          expect(heardMs).toBe(Math.floor(books.heard(`${id}`) / SAMPLES_PER_MS));
        }
      }
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('runs are remembered in the same few objects', () => {
  const runs = new HandedRuns(8000);
  const items = ['a', 'b'].map((itemId) => ({ itemId }) as PlayoutItem);
  for (let n = 0; n < 10_000; n++) {
    runs.enter(items[n % 2] as PlayoutItem, 0, 60, n * 10);
    runs.pass(80);
  }
  const taken: number[] = [];
  runs.takeBack(8000, (_item, count) => taken.push(count));
  expect(taken).toEqual(new Array(100).fill(60));
});
