/**
 * How long one block takes in each resampler, all of them in the same rounds.
 *
 * @module
 */
import { Random } from '../../src/index.ts';
import { type Candidate, type OpenCandidate, references } from './candidates.ts';
import { type Rounds, type Task, timeInterleaved } from './interleaved.ts';
import type { RatePair } from './rate-pairs.ts';

export interface SpeedFigure extends RatePair {
  readonly candidate: string;
  readonly blockMs: number;
  /** Microseconds of one block, in each round; the rounds of one pair and block length are the same for all. */
  readonly roundsUs: readonly number[];
}

/** Each task goes round so many blocks of its own, so that no two calls in a row see the same samples. */
const blockCount = 16;

/** Blocks of loud white noise: nothing is silent, nothing denormal. */
function noiseBlocks(fromHz: number, blockMs: number): Float32Array[] {
  const random = new Random(1);
  return Array.from({ length: blockCount }, () =>
    Float32Array.from({ length: (fromHz * blockMs) / 1000 }, () => random.uniform() - 0.5),
  );
}

function taskOf(name: string, open: OpenCandidate, blocks: readonly Float32Array[]): Task {
  let next = 0;
  return {
    name,
    run: () => {
      open.process(blocks[next] as Float32Array);
      next = (next + 1) % blockCount;
    },
  };
}

/** All candidates for one pair of rates. Blocks shorter than 20 ms are for our own and for what they are compared with. */
export async function measureSpeed(
  candidates: readonly Candidate[],
  pair: RatePair,
  blockMs: number,
  rounds: Rounds,
): Promise<SpeedFigure[]> {
  const measured = candidates.filter(
    ({ name, ours, takes }) => takes(pair) && (blockMs >= 20 || ours || name === references.medium),
  );
  const opened: OpenCandidate[] = [];
  for (const candidate of measured) opened.push(await candidate.open(pair));
  const blocks = noiseBlocks(pair.fromHz, blockMs);
  const tasks = opened.map((open, i) => taskOf(measured[i]?.name ?? '', open, blocks));
  const figures = timeInterleaved(tasks, rounds);
  for (const open of opened) open.destroy?.();
  return figures.map((roundsUs, i) => ({ candidate: measured[i]?.name ?? '', ...pair, blockMs, roundsUs }));
}
