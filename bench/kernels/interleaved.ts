/**
 * Times several functions side by side: in every round each of them runs for some milliseconds, so that what disturbs the
 * machine disturbs them all, and ratios within a round hold where the times themselves do not.
 *
 * @module
 */
import Benchmark from 'benchmark';
import { median } from '../../src/index.ts';

/** What is timed: one call of `run`. */
export interface Task {
  readonly name: string;
  run(): void;
}

export interface Rounds {
  /** How many rounds count. Two more go before them, in which engines compile and the number of calls is found. */
  readonly rounds: number;
  /** How long each task runs in a round, in milliseconds. */
  readonly sampleMs: number;
}

const warmUpRounds = 2;

/**
 * @returns for each task, in their order, the microseconds of one call in each round
 * @throws whatever a task throws
 */
export function timeInterleaved(tasks: readonly Task[], { rounds, sampleMs }: Rounds): number[][] {
  const figures: number[][] = tasks.map(() => []);
  const calls = tasks.map(() => 1);
  for (let round = 0; round < warmUpRounds + rounds; round++) {
    // Each time another one comes first, and behind the garbage of another.
    for (let turn = 0; turn < tasks.length; turn++) {
      const i = (turn + round) % tasks.length;
      const { us, count } = timeOnce(tasks[i] as Task, sampleMs, calls[i] as number);
      calls[i] = count;
      if (round >= warmUpRounds) figures[i]?.push(us);
    }
  }
  return figures;
}

/** How many times faster than `reference` something is: the median of the rounds' own ratios. */
export function timesFaster(roundsUs: readonly number[], reference: readonly number[]): number {
  return median(roundsUs.map((us, round) => (reference[round] ?? Number.NaN) / us)) ?? Number.NaN;
}

function timeOnce({ name, run }: Task, sampleMs: number, initCount: number): { us: number; count: number } {
  const minTime = sampleMs / 1000;
  const benchmark = new Benchmark(name, run, { initCount, minTime, maxTime: 0, minSamples: 1 }).run();
  if (benchmark.error) throw benchmark.error;
  const seconds = benchmark.stats.mean;
  // A little more than is needed, or every other run would fall short and start again.
  return { us: seconds * 1e6, count: Math.max(1, Math.ceil((1.15 * minTime) / seconds)) };
}
