/**
 * Whether our resamplers keep to the samples: the same bits however the input is cut, the count that is due, the whole tail.
 *
 * @module
 */
import { inlet, Random } from '../../src/index.ts';
import type { OwnResampler } from './candidates.ts';
import { pairName, pairs, type RatePair } from './rate-pairs.ts';

export interface ExactnessFigure extends RatePair {
  readonly candidate: string;
  /** What was wrong, one sentence each. */
  readonly faults: readonly string[];
}

interface Output {
  readonly samples: Float32Array;
  /** How many samples had come after each push, and after the end. */
  readonly counts: readonly number[];
}

/** An odd length, so that no cut fits. */
const inputMs = 310.5;

/** Sends the input through in pieces of the given lengths, the last again and again, and ends it. */
function convert(own: OwnResampler, pair: RatePair, input: Float32Array, lengths: readonly number[]): Output {
  const pieces: Float32Array[] = [];
  let count = 0;
  const first = own.stage(pair).open(
    inlet(({ samples }) => {
      pieces.push(samples.slice());
      count += samples.length;
    }),
  );
  const counts: number[] = [];
  for (let from = 0, turn = 0; from < input.length; turn++) {
    const length = lengths[Math.min(turn, lengths.length - 1)] as number;
    const samples = input.subarray(from, from + length);
    first.push({ samples, rateHz: pair.fromHz, channels: 1, timeMs: (from * 1000) / pair.fromHz });
    counts.push(count);
    from += samples.length;
  }
  first.end();
  counts.push(count);
  const joined = new Float32Array(count);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return { samples: joined, counts };
}

function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [left, right] = [new Uint32Array(a.buffer), new Uint32Array(b.buffer)];
  return left.length === right.length && left.every((bits, i) => bits === right[i]);
}

function faultsOf(own: OwnResampler, pair: RatePair): string[] {
  const faults: string[] = [];
  const random = new Random(7);
  const { fromHz, toHz } = pair;
  const input = Float32Array.from(
    { length: Math.round((fromHz * inputMs) / 1000) },
    () => random.uniform() - 0.5,
  );
  const block = fromHz / 50;
  const { samples, counts } = convert(own, pair, input, [block]);
  const cuts: Record<string, readonly number[]> = {
    whole: [input.length],
    'in 10 ms': [block / 2],
    'in 127 samples': [127],
    'at random': Array.from({ length: 200 }, () => random.integer(1, 2000)),
  };
  for (const [how, lengths] of Object.entries(cuts)) {
    if (!sameBits(convert(own, pair, input, lengths).samples, samples))
      faults.push(`cut ${how} it gives other bits`);
  }
  counts.slice(0, -1).forEach((count, n) => {
    const due = Math.ceil((Math.min(input.length, (n + 1) * block) * toHz) / fromHz);
    if (count !== due) faults.push(`after ${n + 1} blocks ${count} samples had come, and ${due} were due`);
  });
  const impulse = new Float32Array(block);
  impulse[block - 1] = 1;
  const sum = convert(own, pair, impulse, [block]).samples.reduce((total, y) => total + y, 0);
  // By hundreds of samples it adds up to the gain of a constant.
  if (!(Math.abs((sum * fromHz) / toHz - 1) < 1e-3)) faults.push(`the last sample comes out as ${sum}`);
  return faults;
}

/** Each resampler with every pair that it takes. */
export function checkExactness(resamplers: readonly OwnResampler[]): ExactnessFigure[] {
  return resamplers.flatMap((own) =>
    pairs
      .filter((pair) => own.takes(pair))
      .map((pair) => ({ candidate: own.name, ...pair, faults: faultsOf(own, pair) })),
  );
}

/** As a line of a report. */
export function faultLines(figures: readonly ExactnessFigure[]): string[] {
  return figures.flatMap((figure) =>
    figure.faults.map((fault) => `${figure.candidate} ${pairName(figure)}: ${fault}`),
  );
}
