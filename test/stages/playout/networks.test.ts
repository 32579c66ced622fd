import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/random.ts';
import { concatenate } from '../../support/concatenate.ts';
import { arrivals, type Network, networks } from './arrivals.ts';
import { type KeptRun, ListeningRoom, loudNoise, SAMPLES_PER_MS, speech } from './listening-room.ts';

const FADE_IN = 5 * SAMPLES_PER_MS;

interface Answer {
  readonly itemId: string;
  readonly audio: Float32Array;
}

/** Schedules each answer on the clock, one behind the other, and plays until all is out. */
async function listen(answers: readonly Answer[], network: Network, seed: number, blockMs = 10) {
  const room = new ListeningRoom(blockMs);
  const random = new Random(seed).fork('network');
  let startMs = 0;
  for (const { itemId, audio } of answers) {
    const list = arrivals(audio, startMs, network, random);
    for (const { atMs, samples } of list) room.clock.at(atMs, () => room.push(itemId, samples));
    startMs = list.at(-1)?.atMs ?? startMs;
    room.clock.at(startMs, () => room.buffer.finish(itemId, 0));
  }
  const handed = new Map<string, number>();
  let seen = 0;
  const soundMs = answers.reduce((sum, { audio }) => sum + audio.length / SAMPLES_PER_MS, 0);
  while (
    room.clock.now() < startMs + blockMs ||
    (room.buffer.state !== 'idle' && room.clock.now() < startMs + 2 * soundMs)
  ) {
    await room.play(blockMs);
    for (; seen < room.runs.length; seen++) {
      const run = room.runs[seen] as KeptRun;
      handed.set(run.itemId, (handed.get(run.itemId) ?? 0) + run.samples.length);
    }
    for (const [itemId, count] of handed) {
      expect(room.buffer.heard(itemId)?.heardMs).toBe(Math.floor(count / SAMPLES_PER_MS));
    }
    expect(room.buffer.levelMs).toBeGreaterThanOrEqual(0);
  }
  return room;
}

/** The pauses between one item's runs, as a listener with a stopwatch finds them, and where in the item each one is. */
function gapsOf(runs: readonly KeptRun[]): { samples: number; at: number; timeMs: number }[] {
  const gaps = [];
  let at = 0;
  let endMs: number | undefined;
  for (const run of runs) {
    const samples = endMs === undefined ? 0 : Math.round((run.timeMs - endMs) * SAMPLES_PER_MS);
    if (samples !== 0) gaps.push({ samples, at, timeMs: endMs ?? 0 });
    at += run.samples.length;
    endMs = run.timeMs + run.samples.length / SAMPLES_PER_MS;
  }
  return gaps;
}

describe.each(Object.entries(networks))('over a network: %s', (name, network) => {
  test('no sample is lost, doubled or out of order, and none is changed outside of a fade', async () => {
    let underruns = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(1e6), fc.constantFrom(5, 10, 20), async (seed, blockMs) => {
        const answers = [
          { itemId: 'a', audio: speech(2500, seed) },
          { itemId: 'b', audio: speech(45, seed + 1) },
          { itemId: 'c', audio: speech(1500, seed + 2) },
        ];
        const room = await listen(answers, network, seed, blockMs);
        for (const { itemId, audio } of answers) {
          const played = room.played(itemId);
          expect(played.length).toBe(audio.length);
          const gaps = gapsOf(room.runs.filter((run) => run.itemId === itemId));
          for (let i = 0; i < audio.length; i++) {
            if (played[i] !== audio[i] && !gaps.some(({ at }) => i >= at && i < at + FADE_IN)) {
              expect.fail(`sample ${i} of ${itemId} is ${played[i]} and was ${audio[i]}`);
            }
          }
          expect(room.buffer.heard(itemId)?.complete).toBe(true);
        }
        expect(room.runs.map((run) => run.itemId).join('')).toMatch(/^a+b+c+$/);
        underruns += room.buffer.statistics.underruns;
      }),
      { seed: 1, numRuns: 4 },
    );
    if (name === 'clean') expect(underruns).toBe(0);
    if (name === 'bad mobile' || name === 'one-second stalls') expect(underruns).toBeGreaterThan(0);
  });

  test('the played runs are where the output has them', async () => {
    const room = await listen([{ itemId: 'a', audio: speech(2000) }], network, 5);
    const { output } = room;
    for (const run of room.runs) {
      const at = Math.round(run.timeMs * SAMPLES_PER_MS);
      expect(output.slice(at, at + run.samples.length)).toEqual(run.samples);
    }
  });

  test('underruns are counted as a listener counts them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1e6), async (seed) => {
        const room = await listen([{ itemId: 'a', audio: loudNoise(4000, seed) }], network, seed);
        const gaps = gapsOf(room.runs);
        const total = gaps.reduce((sum, gap) => sum + gap.samples, 0);
        const { statistics } = room.buffer;
        expect(statistics.underruns).toBe(gaps.length);
        expect(statistics.underrunMs).toBeCloseTo(total / SAMPLES_PER_MS, 9);
        expect(statistics.longestGapMs).toBeCloseTo(
          Math.max(0, ...gaps.map((gap) => gap.samples)) / SAMPLES_PER_MS,
          9,
        );
        expect(statistics.interruptions).toBe(
          gaps.filter((gap) => gap.samples >= 150 * SAMPLES_PER_MS).length,
        );
        expect(statistics.insertedMs).toBe(0);
        expect(room.underruns.map((underrun) => Math.round(underrun.gapMs * SAMPLES_PER_MS))).toEqual(
          gaps.map((gap) => gap.samples),
        );
        // Silence in the recording is what the concealment did not cover.
        const from = room.output.findIndex((sample) => sample !== 0);
        const to = room.output.findLastIndex((sample) => sample !== 0);
        const silent = room.output.subarray(from, to).filter((sample) => sample === 0).length;
        const uncovered = gaps.reduce((sum, gap) => sum + Math.max(0, gap.samples - 60 * SAMPLES_PER_MS), 0);
        expect(Math.abs(silent - uncovered)).toBeLessThanOrEqual(3 * (gaps.length + 1));
      }),
      { seed: 2, numRuns: 4 },
    );
  });

  test('a flush at any time tells what the recording holds, and the next answer is whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1e6), fc.nat(4000), async (seed, afterMs) => {
        const room = new ListeningRoom();
        const random = new Random(seed).fork('network');
        const list = arrivals(speech(2500, seed), 0, network, random);
        for (const { atMs, samples } of list) room.clock.at(atMs, () => room.push('a', samples));
        await room.play((list[0]?.atMs ?? 0) + afterMs);
        const endMs = room.clock.now();
        const heard = room.buffer.flush();
        const answer = loudNoise(300, seed);
        room.clock.at(endMs + 500, () => room.push('b', answer));
        room.clock.at(endMs + 500, () => room.buffer.finish('b', 0));
        await room.play(1500);
        const { output } = room;
        const after = output.subarray((endMs + 10) * SAMPLES_PER_MS, (endMs + 500) * SAMPLES_PER_MS);
        expect(after.every((sample) => sample === 0)).toBe(true);
        expect(concatenate(room.runs.filter((run) => run.itemId === 'b').map((run) => run.samples))).toEqual(
          answer,
        );
        const recorded = room.played('a').length / SAMPLES_PER_MS;
        const lateMs = list.reduce(
          (sum, { atMs, samples }) => sum + (atMs > endMs ? samples.length / SAMPLES_PER_MS : 0),
          0,
        );
        expect(heard?.heardMs).toBe(Math.floor(recorded));
        expect(heard?.receivedMs).toBe(Math.floor(2500 - lateMs));
        expect(room.buffer.heard('a')).toEqual(heard);
        expect(room.buffer.statistics.lateDeltas).toBe(
          list.filter(({ atMs }) => atMs > endMs && atMs <= room.clock.now()).length,
        );
      }),
      { seed: 3, numRuns: 6 },
    );
  });
});

test('the same network gives the same output, to the bit', async () => {
  const [one, two] = await Promise.all(
    [1, 2].map(() => listen([{ itemId: 'a', audio: speech(2000) }], networks['bad mobile'], 9)),
  );
  expect(one?.output).toEqual(two?.output);
  expect(one?.buffer.statistics).toEqual(two?.buffer.statistics);
});
