/**
 * What a chat came to, in four lines.
 *
 * @module
 */
import { median } from '../latency/statistics.ts';

/** The figures of a whole chat. */
export interface ChatFigures {
  readonly turns: number;
  readonly interruptions: number;
  /** From the end of the user's speech to the first sound of the answer, for each answer where it is known. */
  readonly voiceToVoiceMs: readonly number[];
  readonly underruns: number;
  readonly underrunMs: number;
  /** Undefined where a lost connection is the end. */
  readonly lostDevices: number;
  /** The folder of the recording, where there is one. */
  readonly recording?: string | undefined;
}

/** Of fewer answers, a 95th percentile would be the slowest one. */
const fewestForP95 = 20;

/** Turns, latency, playback, devices; and where the recording is. */
export function chatSummary(figures: ChatFigures): string[] {
  const { turns, interruptions, underruns, underrunMs, lostDevices, recording } = figures;
  return [
    `turns       ${turns}, ${interruptions} interrupted`,
    `latency     ${latency(figures.voiceToVoiceMs)}`,
    `playback    ${
      underruns === 0
        ? 'never ran dry'
        : `ran dry ${count(underruns, 'time', 'times')}, for ${underrunMs.toFixed(0)} ms in all`
    }`,
    `devices     ${lostDevices === 0 ? 'none' : lostDevices} lost`,
    ...(recording === undefined ? [] : [`recording   ${recording}`]),
  ];
}

function latency(values: readonly number[]): string {
  const middle = median(values);
  if (middle === undefined) return 'no answer was measured';
  const p50 = `p50 ${middle.toFixed(0)} ms`;
  if (values.length < fewestForP95) {
    return `${p50} of ${count(values.length, 'answer', 'answers')}; a p95 takes ${fewestForP95}`;
  }
  const slow = values.toSorted((a, b) => a - b)[Math.ceil(0.95 * values.length) - 1] ?? middle;
  return `${p50}, p95 ${slow.toFixed(0)} ms of ${values.length} answers`;
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
