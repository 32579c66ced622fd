/**
 * What the kernels are meant to reach, and whether they did.
 *
 * @module
 */
import { references } from './candidates.ts';
import { faultLines } from './exactness.ts';
import type { QualityFigure } from './quality.ts';
import { pairName, pairs, type RatePair } from './rate-pairs.ts';
import { nameOf, qualityOf, type Results, speedUp } from './results.ts';

/** One claim. */
export interface Verdict {
  /** The number of the target that it belongs to. */
  readonly target: number;
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  /** Undefined where it is not asked of this runtime. */
  readonly met: boolean | undefined;
}

type Row = readonly [what: string, wanted: string, measured: string, met: boolean | undefined];

const [down48, down44, up16, up48, up44] = pairs as readonly [
  RatePair,
  RatePair,
  RatePair,
  RatePair,
  RatePair,
];
const doubled = [down48, up48];

export function verdicts(results: Results): Verdict[] {
  const rows: readonly (readonly [target: number, rows: readonly Row[]])[] = [
    [1, standard(results)],
    [2, high(results)],
    [3, halfBand(results)],
    [4, wide(results)],
    [5, [exact(results, 'all of ours, every pair')]],
    [7, framing(results)],
    [8, clients(results)],
  ];
  return rows.flatMap(([target, claims]) =>
    claims.map(([what, wanted, measured, met]) => ({ target, what, wanted, measured, met })),
  );
}

function standard(results: Results): Row[] {
  return [
    faster(results, 'std', pairs, results.runtime.name === 'node' ? 30 : 20),
    atMost(results, 'std', 'worst alias from 1.002 Nyquist', [down48, down44], aliasFrom1002, -110, 'dB'),
    edge(results, 'std', 0.866),
    atMost(results, 'std', 'latency, 48 and 44.1 kHz in', [down48, down44], latency, 2, 'ms'),
    exact(results, 'std', 'std'),
  ];
}

function high(results: Results): Row[] {
  return [
    faster(results, 'hq', pairs, 18),
    faster(results, 'hq', pairs, 60, references.best),
    atMost(results, 'hq', 'worst alias from 1.002 Nyquist', [down48, down44], aliasFrom1002, -125, 'dB'),
    edge(results, 'hq', 0.92),
    atMost(results, 'hq', 'latency, 48 and 44.1 kHz in', [down48, down44], latency, 3.7, 'ms'),
  ];
}

function halfBand(results: Results): Row[] {
  return [
    faster(results, 'half-band', doubled, 100),
    atMost(results, 'half-band', 'latency', doubled, latency, 1.2, 'ms'),
    atMost(
      results,
      'half-band',
      'worst alias above 13.6 kHz',
      [down48],
      ({ aliasDb }) => aliasDb?.[2],
      -110,
      'dB',
    ),
    atMost(
      results,
      'half-band',
      'images above 13.6 kHz',
      [up48],
      ({ residualDb }) => residualDb[0],
      -110,
      'dB',
    ),
    atMost(results, 'half-band', 'ripple to 10.8 kHz', doubled, ({ rippleDb }) => rippleDb, 0.02, 'dB'),
  ];
}

function wide(results: Results): Row[] {
  const gains = [down48, down44].map((pair) => {
    const [ours, theirs] = ['wide', references.speex7].map((name) =>
      aliasFrom1002(figure(results, name, pair)),
    );
    return (theirs ?? Number.NaN) - (ours ?? Number.NaN);
  });
  return [
    faster(results, 'wide', [down48, up16, up48], 2, references.speex7),
    faster(results, 'wide', [down44, up44], 8, references.speex7),
    [
      `wide: worst alias below that of ${references.speex7}, ${pairNames([down48, down44])}`,
      '≥ 8 dB lower',
      gains.map((gain) => `${gain.toFixed(1)} dB`).join(', '),
      gains.every((gain) => gain >= 8),
    ],
    edge(results, 'wide', 0.91),
  ];
}

function framing({ framing: { packUs, receive }, runtime }: Results): Row[] {
  return [
    [
      'framing: 480 samples to a message',
      '≤ 1.5 µs on Node',
      `${packUs.toFixed(2)} µs`,
      onNode(runtime.name, packUs <= 1.5),
    ],
    ...receive.map(({ kilobytes, toBytes }): Row => {
      return [
        `framing: reading a delta of ${kilobytes} kB against JSON.parse + Buffer.from`,
        ...timesRow([toBytes.times], 3),
      ];
    }),
  ];
}

/** With both loads: with the same few streams each, as the target was set, and with what fills a good part of a core. */
function clients({ client: { light, loaded } }: Results): Row[] {
  return [light, loaded].map(({ ours, libsamplerate, times }): Row => {
    const streams = `${ours.streams} streams against ${libsamplerate.streams}`;
    return [
      `client: streams per core against one with ${references.medium}, ${streams}`,
      ...timesRow([times], 8),
    ];
  });
}

function onNode(name: string, met: boolean): boolean | undefined {
  return name === 'node' ? met : undefined;
}

function exact({ exactness }: Results, who: string, candidate?: string): Row {
  const asked = exactness.filter((each) => candidate === undefined || each.candidate === candidate);
  const faults = faultLines(asked);
  return [
    `${who}: the same bits however cut, exact counts, the whole tail`,
    'no fault',
    faults.length === 0 ? `no fault in ${asked.length} checked` : faults.join('; '),
    asked.length > 0 && faults.length === 0,
  ];
}

function faster(
  results: Results,
  candidate: string,
  asked: readonly RatePair[],
  wanted: number,
  reference: string = references.medium,
): Row {
  const times = asked.map((pair) => speedUp(results, candidate, pair, { reference }) ?? Number.NaN);
  return [`${candidate}: speed against ${reference}, ${pairNames(asked)}`, ...timesRow(times, wanted)];
}

function timesRow(times: readonly number[], wanted: number): [string, string, boolean] {
  const measured = times.map((each) => `${each.toFixed(each < 10 ? 2 : 1)}×`).join(', ');
  return [`≥ ${wanted}×`, measured, times.every((each) => each >= wanted)];
}

function atMost(
  results: Results,
  candidate: string,
  what: string,
  asked: readonly RatePair[],
  of: (figure: QualityFigure) => number | undefined,
  wanted: number,
  unit: string,
): Row {
  const values = asked.map((pair) => of(figure(results, candidate, pair)) ?? Number.NaN);
  const digits = Math.abs(wanted) < 1 ? 4 : Math.abs(wanted) < 10 ? 2 : 1;
  return [
    `${candidate}: ${what}, ${pairNames(asked)}`,
    `≤ ${String(wanted).replace('-', '−')} ${unit}`,
    values.map((value) => `${value.toFixed(digits).replace('-', '−')} ${unit}`).join(', '),
    values.every((value) => value <= wanted),
  ];
}

/** Of the pass band, in the pairs that go down: there its width decides what is lost. */
function edge(results: Results, candidate: string, wanted: number): Row {
  const asked = [down48, down44];
  const values = asked.map((pair) => figure(results, candidate, pair).edge01);
  return [
    `${candidate}: −0.1 dB edge, ${pairNames(asked)}`,
    `≥ ${wanted} Nyquist`,
    values.map((value) => value.toFixed(3)).join(', '),
    values.every((value) => value >= wanted),
  ];
}

function aliasFrom1002({ aliasDb }: QualityFigure): number | undefined {
  return aliasDb?.[0];
}

function latency({ latencyMs }: QualityFigure): number {
  return latencyMs;
}

function figure(results: Results, candidate: string, pair: RatePair): QualityFigure {
  const found = qualityOf(results, candidate, pair);
  if (!found) throw new RangeError(`nothing was measured of ${nameOf(candidate, pair)}`);
  return found;
}

function pairNames(asked: readonly RatePair[]): string {
  return asked.map(pairName).join(', ');
}
