/**
 * The table of faults: what each does, and what it is given where nobody says otherwise.
 *
 * @module
 */

/** What a fault does, and what it is given where nobody says otherwise. */
export interface FaultKind {
  readonly does: string;
  /** What the value is. Undefined takes none. */
  readonly value?: { readonly is: string; readonly fallback: number | string };
  /** The type of event at which it happens, and which one of them, counted from 1; undefined belongs to the connection as a whole. */
  readonly moment?: readonly [at: string, occurrence: number];
  /** Whose events it changes, or which one alone. It changes that very event, and so cannot come later. */
  readonly alters?: 'service' | 'client' | 'response.audio.delta';
}

const midAnswer = ['response.audio.delta', 3] as const;

/** Every fault. The same words stand in `docs/mock.md`; a test compares them. */
export const faultKinds = {
  refuse: {
    does: 'answers the handshake with an HTTP status; 429 and 503 with Retry-After: 2',
    value: { is: 'HTTP status', fallback: 503 },
  },
  'slow-handshake': { does: 'answers the handshake late', value: { is: 'ms', fallback: 5_000 } },
  'no-handshake': { does: 'never answers the handshake' },
  'accept-then-close': {
    does: 'accepts the connection and closes it before the first event',
    value: { is: 'close code', fallback: 1011 },
    moment: ['open', 1],
  },
  close: {
    does: 'closes the connection in mid-answer; 1006 without a close frame',
    value: { is: 'close code', fallback: 1011 },
    moment: midAnswer,
  },
  'session-expired': {
    does: 'says that the session has expired and closes with 1001',
    moment: ['response.done', 1],
  },
  reset: { does: 'resets the TCP connection', moment: midAnswer },
  'half-open': {
    does: 'sends nothing any more, not even pongs or a close; what the client sends is swallowed',
    moment: midAnswer,
  },
  'black-hole': {
    does: 'the same, and what the client sends is not taken off the network',
    moment: midAnswer,
  },
  'stop-reading': {
    does: 'takes nothing off the network for a time; 0 for ever',
    value: { is: 'ms', fallback: 0 },
    moment: ['session.updated', 1],
  },
  stall: {
    does: 'holds back everything for a time, then sends it at once',
    value: { is: 'ms', fallback: 3_000 },
    moment: midAnswer,
  },
  'slow-close': {
    does: 'lets the client wait for the end of the connection',
    value: { is: 'ms', fallback: 3_000 },
  },
  slicer: { does: 'sends in pieces of so many bytes', value: { is: 'bytes', fallback: 64 } },
  limit: { does: 'cuts the connection off after so many bytes', value: { is: 'bytes', fallback: 100_000 } },
  'malformed-json': {
    does: 'sends half of the event before the whole of it',
    alters: 'service',
    moment: midAnswer,
  },
  'missing-field': { does: 'leaves the last field out of the event', alters: 'service', moment: midAnswer },
  'unknown-event': { does: 'sends an event of a type that nobody knows', moment: ['response.created', 1] },
  'unknown-field': {
    does: 'adds a field that nobody knows',
    alters: 'service',
    moment: ['response.created', 1],
  },
  'bad-base64': { does: 'breaks the base64 of the audio', alters: 'response.audio.delta', moment: midAnswer },
  'odd-bytes': {
    does: 'sends audio that ends inside a sample',
    alters: 'response.audio.delta',
    moment: midAnswer,
  },
  'huge-frame': {
    does: 'sends a warning of so many bytes',
    value: { is: 'bytes', fallback: 2 * 1024 * 1024 },
    moment: midAnswer,
  },
  'tiny-frames': {
    does: 'sends the audio from here on sample by sample, until so many frames were sent',
    value: { is: 'frames', fallback: 10_000 },
    alters: 'service',
    moment: ['response.audio.delta', 1],
  },
  drop: { does: 'leaves the event out', alters: 'service', moment: ['response.done', 1] },
  duplicate: { does: 'sends the event twice', alters: 'service', moment: ['response.done', 1] },
  'out-of-order': {
    does: 'sends the event after the one that follows it',
    alters: 'service',
    moment: midAnswer,
  },
  'late-delta': {
    does: 'sends the last audio once more after the event',
    alters: 'service',
    moment: ['response.done', 1],
  },
  error: {
    does: 'sends an error event',
    value: { is: 'code', fallback: 'rate_limit_exceeded' },
    moment: ['response.created', 1],
  },
  fail: {
    does: 'ends the response as failed',
    value: { is: 'code', fallback: 'rate_limit_exceeded' },
    moment: ['response.created', 1],
  },
  incomplete: {
    does: 'ends the response as incomplete',
    value: { is: 'reason', fallback: 'content_filter' },
    moment: midAnswer,
  },
  'transcription-failed': {
    does: 'cannot transcribe what the user said',
    value: { is: 'code', fallback: 'transcription_failed' },
    moment: ['input_audio_buffer.committed', 1],
  },
  reject: {
    does: 'refuses an event of the client',
    value: { is: 'code', fallback: 'invalid_value' },
    alters: 'client',
    moment: ['session.update', 1],
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

/** The name of a fault. */
export type FaultName = keyof typeof faultKinds;

/** The names of the faults. */
export const faultNames = Object.keys(faultKinds) as [FaultName, ...FaultName[]];
