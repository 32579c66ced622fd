/**
 * Everything that one run has measured, as it is kept in a JSON file, and how to find a figure in it.
 *
 * @module
 */
import type { Runtime } from '../../src/loops/runtime.ts';
import { references } from './candidates.ts';
import type { ClientFigure } from './client.ts';
import type { ExactnessFigure } from './exactness.ts';
import type { FramingFigure } from './framing.ts';
import { timesFaster } from './interleaved.ts';
import type { QualityFigure, ResponseCurve } from './quality.ts';
import { pairName, type RatePair } from './rate-pairs.ts';
import type { SpeedFigure } from './speed.ts';

export interface Results {
  readonly runtime: Runtime;
  /** Generic: what kind of machine, not which. */
  readonly machine: string;
  /** Shorter than figures that are kept should be. */
  readonly quick: boolean;
  /** In the order of the tables. */
  readonly candidates: readonly { readonly name: string; readonly ours: boolean }[];
  readonly speed: readonly SpeedFigure[];
  readonly quality: readonly QualityFigure[];
  readonly responses: readonly ResponseCurve[];
  readonly exactness: readonly ExactnessFigure[];
  readonly framing: FramingFigure;
  readonly client: ClientFigure;
}

function isOf(pair: RatePair): (figure: RatePair) => boolean {
  return ({ fromHz, toHz }) => fromHz === pair.fromHz && toHz === pair.toHz;
}

export function roundsOf(
  results: Pick<Results, 'speed'>,
  candidate: string,
  pair: RatePair,
  blockMs = 20,
): readonly number[] | undefined {
  const ofPair = isOf(pair);
  return results.speed.find(
    (figure) => figure.candidate === candidate && figure.blockMs === blockMs && ofPair(figure),
  )?.roundsUs;
}

/** How many times faster than `reference`, libsamplerate-js medium where none is named; undefined where one was not measured. */
export function speedUp(
  results: Pick<Results, 'speed'>,
  candidate: string,
  pair: RatePair,
  { reference = references.medium, blockMs = 20 } = {},
): number | undefined {
  const own = roundsOf(results, candidate, pair, blockMs);
  const theirs = roundsOf(results, reference, pair, blockMs);
  return own && theirs && timesFaster(own, theirs);
}

export function qualityOf(
  results: Pick<Results, 'quality'>,
  candidate: string,
  pair: RatePair,
): QualityFigure | undefined {
  const ofPair = isOf(pair);
  return results.quality.find((figure) => figure.candidate === candidate && ofPair(figure));
}

/** As a person calls it: Node 24.21.0. */
export function runtimeName({ runtime: { name, version } }: Pick<Results, 'runtime'>): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)} ${version}`;
}

/** In a message about a figure that is not there. */
export function nameOf(candidate: string, pair: RatePair): string {
  return `${candidate} ${pairName(pair)}`;
}
