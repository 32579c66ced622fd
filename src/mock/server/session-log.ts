/**
 * What a session has been doing, for whoever tests a client against it.
 *
 * @module
 */
import type { MockFrame } from '../frame-outbox.ts';
import { FrameHistory } from './frame-history.ts';
import type { Admitted } from './handshake.ts';

/** What was counted in a session. */
export interface MockSessionCounters {
  readonly framesReceived: number;
  readonly framesSent: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** Messages with audio among the frames. */
  readonly audioFramesReceived: number;
  readonly audioFramesSent: number;
  /** Turns of the user that were committed. */
  readonly turns: number;
  readonly responses: number;
  /** Responses that were cancelled. */
  readonly cancelled: number;
  /** `error` events that were sent. */
  readonly errors: number;
}

/** A session of the server, open or closed. */
export interface MockSessionView {
  /** `session-1` is the first of the server. */
  readonly name: string;
  readonly dialect: Admitted['dialect'];
  readonly model: string | undefined;
  readonly apiVersion: string | undefined;
  /** On the server's clock. */
  readonly openedAtMs: number;
  /** Undefined as long as it is open. */
  readonly closed: { readonly code: number; readonly atMs: number } | undefined;
  readonly counters: MockSessionCounters;
  /** Every message in both directions, oldest first, audio as its length; the latest of them where there were too many. */
  readonly frames: readonly MockFrame[];
  /** Frames that are no longer kept. */
  readonly forgottenFrames: number;
}

const counted: Readonly<Record<string, 'turns' | 'responses' | 'errors'>> = {
  'input_audio_buffer.committed': 'turns',
  'response.created': 'responses',
  error: 'errors',
};

/** Keeps the view of one session up to date. */
export class SessionLog implements MockSessionView {
  readonly name: string;
  readonly dialect: Admitted['dialect'];
  readonly model: string | undefined;
  readonly apiVersion: string | undefined;
  readonly openedAtMs: number;
  readonly #history: FrameHistory;
  readonly #counters = {
    framesReceived: 0,
    framesSent: 0,
    bytesReceived: 0,
    bytesSent: 0,
    audioFramesReceived: 0,
    audioFramesSent: 0,
    turns: 0,
    responses: 0,
    cancelled: 0,
    errors: 0,
  };
  #closed: { readonly code: number; readonly atMs: number } | undefined;

  /** @param keptFrames how many of the latest frames are kept */
  constructor(name: string, admitted: Admitted, openedAtMs: number, keptFrames: number) {
    this.name = name;
    this.dialect = admitted.dialect;
    this.model = admitted.model;
    this.apiVersion = admitted.apiVersion;
    this.openedAtMs = openedAtMs;
    this.#history = new FrameHistory(keptFrames);
  }

  get closed(): { readonly code: number; readonly atMs: number } | undefined {
    return this.#closed;
  }

  get counters(): MockSessionCounters {
    return { ...this.#counters };
  }

  get frames(): readonly MockFrame[] {
    return this.#history.frames;
  }

  get forgottenFrames(): number {
    return this.#history.forgotten;
  }

  add(frame: MockFrame): void {
    this.#count(frame, this.#history.add(frame));
  }

  close(code: number, atMs: number): void {
    this.#closed = { code, atMs };
  }

  #count({ direction, content, bytes }: MockFrame, isAudio: boolean): void {
    const counters = this.#counters;
    if (direction === 'received') {
      counters.framesReceived += 1;
      counters.bytesReceived += bytes;
      if (isAudio) counters.audioFramesReceived += 1;
      return;
    }
    counters.framesSent += 1;
    counters.bytesSent += bytes;
    if (isAudio) counters.audioFramesSent += 1;
    const { type, response } = content as { type?: string; response?: { status?: string } };
    const counter = counted[type ?? ''];
    if (counter) counters[counter] += 1;
    if (type === 'response.done' && response?.status === 'cancelled') counters.cancelled += 1;
  }
}
