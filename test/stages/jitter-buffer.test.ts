import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { JitterBuffer } from '../../src/stages/jitter-buffer.ts';
import { ListeningRoom, loudNoise, RATE_HZ, SAMPLES_PER_MS } from './playout/listening-room.ts';

/** Index of the first and the last sample that is not silent. */
function soundOf(output: Float32Array): [number, number] {
  return [output.findIndex((sample) => sample !== 0), output.findLastIndex((sample) => sample !== 0)];
}

describe('an answer that does not starve', () => {
  test('comes out sample for sample, in whatever pieces it came', async () => {
    for (const piece of [1, 7, 240, 4801, 24_000 * 60]) {
      const room = new ListeningRoom();
      const audio = loudNoise(piece === 1 ? 120 : 900);
      for (let at = 0; at < audio.length; at += piece) room.push('a', audio.subarray(at, at + piece));
      room.buffer.finish('a', 0);
      await room.play(1000);
      const [first, last] = soundOf(room.output);
      expect(room.output.slice(first, last + 1)).toEqual(audio);
      expect(room.played('a')).toEqual(audio);
      expect(room.buffer.statistics).toMatchObject({
        underruns: 0,
        concealedMs: 0,
        insertedMs: 0,
        removedMs: 0,
      });
    }
  });

  test('may last a minute in one piece', () => {
    const room = new ListeningRoom(60_000);
    const audio = loudNoise(60_000);
    room.push('a', audio);
    room.buffer.finish('a', 0);
    expect(room.pull()).toEqual(audio);
    room.pull();
    expect(room.buffer.state).toBe('idle');
  });

  test('comes out the same whatever the size of the blocks that are pulled', async () => {
    const audio = loudNoise(333.5);
    for (const blockMs of [1, 3, 10, 21.5, 100]) {
      const room = new ListeningRoom(blockMs);
      room.push('a', audio);
      room.buffer.finish('a', 0);
      await room.play(500);
      expect(room.output.slice(0, audio.length)).toEqual(audio);
      expect(room.output.slice(audio.length).every((sample) => sample === 0)).toBe(true);
    }
  });

  test('is not shortened or hurried however early it is', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(20_000));
    await room.play(10_000);
    expect(room.buffer.levelMs).toBe(10_000);
    expect(room.buffer.heard('a')?.heardMs).toBe(10_000);
  });

  test('is copied when it is pushed', () => {
    const room = new ListeningRoom();
    const samples = loudNoise(100);
    const original = samples.slice();
    room.push('a', samples);
    samples.fill(0);
    expect(room.pull()).toEqual(original.slice(0, 240));
  });
});

describe('the start of an answer', () => {
  test('waits for 80 ms of audio', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(79));
    await room.play(50);
    expect(room.output.every((sample) => sample === 0)).toBe(true);
    room.push('a', loudNoise(1));
    expect(room.pull()).toEqual(loudNoise(79).slice(0, 240));
    expect(room.buffer.statistics.primeWaitMs).toBe(50);
  });

  test('waits no longer than 250 ms after the first delta, to the sample', async () => {
    const room = new ListeningRoom();
    await room.play(3);
    room.push('a', loudNoise(30));
    await room.wait(4);
    await room.play(300);
    const [first] = soundOf(room.output);
    // The delta came at 10 ms; one block had been pulled, and 4 ms passed without a pull.
    expect(first / SAMPLES_PER_MS).toBe(10 + 246);
    expect(room.buffer.statistics.primeWaitMs).toBe(250);
  });

  test('a short answer plays at once, and whole, when it is finished', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(25));
    room.buffer.finish('a', 0);
    await room.play(50);
    expect(room.output.slice(0, 600)).toEqual(loudNoise(25));
    expect(room.output.slice(600).every((sample) => sample === 0)).toBe(true);
    expect(room.buffer.heard('a')).toMatchObject({ heardMs: 25, receivedMs: 25, complete: true });
  });

  test('follows the target that was learnt', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(20));
    await room.wait(300);
    room.push('a', loudNoise(20));
    expect(room.buffer.statistics.targetMs).toBe(310);
    room.buffer.reconnected();
    expect(room.buffer.statistics.targetMs).toBe(80);
  });
});

describe('two answers', () => {
  test('play back to back when the second is here in time', async () => {
    const room = new ListeningRoom();
    const [a, b] = [loudNoise(105, 1), loudNoise(130, 2)];
    room.push('a', a.subarray(0, 1200));
    await room.wait(20);
    room.push('a', a.subarray(1200));
    room.buffer.finish('a', 0);
    await room.play(50);
    expect(room.buffer.statistics.primeWaitMs).toBe(20);
    room.push('b', b);
    await room.play(100);
    room.buffer.finish('b', 0);
    await room.play(200);
    expect(room.output.slice(0, a.length)).toEqual(a);
    expect(room.output.slice(a.length, a.length + b.length)).toEqual(b);
    expect(room.played('a')).toEqual(a);
    expect(room.played('b')).toEqual(b);
    expect(room.buffer.statistics.primeWaitMs).toBe(0);
  });

  test('have a pause between them, and no underrun, when too little of the second is here', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100, 1));
    room.buffer.finish('a', 0);
    await room.play(50);
    room.push('b', loudNoise(40, 2));
    await room.play(100);
    expect(room.buffer.state).toBe('priming');
    room.push('b', loudNoise(100, 3));
    await room.play(50);
    expect(room.buffer.state).toBe('playing');
    expect(
      room.output.slice(100 * SAMPLES_PER_MS, 150 * SAMPLES_PER_MS).every((sample) => sample === 0),
    ).toBe(true);
    expect(room.output.slice(150 * SAMPLES_PER_MS, 190 * SAMPLES_PER_MS)).toEqual(loudNoise(40, 2));
    expect(room.buffer.statistics).toMatchObject({ primeWaitMs: 50, underruns: 0, concealedMs: 0 });
  });

  test('the first plays to its end without a fade although nobody said that it is finished', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100, 1));
    room.push('b', loudNoise(100, 2));
    await room.play(200);
    expect(room.output.slice(0, 2400)).toEqual(loudNoise(100, 1));
    expect(room.output.slice(2400, 4800)).toEqual(loudNoise(100, 2));
  });
});

describe('finish', () => {
  test('of an item that nobody knows, or before any audio, changes nothing', async () => {
    const room = new ListeningRoom();
    room.buffer.finish('a', 0);
    expect(room.buffer.state).toBe('idle');
    room.push('b', loudNoise(40));
    room.buffer.finish('a', 0);
    room.buffer.finish('b', 1);
    await room.play(100);
    expect(room.buffer.state).toBe('priming');
    expect(room.buffer.heard('a')).toBeUndefined();
  });
});

describe('the books', () => {
  test('say that an answer of another rate cannot be played', () => {
    const { buffer } = new ListeningRoom();
    const audio = { responseId: 'r', itemId: 'i', contentIndex: 0, rateHz: 16_000, receivedAtMs: 0 };
    expect(() => buffer.push({ ...audio, samples: new Float32Array(160) })).toThrow(RangeError);
  });

  test('refuse rates and blocks that make no sense', () => {
    const { clock } = new ListeningRoom();
    for (const rateHz of [0, -1, 1.5, Number.NaN, 24_000.5]) {
      expect(() => new JitterBuffer({ clock, rateHz })).toThrow(RangeError);
    }
    expect(() => new JitterBuffer({ clock, rateHz: RATE_HZ, deviceBlockMs: Number.NaN })).toThrow(RangeError);
  });

  test('say when samples left: when they were due, or after what a late sink asked for', async () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    const buffer = new JitterBuffer({
      clock,
      rateHz: RATE_HZ,
      observe: { onPlayed: ({ timeMs }) => times.push(timeMs) },
    });
    const ids = { responseId: 'r', itemId: 'a', contentIndex: 0 };
    buffer.push({ ...ids, samples: loudNoise(100), rateHz: RATE_HZ, receivedAtMs: 0 });
    await clock.run(() => clock.sleep(50));
    for (const dueMs of [48, 58, 80]) buffer.pull(new Float32Array(240), dueMs);
    expect(times).toEqual([50, 60, 80]);
  });

  test('follow the pace of a device whose clock runs fast', async () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    const observe = { onPlayed: ({ timeMs }: { timeMs: number }) => times.push(timeMs) };
    const buffer = new JitterBuffer({ clock, rateHz: RATE_HZ, observe });
    const ids = { responseId: 'r', itemId: 'a', contentIndex: 0 };
    buffer.push({ ...ids, samples: loudNoise(3000), rateHz: RATE_HZ, receivedAtMs: 0 });
    const dues = Array.from({ length: 300 }, (_, n) => 50 + n * 9.998);
    for (const dueMs of dues) buffer.pull(new Float32Array(240), dueMs);
    expect(times).toEqual(dues);
  });

  test('count pulls that come after their whole block was due', async () => {
    const room = new ListeningRoom();
    const out = new Float32Array(240);
    await room.wait(100);
    for (const dueMs of [120, 100, 90, 89.9, 0]) room.buffer.pull(out, dueMs);
    expect(room.buffer.statistics.callbackLate).toBe(2);
  });

  test('give the level while more is expected', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100));
    await room.play(40);
    room.buffer.finish('a', 0);
    await room.play(100);
    // The first pull still primes; after the fourth the end is in sight.
    expect(room.buffer.statistics.levelMs).toEqual({ min: 70, mean: 80, max: 90 });
  });

  test('ask for backpressure at ten minutes and keep what comes all the same', () => {
    const room = new ListeningRoom();
    const minute = new Float32Array(60 * RATE_HZ);
    for (let i = 0; i < 9; i++) room.push('a', minute);
    expect(room.buffer.isFull).toBe(false);
    room.push('a', minute);
    expect(room.buffer.isFull).toBe(true);
    room.push('a', minute);
    expect(room.buffer.levelMs).toBe(660_000);
    room.buffer.flush();
    expect(room.buffer.isFull).toBe(false);
    expect(room.buffer.statistics.discardedMs).toBe(660_000);
  });
});
