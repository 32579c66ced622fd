import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/random.ts';
import { ListeningRoom, loudNoise, SAMPLES_PER_MS } from './listening-room.ts';

describe('flush', () => {
  test('fades within 10 ms, says exactly what was heard, and drops the rest', async () => {
    const room = new ListeningRoom();
    const audio = loudNoise(1000);
    room.push('a', audio);
    await room.play(200);
    expect(room.buffer.flush()).toEqual({
      responseId: 'response of a',
      itemId: 'a',
      contentIndex: 0,
      heardMs: 210,
      receivedMs: 1000,
      complete: false,
    });
    expect(room.buffer.state).toBe('fading');
    await room.play(50);
    const fade = room.output.slice(4800, 5040);
    for (let i = 0; i < fade.length; i++) {
      expect(Math.abs(fade[i] as number)).toBeLessThanOrEqual(Math.abs(audio[4800 + i] as number));
    }
    expect(fade[0]).toBeCloseTo(audio[4800] as number, 3);
    expect(Math.abs(fade[239] as number)).toBeLessThan(0.001);
    expect(room.output.slice(5040).every((sample) => sample === 0)).toBe(true);
    expect(room.played('a')).toEqual(room.output.slice(0, 5040));
    expect(room.buffer.state).toBe('idle');
    expect(room.buffer.statistics).toMatchObject({ flushes: 1, fadeMs: 10, discardedMs: 790 });
  });

  test('says what the recording holds, whenever it comes', async () => {
    const random = new Random(3);
    for (let round = 0; round < 40; round++) {
      const room = new ListeningRoom(random.integer(1, 25));
      room.push('a', loudNoise(600, round));
      if (random.chance(0.5)) room.buffer.finish('a', 0);
      await room.play(random.integer(1, 590));
      const heard = room.buffer.flush();
      const atFlush = room.output.length;
      await room.play(100);
      const soundMs = (room.output.findLastIndex((sample) => sample !== 0) + 1) / SAMPLES_PER_MS;
      expect(Math.abs((heard?.heardMs ?? Number.NaN) - soundMs)).toBeLessThanOrEqual(1);
      expect(soundMs).toBeLessThanOrEqual(atFlush / SAMPLES_PER_MS + 10);
      expect(room.buffer.heard('a')).toEqual({ ...heard });
    }
  });

  test('is undefined where nothing waits and nothing sounds, and again right after a flush', async () => {
    const room = new ListeningRoom();
    expect(room.buffer.flush()).toBeUndefined();
    room.push('a', loudNoise(100));
    room.buffer.finish('a', 0);
    await room.play(50);
    expect(room.buffer.flush()).toMatchObject({ itemId: 'a', receivedMs: 100 });
    expect(room.buffer.flush()).toBeUndefined();
    await room.play(50);
    expect(room.buffer.flush()).toBeUndefined();
    expect(room.buffer.statistics.flushes).toBe(1);
  });

  test('of an item that still primes gives 0 ms, at once', () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(40));
    expect(room.buffer.flush()).toMatchObject({ itemId: 'a', heardMs: 0, receivedMs: 40, complete: false });
    expect(room.buffer.state).toBe('idle');
    expect(room.pull().every((sample) => sample === 0)).toBe(true);
    expect(room.buffer.statistics).toMatchObject({ fadeMs: 0, discardedMs: 40 });
  });

  test('is complete when the fade covers all that was left of a finished item', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100));
    room.buffer.finish('a', 0);
    await room.play(90);
    expect(room.buffer.flush()).toMatchObject({ heardMs: 100, receivedMs: 100, complete: true });
  });

  test('is complete after the very last sample was handed out, and undefined one block later', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100));
    room.buffer.finish('a', 0);
    await room.play(100);
    expect(room.buffer.state).toBe('draining');
    expect(room.buffer.flush()).toMatchObject({ heardMs: 100, complete: true });
    expect(room.buffer.state).toBe('idle');
    expect(room.buffer.flush()).toBeUndefined();
  });

  test('carries the sound on through the fade where an unfinished item has fewer than 10 ms', async () => {
    const room = new ListeningRoom();
    room.push('a', new Float32Array(104 * SAMPLES_PER_MS).fill(0.5));
    await room.play(100);
    expect(room.buffer.flush()).toMatchObject({ heardMs: 104, complete: false });
    await room.play(20);
    const fade = room.output.slice(2400, 2640);
    for (let i = 1; i < fade.length; i++) {
      expect(Math.abs((fade[i] as number) - (fade[i - 1] as number))).toBeLessThan(0.005);
    }
    expect(fade[120]).toBeGreaterThan(0.2);
    expect(room.played('a')).toHaveLength(104 * SAMPLES_PER_MS);
  });

  test('while starved fades the concealment, or is silent at once, and counts the gap', async () => {
    for (const [gapMs, fadeMs] of [
      [30, 10],
      [55, 5],
      [100, 0],
    ] as const) {
      const room = new ListeningRoom(5);
      room.push('a', loudNoise(100));
      await room.play(100 + gapMs);
      expect(room.buffer.state).toBe('starved');
      expect(room.buffer.flush()).toMatchObject({ heardMs: 100, receivedMs: 100, complete: false });
      expect(room.buffer.state).toBe(fadeMs > 0 ? 'fading' : 'idle');
      room.push('a', loudNoise(100));
      await room.play(50);
      expect(room.buffer.statistics.lateDeltas).toBe(1);
      expect(room.output.slice((100 + gapMs + 10) * SAMPLES_PER_MS).every((sample) => sample === 0)).toBe(
        true,
      );
      expect(room.played('a')).toHaveLength(2400);
      expect(room.buffer.statistics).toMatchObject({ underruns: 1, underrunMs: gapMs, fadeMs });
    }
  });

  test('drops the answer behind, and what still comes for either', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(300, 1));
    room.push('b', loudNoise(300, 2));
    await room.play(100);
    expect(room.buffer.flush()).toMatchObject({ itemId: 'a', heardMs: 110 });
    room.push('a', loudNoise(100));
    room.push('b', loudNoise(100));
    room.push('b', loudNoise(100));
    await room.play(200);
    expect(room.played('b')).toHaveLength(0);
    expect(room.output.slice(110 * SAMPLES_PER_MS).every((sample) => sample === 0)).toBe(true);
    expect(room.buffer.heard('b')).toMatchObject({ heardMs: 0, receivedMs: 300, complete: false });
    expect(room.buffer.statistics.lateDeltas).toBe(3);
  });

  test('fades only into the audible item, never into the one behind it', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(104, 1));
    room.push('b', loudNoise(300, 2));
    await room.play(100);
    expect(room.buffer.flush()).toMatchObject({ itemId: 'a', heardMs: 104 });
    await room.play(50);
    expect(room.played('b')).toHaveLength(0);
  });

  test('names the item that owns the next sample when two meet at a block', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100, 1));
    room.buffer.finish('a', 0);
    room.push('b', loudNoise(300, 2));
    await room.play(100);
    expect(room.buffer.flush()).toMatchObject({ itemId: 'b', heardMs: 0 });
    expect(room.buffer.heard('a')).toMatchObject({ heardMs: 100, complete: true });
    expect(room.pull().every((sample) => sample === 0)).toBe(true);
  });

  test('leaves the head of the next answer alone, even when it comes during the fade', async () => {
    const room = new ListeningRoom(5);
    room.push('a', loudNoise(300, 1));
    await room.play(100);
    room.buffer.flush();
    await room.play(5);
    const next = loudNoise(200, 2);
    room.push('b', next);
    room.buffer.finish('b', 0);
    expect(room.buffer.state).toBe('fading');
    await room.play(300);
    expect(room.output.slice(110 * SAMPLES_PER_MS, 310 * SAMPLES_PER_MS)).toEqual(next);
    expect(room.played('b')).toEqual(next);
    expect(room.buffer.statistics.primeWaitMs).toBeCloseTo(0, 9);
  });

  test('during a fade drops the answer that had come meanwhile', async () => {
    const room = new ListeningRoom(5);
    room.push('a', loudNoise(300, 1));
    await room.play(100);
    room.buffer.flush();
    room.push('b', loudNoise(200, 2));
    expect(room.buffer.flush()).toMatchObject({ itemId: 'b', heardMs: 0, receivedMs: 200 });
    expect(room.buffer.state).toBe('fading');
    await room.play(50);
    expect(room.played('a')).toHaveLength(110 * SAMPLES_PER_MS);
    expect(room.played('b')).toHaveLength(0);
  });

  test('keeps what was learnt about the network', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(20));
    await room.wait(300);
    room.push('a', loudNoise(20));
    const { targetMs } = room.buffer.statistics;
    room.buffer.flush();
    expect(room.buffer.statistics.targetMs).toBe(targetMs);
  });
});
