/**
 * The latency of a conversation as a table for the terminal.
 *
 * @module
 */
import { median } from './statistics.ts';
import type { InterruptionLatency, TurnLatency } from './turn-latency.ts';

/** What the table shows of a turn. */
export interface ReportedTurn {
  /** What was said, in one word: the name of its file. */
  readonly name: string;
  readonly latency: TurnLatency;
  readonly interruption?: InterruptionLatency;
}

type Column = readonly [heading: string, figure: (latency: TurnLatency) => number | undefined];

/** In the order in which the milliseconds pass. */
const columns: readonly Column[] = [
  ['voice to voice', (l) => l.voiceToVoiceMs],
  ['uplink', (l) => l.uplinkMs],
  ['network', (l) => sum(l.networkUpMs, l.networkDownMs)],
  ['endpointing', (l) => l.endpointingMs],
  ['thinking', (l) => l.thinkingMs],
  ['server', (l) => (l.thinkingMs === undefined ? l.serverMs : undefined)],
  ['silence', (l) => l.leadingSilenceMs],
  ['playout', (l) => l.playoutMs],
  ['client added', (l) => l.clientAddedMs],
];

/**
 * A row for each turn, and their medians where there are several. Columns that no turn has are left out: against a live
 * service the server's part is one figure, against the embedded mock it is split.
 *
 * @returns lines without colour, at most 120 characters wide; nothing where no figure of any turn is known
 */
export function latencyTable(turns: readonly ReportedTurn[]): string {
  const shown = columns.filter(([, figure]) => turns.some((turn) => figure(turn.latency) !== undefined));
  if (shown.length === 0) return '';
  const rows = turns.map((turn, index) => [
    `${index + 1} ${shorten(turn.name)}`,
    ...shown.map(([, figure]) => milliseconds(figure(turn.latency))),
  ]);
  const medians = [
    'median',
    ...shown.map(([, figure]) => milliseconds(median(turns.flatMap((turn) => figure(turn.latency) ?? [])))),
  ];
  const table = alignColumns([
    ['latency in ms', ...shown.map(([heading]) => heading)],
    ...rows,
    ...(turns.length > 1 ? [medians] : []),
  ]);
  return [table, ...turns.flatMap((turn, index) => interruptionLine(turn, index + 1))].join('\n');
}

function interruptionLine(turn: ReportedTurn, number: number): string[] {
  const { interruption } = turn;
  if (!interruption) return [];
  const parts = [
    `noticed after ${milliseconds(interruption.noticeMs)} ms`,
    `silent ${milliseconds(interruption.stopMs)} ms later`,
    `truncation off by ${milliseconds(interruption.truncateErrorMs)} ms`,
  ];
  return [`answer ${number} was interrupted: ${parts.join(', ')}`];
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(1);
}

function shorten(name: string): string {
  return name.length > 24 ? `${name.slice(0, 23)}…` : name;
}

/** The first column to the left, figures to the right. */
function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}
