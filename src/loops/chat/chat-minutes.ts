/**
 * What is kept of a chat while it is held: the talk, its latencies, the recording.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import type { VoiceloopError } from '../../errors.ts';
import type { TurnLatency } from '../../latency/turn-latency.ts';
import type { Turn } from '../../session/actions.ts';
import type { LoggedEvent } from '../../session/event-log.ts';
import type { UplinkFrame } from '../../stages/frame-packer.ts';
import { ChatAnswers, type ChatInterruption } from './chat-answers.ts';
import type { ChatObserver } from './chat-options.ts';
import { ChatRecording } from './chat-recording.ts';
import { Transcript, type TranscriptEntry } from './transcript.ts';

/** How {@link ChatMinutes} are kept. */
export interface ChatMinutesOptions {
  readonly clock: Clock;
  /** Of the agent's audio, and of the recording. */
  readonly rateHz: number;
  readonly observe: ChatObserver;
}

/** How often the recording goes to the disk. */
const keepMs = 250;

/** Sorts what happens to where it belongs. */
export class ChatMinutes {
  readonly answers: ChatAnswers;
  readonly #options: ChatMinutesOptions;
  readonly #transcript = new Transcript();
  readonly #latencies: TurnLatency[] = [];
  readonly #interruptions: ChatInterruption[] = [];
  #recording: ChatRecording | undefined;
  #isClosed = false;
  #lagMs = 0;
  #lagMaxMs = 0;

  constructor(options: ChatMinutesOptions) {
    const { rateHz, observe } = options;
    this.#options = options;
    this.answers = new ChatAnswers({
      rateHz,
      onAnswer: (answer) => {
        this.#latencies.push(answer.latency);
        this.#transcript.answered(answer.itemId, answer.latency);
        observe.onAnswer?.(answer);
      },
      onInterruption: (interruption) => {
        this.#interruptions.push(interruption);
        observe.onInterruption?.(interruption);
      },
    });
  }

  get transcript(): readonly TranscriptEntry[] {
    return this.#transcript.entries;
  }

  /** Of each answer that was heard. */
  get latencies(): readonly TurnLatency[] {
    return this.#latencies;
  }

  get interruptions(): readonly ChatInterruption[] {
    return this.#interruptions;
  }

  /** How late the last frame was handed to the socket, beyond what filters take; and the latest of all. */
  get lagMs(): number {
    return this.#lagMs;
  }

  get lagMaxMs(): number {
    return this.#lagMaxMs;
  }

  /** The tracks of the recording, where there is one. */
  get sound(): Pick<ChatRecording, 'user' | 'agent'> | undefined {
    return this.#recording;
  }

  /** Why something of the recording lacks its end. */
  get recordingError(): VoiceloopError | undefined {
    return this.#recording?.error;
  }

  /** Begins to record into a folder. */
  record(folder: string): void {
    const { clock, rateHz } = this.#options;
    this.#recording = new ChatRecording({
      folder,
      rateHz,
      startMs: clock.now(),
      startUnixMs: clock.unixMs(),
    });
    this.#keep();
  }

  /** A frame was handed to the socket, `delayMs` of it due to filters. */
  sent(frame: UplinkFrame, delayMs: number): void {
    const nowMs = this.#options.clock.now();
    this.#lagMs = nowMs - frame.endMs - delayMs;
    this.#lagMaxMs = Math.max(this.#lagMaxMs, this.#lagMs);
    this.answers.frameSent(frame, nowMs);
  }

  typed(text: string): void {
    this.#transcript.typed(text, this.#options.clock.now());
    this.#recording?.transcript(this.#transcript);
    this.#options.observe.onTyped?.(text);
  }

  turn(turn: Turn, atMs: number): void {
    this.answers.turn(turn, atMs);
    if (this.#transcript.turn(turn, atMs)) this.#recording?.transcript(this.#transcript);
    this.#options.observe.onTurn?.(turn);
  }

  event(event: LoggedEvent): void {
    this.answers.event(event);
    this.#recording?.event(event);
    this.#options.observe.onEvent?.(event);
  }

  /** What the loudspeaker was to play from then on is not heard. */
  recalled(fromMs: number): void {
    this.#recording?.agent.erase(fromMs);
    this.answers.recalled(fromMs);
  }

  close(): void {
    this.#isClosed = true;
    this.#recording?.transcript(this.#transcript);
    this.#recording?.close();
  }

  #keep(): void {
    if (this.#isClosed) return;
    const nowMs = this.#options.clock.now();
    this.#recording?.advance(nowMs);
    this.#options.clock.at(nowMs + keepMs, () => this.#keep());
  }
}
