/**
 * The figures of a run as tables, for the terminal and for Markdown.
 *
 * @module
 */
import { median } from '../../src/index.ts';
import { references } from './candidates.ts';
import type { ClientRuns } from './client.ts';
import { pairName, pairs, type RatePair } from './rate-pairs.ts';
import { qualityOf, type Results, roundsOf, speedUp } from './results.ts';
import { verdicts } from './targets.ts';

export interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The columns that hold words, which stand at the left, and not figures. Default the first alone. */
  readonly words?: readonly number[];
}

/** What a stream has for each frame. */
const frameUs = 20_000;
/** Where there is no figure. */
const none = '–';

export function tablesOf(results: Results): Table[] {
  return [
    speedUpTable(results),
    speedUpTable(results, 10),
    microsecondTable(results),
    ...pairs.filter(({ fromHz, toHz }) => toHz < fromHz).map((pair) => downTable(results, pair)),
    upTable(results),
    framingTable(results),
    clientTable(results),
    targetTable(results),
  ];
}

export function inTerminal({ title, header, rows, words = [0] }: Table): string {
  const plain = [header, ...rows].map((cells) => cells.map((cell) => cell.replaceAll('**', '')));
  const widths = header.map((_, column) => Math.max(...plain.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (words.includes(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [title, ...plain.map(line)].join('\n');
}

export function inMarkdown({ header, rows, words = [0] }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, i) => (words.includes(i) ? '---' : '---:'));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}

function times(value: number | undefined): string {
  return value === undefined ? none : value.toFixed(value < 10 ? 2 : 1);
}

/** A level of dB; what is below the floor is all but silence. */
function level(value: number | undefined): string {
  return value === undefined ? none : value.toFixed(0).replace('-', '−');
}

function fraction(value: number): string {
  return value.toFixed(3);
}

/** A row for each candidate of which one cell at least has a figure. */
function rowsOf(
  { candidates }: Results,
  cells: (name: string) => readonly (string | undefined)[] | undefined,
): string[][] {
  return candidates.flatMap(({ name, ours }) => {
    const found = cells(name);
    if (!found?.some((cell) => cell !== undefined && cell !== none)) return [];
    return [[ours ? `**${name}**` : name, ...found.map((cell) => cell ?? none)]];
  });
}

export function speedUpTable(results: Results, blockMs = 20): Table {
  return {
    title: `Times faster than ${references.medium}, blocks of ${blockMs} ms`,
    header: ['kHz', ...pairs.map(pairName)],
    rows: rowsOf(results, (name) => pairs.map((pair) => times(speedUp(results, name, pair, { blockMs })))),
  };
}

export function microsecondTable(results: Results): Table {
  const cell = (name: string, pair: RatePair) => median(roundsOf(results, name, pair) ?? [])?.toFixed(2);
  return {
    title: 'Microseconds for a block of 20 ms',
    header: ['kHz', ...pairs.map(pairName)],
    rows: rowsOf(results, (name) => pairs.map((pair) => cell(name, pair))),
  };
}

export function downTable(results: Results, pair: RatePair): Table {
  return {
    title: `${pairName(pair)} kHz: edges as fractions of 12 kHz, levels in dB`,
    header: [
      'down',
      '−0.1 dB',
      '−3 dB',
      'alias from 1.002',
      'from 1.05',
      'from 1.133',
      'rest to 0.866',
      'THD+N 1 kHz',
      '10 kHz',
      'latency ms',
    ],
    rows: rowsOf(results, (name) => {
      const figure = qualityOf(results, name, pair);
      if (!figure) return undefined;
      const { edge01, edge3, aliasDb = [], residualDb, thdN, latencyMs } = figure;
      return [
        ...[edge01, edge3].map(fraction),
        ...[...aliasDb, residualDb[0], thdN.at1kDb, thdN.at10kDb].map(level),
        latencyMs.toFixed(2),
      ];
    }),
  };
}

export function upTable(results: Results): Table {
  const up = pairs.filter(({ fromHz, toHz }) => toHz > fromHz);
  return {
    title:
      'Up: −0.1 dB edge as fraction of the lower Nyquist, images of tones to 0.866 / to 0.9 in dB, latency in ms',
    header: ['up', ...up.map(pairName)],
    rows: rowsOf(results, (name) =>
      up.map((pair) => {
        const figure = qualityOf(results, name, pair);
        if (!figure) return undefined;
        const { edge01, residualDb, latencyMs } = figure;
        return `${fraction(edge01)}, ${residualDb.map(level).join(' / ')}, ${latencyMs.toFixed(2)}`;
      }),
    ),
  };
}

export function framingTable({ framing: { packUs, stringifyUs, receive } }: Results): Table {
  const row = (name: string, ours: number, theirs: number, ratio: number) => [
    name,
    ours.toFixed(2),
    theirs.toFixed(2),
    ratio.toFixed(1),
  ];
  return {
    title: 'Framing, in microseconds a message',
    header: ['message', 'ours', 'JSON', 'times'],
    rows: [
      row('send 20 ms', packUs, stringifyUs, stringifyUs / packUs),
      ...receive.flatMap(({ kilobytes, toBytes, toSamples }) => [
        row(`receive ${kilobytes} kB, to bytes`, toBytes.us, toBytes.parseUs, toBytes.times),
        row(`receive ${kilobytes} kB, to samples`, toSamples.us, toSamples.parseUs, toSamples.times),
      ]),
    ],
  };
}

export function clientTable({ client: { seconds, light, loaded } }: Results): Table {
  const row = (name: string, { streams, usPerFrame }: ClientRuns, ratio?: number) => [
    name,
    String(streams),
    usPerFrame.map((us) => us.toFixed(0)).join(', '),
    (frameUs / (median(usPerFrame) ?? Number.NaN)).toFixed(0),
    ratio?.toFixed(1) ?? none,
  ];
  return {
    title: `A whole client, ${seconds} s a run`,
    header: ['resampler', 'streams', 'µs of CPU a frame', 'streams a core', 'times'],
    rows: [light, loaded].flatMap(({ ours, libsamplerate, times: ratio }) => [
      row('**std both ways**', ours, ratio),
      row(`${references.medium} both ways`, libsamplerate),
    ]),
  };
}

export function targetTable(results: Results): Table {
  return {
    title: 'Targets',
    header: ['', 'claim', 'wanted', 'measured', 'verdict'],
    rows: verdicts(results).map(({ target, what, wanted, measured, met }) => [
      String(target),
      what,
      wanted,
      measured,
      met === undefined ? 'not asked' : met ? 'met' : '**missed**',
    ]),
    words: [0, 1, 2, 3, 4],
  };
}
