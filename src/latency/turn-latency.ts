/**
 * Where the milliseconds of a turn went.
 *
 * @module
 */
import { wholeMicroseconds } from './whole-microseconds.ts';

/** The moments of a turn, on the loop's clock; what could not be seen is left out. */
export interface TurnMarks {
  /** `t0`: the last sample of the user's speech was captured. */
  readonly speechEndMs?: number | undefined;
  /** `t1`: the frame that holds that sample was handed to the socket. */
  readonly frameSentMs?: number | undefined;
  /** `t2` as the client sees it: `speech_stopped` was received. */
  readonly turnEndedMs?: number | undefined;
  /** `t3`: the first audio of the answer was received. */
  readonly firstAudioMs?: number | undefined;
  /** `t4`: the first audible sample of the answer left the sink. */
  readonly firstAudibleMs?: number | undefined;
  /** Silence at the head of the answer's audio. */
  readonly leadingSilenceMs?: number | undefined;
  /** The user's transcript was received. */
  readonly transcriptMs?: number | undefined;
  /** What a mock in the same process knows exactly. */
  readonly server?:
    | {
        /** The frame of `t1` arrived. */
        readonly frameReceivedMs: number;
        /** The turn detector ended the turn. */
        readonly turnEndedMs: number;
        /** The first audio of the answer was sent. */
        readonly firstAudioSentMs: number;
      }
    | undefined;
}

/** The figures of a turn in milliseconds; what cannot be known is absent, never zero. */
export interface TurnLatency {
  /** `t4 − t0`: what the user feels. */
  voiceToVoiceMs?: number;
  /** `t1 − t0`: framing, filter delays, send lag. */
  uplinkMs?: number;
  /** `t3 − t1`: network both ways, turn detection, thinking. */
  serverMs?: number;
  networkUpMs?: number;
  /** The silence that the turn detector waited for. */
  endpointingMs?: number;
  thinkingMs?: number;
  networkDownMs?: number;
  leadingSilenceMs?: number;
  /** `t4 − t3 − leadingSilenceMs`: decoding, pre-roll, the sink's queue. */
  playoutMs?: number;
  /** `uplinkMs + playoutMs`: what this client adds. */
  clientAddedMs?: number;
  /** The user's transcript, from the end of the turn. */
  transcriptionMs?: number;
}

/**
 * Splits a turn. Against a mock in the same process the parts add up exactly: `voiceToVoiceMs` = `uplinkMs` + `networkUpMs` +
 * `endpointingMs` + `thinkingMs` + `networkDownMs` + `leadingSilenceMs` + `playoutMs`.
 *
 * @example
 * ```ts
 * import { turnLatency } from 'voiceloop';
 *
 * const latency = turnLatency({ speechEndMs: 1000, frameSentMs: 1020, firstAudioMs: 2100, firstAudibleMs: 2180, leadingSilenceMs: 0 });
 * console.log(latency.clientAddedMs); // 100
 * ```
 */
export function turnLatency(marks: TurnMarks): TurnLatency {
  const {
    speechEndMs: t0,
    frameSentMs: t1,
    firstAudioMs: t3,
    firstAudibleMs: t4,
    leadingSilenceMs,
    server,
  } = marks;
  const uplinkMs = minus(t1, t0);
  const playoutMs = minus(minus(t4, t3), leadingSilenceMs);
  return present({
    voiceToVoiceMs: minus(t4, t0),
    uplinkMs,
    serverMs: minus(t3, t1),
    networkUpMs: minus(server?.frameReceivedMs, t1),
    endpointingMs: minus(server?.turnEndedMs, server?.frameReceivedMs),
    thinkingMs: minus(server?.firstAudioSentMs, server?.turnEndedMs),
    networkDownMs: minus(t3, server?.firstAudioSentMs),
    leadingSilenceMs,
    playoutMs,
    clientAddedMs: uplinkMs === undefined || playoutMs === undefined ? undefined : uplinkMs + playoutMs,
    transcriptionMs: minus(marks.transcriptMs, marks.turnEndedMs),
  });
}

/** The moments of an interruption, on the loop's clock. */
export interface InterruptionMarks {
  /** The first sample of the speech that interrupts was captured. */
  readonly speechStartMs?: number | undefined;
  /** `speech_started` was received. */
  readonly noticedMs: number;
  /** The last audible sample of the answer left the sink. */
  readonly lastAudibleMs?: number | undefined;
  /** How much of the item was audible in what the sink played. */
  readonly audibleMs?: number | undefined;
  /** `audio_end_ms` as it was sent. */
  readonly truncatedAtMs?: number | undefined;
}

/** The figures of an interruption in milliseconds. */
export interface InterruptionLatency {
  noticeMs?: number;
  stopMs?: number;
  interruptionMs?: number;
  truncateErrorMs?: number;
}

/** What an interruption took: until it was noticed, and until the answer was silent. */
export function interruptionLatency(marks: InterruptionMarks): InterruptionLatency {
  const noticeMs = minus(marks.noticedMs, marks.speechStartMs);
  const lag = minus(marks.lastAudibleMs, marks.noticedMs);
  // An answer whose last sound was over before the interruption was noticed was silent at once.
  const stopMs = lag === undefined ? undefined : Math.max(0, lag);
  return present({
    noticeMs,
    stopMs,
    interruptionMs: noticeMs === undefined || stopMs === undefined ? undefined : noticeMs + stopMs,
    truncateErrorMs: minus(marks.truncatedAtMs, marks.audibleMs),
  });
}

function minus(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a - b;
}

/** The figures that are known. */
function present<Figures extends Record<string, number | undefined>>(
  figures: Figures,
): { [Name in keyof Figures]?: number } {
  const known: { [Name in keyof Figures]?: number } = {};
  for (const name in figures) {
    const value: number | undefined = figures[name];
    if (value !== undefined) known[name] = wholeMicroseconds(value);
  }
  return known;
}
