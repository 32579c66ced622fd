import { describe, expect, test } from 'vitest';
import { concatenate } from '../../support/concatenate.ts';
import { ListeningRoom, loudNoise, SAMPLES_PER_MS } from './listening-room.ts';

describe('running dry', () => {
  test('conceals 60 ms, is silent, and comes back with half the target or 60 ms', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100, 1));
    await room.play(300);
    expect(room.buffer.state).toBe('starved');
    const gap = room.output.slice(2400);
    expect(gap.slice(0, 59 * SAMPLES_PER_MS).some((sample) => sample !== 0)).toBe(true);
    expect(gap.slice(60 * SAMPLES_PER_MS).every((sample) => sample === 0)).toBe(true);
    room.push('a', loudNoise(100, 2));
    // The delta came 200 ms late, which makes the target 230 ms, and half of it is not here yet.
    await room.play(20);
    expect(room.buffer.state).toBe('starved');
    room.push('a', loudNoise(15, 3));
    await room.play(10);
    expect(room.buffer.state).toBe('playing');
    expect(room.underruns).toEqual([
      { responseId: 'response of a', itemId: 'a', contentIndex: 0, timeMs: 100, gapMs: 220 },
    ]);
    expect(room.buffer.statistics).toMatchObject({
      underruns: 1,
      underrunMs: 220,
      longestGapMs: 220,
      interruptions: 1,
      concealedMs: 60,
    });
  });

  test('comes back with no less than 60 ms', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100, 1));
    await room.play(110);
    expect(room.buffer.statistics.targetMs).toBe(80);
    room.push('a', loudNoise(50, 2));
    await room.play(10);
    expect(room.buffer.state).toBe('starved');
    room.push('a', loudNoise(10, 3));
    await room.play(10);
    expect(room.buffer.state).toBe('playing');
    expect(room.buffer.statistics).toMatchObject({ underruns: 1, underrunMs: 20, interruptions: 0 });
  });

  test('is never concealed with the voice of the answer before', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100));
    room.buffer.finish('a', 0);
    await room.play(200);
    room.push('b', new Float32Array(10 * SAMPLES_PER_MS));
    await room.play(400);
    expect(room.buffer.state).toBe('starved');
    expect(room.output.slice(2400).every((sample) => sample === 0)).toBe(true);
  });

  test('lets the concealment die away although the answer was finished meanwhile', async () => {
    const room = new ListeningRoom();
    room.push('a', new Float32Array(2400).fill(0.5));
    await room.play(120);
    room.buffer.finish('a', 0);
    await room.play(40);
    expect(room.buffer.state).toBe('starved');
    await room.play(10);
    expect(room.buffer.state).toBe('idle');
    const { output } = room;
    for (let i = 2400; i < output.length; i++) {
      expect(Math.abs((output[i] as number) - (output[i - 1] as number))).toBeLessThan(0.001);
    }
  });

  test('lets the concealment die away before the next answer, which is whole', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100, 1));
    await room.play(120);
    const next = loudNoise(200, 2);
    room.push('b', next);
    await room.play(300);
    expect(room.output.slice(160 * SAMPLES_PER_MS, 360 * SAMPLES_PER_MS)).toEqual(next);
    expect(room.states).toContain('starved → priming');
    expect(room.buffer.statistics).toMatchObject({ underruns: 0, concealedMs: 60 + 60 });
  });

  test('comes back with a fade of 5 ms, and then exactly', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100, 1));
    await room.play(300);
    const more = loudNoise(200, 2);
    room.push('a', more);
    await room.play(100);
    const back = room.output.slice(300 * SAMPLES_PER_MS);
    expect(Math.abs(back[0] as number)).toBeLessThan(0.001);
    for (let i = 0; i < 120; i++)
      expect(Math.abs(back[i] as number)).toBeLessThan(Math.abs(more[i] as number));
    expect(back.slice(120)).toEqual(more.slice(120, 2400));
  });

  test('hands out every real sample untouched before the gap', async () => {
    const room = new ListeningRoom();
    const audio = loudNoise(97.5, 1);
    room.push('a', audio);
    await room.play(150);
    expect(room.output.slice(0, audio.length)).toEqual(audio);
  });

  test('an answer that is finished while starved ends; its end was no underrun', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100));
    await room.play(200);
    room.buffer.finish('a', 0);
    await room.play(10);
    expect(room.buffer.state).toBe('idle');
    expect(room.buffer.heard('a')).toMatchObject({ heardMs: 100, complete: true });
    expect(room.buffer.statistics).toMatchObject({ underruns: 0, underrunMs: 0, concealedMs: 60 });
  });

  test('an answer whose rest comes with its finish while starved plays the rest', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(100, 1));
    await room.play(200);
    room.push('a', loudNoise(2.5, 2));
    room.buffer.finish('a', 0);
    await room.play(20);
    expect(room.played('a')).toHaveLength(102.5 * SAMPLES_PER_MS);
    expect(room.buffer.state).toBe('idle');
    room.push('b', loudNoise(200, 3));
    expect(room.pull()).toEqual(loudNoise(200, 3).slice(0, 240));
    expect(room.buffer.statistics).toMatchObject({ underruns: 1, underrunMs: 100 });
  });

  test('a finished answer that runs dry has simply ended', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(103));
    room.buffer.finish('a', 0);
    await room.play(200);
    expect(room.output.slice(0, 103 * SAMPLES_PER_MS)).toEqual(loudNoise(103));
    expect(room.output.slice(103 * SAMPLES_PER_MS).every((sample) => sample === 0)).toBe(true);
    expect(room.buffer.statistics).toMatchObject({ underruns: 0, concealedMs: 0 });
  });
});

describe('recovering from an underrun', () => {
  test('stretches pauses until the target is reached again, and counts none of it as heard', async () => {
    const room = new ListeningRoom();
    room.push('a', loudNoise(80, 1));
    await room.play(180);
    // 100 ms late makes the target 130 ms, and 70 ms are enough to come back.
    room.push('a', new Float32Array(70 * SAMPLES_PER_MS).fill(0.001));
    await room.play(80);
    expect(room.buffer.statistics).toMatchObject({ targetMs: 130, insertedMs: 20 });
    expect(room.buffer.heard('a')?.heardMs).toBe(80 + 60);
    room.push('a', new Float32Array(500 * SAMPLES_PER_MS).fill(0.001));
    await room.play(200);
    expect(room.buffer.statistics.insertedMs).toBe(20);
    expect(room.buffer.heard('a')?.heardMs).toBe(80 + 260);
  });

  test('stretches pauses in blocks of 10 ms whatever is pulled', async () => {
    const outputs = [1, 7, 10, 25].map(async (blockMs) => {
      const room = new ListeningRoom(blockMs);
      room.push('a', loudNoise(80, 1));
      await room.play(175);
      room.push(
        'a',
        Float32Array.from({ length: 70 * SAMPLES_PER_MS }, (_, i) => (i + 1) / 1e6),
      );
      await room.play(175);
      const { output } = room;
      return output.slice(output.indexOf(Math.fround(241 / 1e6)), -1).slice(0, 60 * SAMPLES_PER_MS);
    });
    const [first, ...others] = await Promise.all(outputs);
    const ramp = (fromMs: number, ms: number) =>
      Float32Array.from({ length: ms * SAMPLES_PER_MS }, (_, i) => (fromMs * SAMPLES_PER_MS + i + 1) / 1e6);
    expect(first).toEqual(concatenate([ramp(10, 20), ramp(20, 10), ramp(30, 30)]));
    for (const other of others) expect(other).toEqual(first);
  });

  test('a repetition that was cut off by a flush never comes back', async () => {
    const room = new ListeningRoom(5);
    room.push('a', loudNoise(80, 1));
    await room.play(180);
    room.push('a', new Float32Array(70 * SAMPLES_PER_MS).fill(0.001));
    await room.play(35);
    expect(room.buffer.statistics.insertedMs).toBe(5);
    room.buffer.flush();
    const next = loudNoise(200, 2);
    room.push('b', next);
    await room.play(200);
    const from = room.output.indexOf(next[0] as number);
    expect(from).toBe((180 + 35 + 10) * SAMPLES_PER_MS);
    expect(room.output.slice(from, from + 190 * SAMPLES_PER_MS)).toEqual(next.slice(0, 190 * SAMPLES_PER_MS));
  });

  test('stretches no pause of an answer that only dips under the target', async () => {
    const room = new ListeningRoom();
    const pause = new Float32Array(100 * SAMPLES_PER_MS).fill(0.001);
    room.push('a', pause);
    await room.play(90);
    room.push('a', pause);
    await room.play(90);
    expect(room.buffer.statistics).toMatchObject({ insertedMs: 0, levelMs: { min: 20 } });
  });
});
