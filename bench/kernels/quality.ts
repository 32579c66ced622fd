/**
 * What a resampler does to tones: how far up it is flat, what it lets through that should not be there, how late it is.
 *
 * @module
 */
import type { Candidate, OpenCandidate } from './candidates.ts';
import { nyquistHz, type RatePair } from './rate-pairs.ts';
import { decibels, measureLatency, sendTone } from './tones.ts';

/** All edges are fractions of half the lower rate, all levels are dB against the tone that went in. */
export interface QualityFigure extends RatePair {
  readonly candidate: string;
  /** Where a tone has lost 0.1 dB. */
  readonly edge01: number;
  /** Where a tone has lost 3 dB. */
  readonly edge3: number;
  /** The strongest alias of any tone from 1.002, from 1.05 and from 1.133 (13.6 kHz of 12) on; absent where the rate rises. */
  readonly aliasDb?: readonly [from1002: number, from105: number, from1133: number];
  /** The most that is not the tone, for tones up to 0.866 and up to 0.9: images above all where the rate rises. */
  readonly residualDb: readonly [to866: number, to90: number];
  /** The most by which a tone up to 0.9 is louder or softer than it was. */
  readonly rippleDb: number;
  /** Everything that is not the tone, against what is left of the tone. The second is absent where 10 kHz is too high. */
  readonly thdN: { readonly at1kDb: number; readonly at10kDb?: number };
  readonly latencyMs: number;
}

/** A piece of a magnitude response: fractions of half the lower rate, and dB. */
export interface ResponseCurve {
  readonly candidate: string;
  readonly points: readonly (readonly [fraction: number, db: number])[];
}

const inBand = [0.02, 0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.836, 0.866, 0.885, 0.9];
/** Close together where the stop bands begin and their lobes are highest. */
const beyond = [
  1.002,
  1.005,
  1.009,
  1.014,
  1.02,
  1.026,
  1.033,
  1.041,
  1.05,
  1.06,
  1.075,
  1.09,
  1.11,
  13.6 / 12,
  1.141,
  1.15,
  1.165,
  1.19,
  1.25,
  1.36,
  1.5,
  1.7,
  1.93,
];
const edgeSteps = 12;
const edgeToneMs = 200;

/** @param toneMs how long each tone lasts: 1000 for figures that are kept */
export async function measureQuality(
  candidate: Candidate,
  pair: RatePair,
  toneMs: number,
): Promise<QualityFigure> {
  const open = await candidate.open(pair);
  const nyquist = nyquistHz(pair);
  const latencyMs = measureLatency(open, pair);
  const send = (frequencyHz: number) => sendTone(open, pair, frequencyHz, toneMs);
  const tones = inBand.map((fraction) => ({ fraction, ...send(fraction * nyquist) }));
  const worst = (values: readonly number[]) => decibels(Math.max(...values));
  const residualTo = (edge: number) =>
    worst(tones.filter(({ fraction }) => fraction <= edge).map(({ residual }) => residual));
  const thdN = (frequencyHz: number) => {
    const { residual, amplitude } = send(frequencyHz);
    return decibels(residual) - decibels(amplitude);
  };
  const figure: QualityFigure = {
    candidate: candidate.name,
    ...pair,
    edge01: edgeOf(open, pair, -0.1),
    edge3: edgeOf(open, pair, -3),
    ...(pair.toHz < pair.fromHz ? { aliasDb: aliasesOf(open, pair, toneMs) } : {}),
    residualDb: [residualTo(0.866), residualTo(0.9)],
    rippleDb: Math.max(...tones.map(({ amplitude }) => Math.abs(decibels(amplitude)))),
    thdN: { at1kDb: thdN(1000), ...(nyquist > 10_000 ? { at10kDb: thdN(10_000) } : {}) },
    latencyMs,
  };
  open.destroy?.();
  return figure;
}

function aliasesOf(open: OpenCandidate, pair: RatePair, toneMs: number): [number, number, number] {
  const nyquist = nyquistHz(pair);
  const aliases = beyond
    .filter((fraction) => fraction * nyquist < 0.995 * (pair.fromHz / 2))
    .map((fraction) => ({
      fraction,
      db: decibels(sendTone(open, pair, fraction * nyquist, toneMs).strength),
    }));
  const worstFrom = (edge: number) =>
    Math.max(...aliases.filter(({ fraction }) => fraction >= edge).map(({ db }) => db));
  return [worstFrom(1.002), worstFrom(1.05), worstFrom(13.6 / 12)];
}

/** Where a tone is `db` softer than a low one, by bisection: beyond the pass band a filter only falls. */
function edgeOf(open: OpenCandidate, pair: RatePair, db: number): number {
  const gain = (fraction: number) =>
    decibels(sendTone(open, pair, fraction * nyquistHz(pair), edgeToneMs).amplitude);
  const edgeDb = gain(0.05) + db;
  let [low, high] = [0.3, 0.9999];
  if (gain(high) > edgeDb) return 1;
  for (let step = 0; step < edgeSteps; step++) {
    const middle = (low + high) / 2;
    if (gain(middle) > edgeDb) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The filter around half the lower rate, of a pair that goes down. Beyond it, what shows is the alias. */
export async function measureResponse(candidate: Candidate, pair: RatePair): Promise<ResponseCurve> {
  const open = await candidate.open(pair);
  // None at 1 itself, where the two samples of a period hold any level or none.
  const fractions = Array.from({ length: 180 }, (_, i) => 0.75125 + i * 0.0025);
  const points = fractions.map((fraction): [number, number] => [
    Number(fraction.toFixed(4)),
    decibels(sendTone(open, pair, fraction * nyquistHz(pair), edgeToneMs).strength),
  ]);
  open.destroy?.();
  return { candidate: candidate.name, points };
}
