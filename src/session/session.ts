/**
 * A session with the Voice Live service: the conversation joined to a connection, to what plays it, and to who watches.
 *
 * @module
 */
import type { AgentAudio } from '../audio/agent-audio.ts';
import { outputWireFormat } from '../audio/sample-format.ts';
import type { Clock } from '../clock.ts';
import { VoiceloopError } from '../errors.ts';
import { type Inlet, inlet } from '../pipeline/inlet.ts';
import type { Playback } from '../pipeline/playback.ts';
import type { Transport, TransportClosed, TransportEvents } from '../pipeline/transport.ts';
import type {
  ClientEvent,
  RequestSession,
  ResponseCreateParams,
  ResponseSession,
} from '../protocol/events.ts';
import { type FrameUnpacker, frameUnpacker, type ReceivedMessage } from '../stages/frame-unpacker.ts';
import type { Action, ConversationInput, Notice } from './actions.ts';
import { connectionError } from './connection-error.ts';
import { Conversation } from './conversation.ts';
import { describeDifference, type SessionDifference, sessionDifferences } from './effective-session.ts';
import { appendSummary, deltaSummary, loggable } from './event-log.ts';
import { answerInTime, Handshake, SESSION_UPDATE_ID } from './handshake.ts';
import { LostEndWatch } from './lost-end-watch.ts';
import { MessageReader } from './message-reader.ts';
import { SentAudio } from './sent-audio.ts';
import type { SessionClosed, SessionCounters, SessionObserver } from './session-observer.ts';

/** What a session is told to use. */
export interface SessionOptions {
  readonly clock: Clock;
  /** Opens the connection, signed in; called once. */
  readonly dial: (events: TransportEvents) => Promise<Transport>;
  /** The first `session.update`. */
  readonly config: RequestSession;
  readonly playback: Playback;
  readonly observer?: SessionObserver;
}

/** What the service refuses to commit for being too short (OpenAI's Realtime API, which Voice Live follows). */
const MIN_COMMIT_MS = 100;

/**
 * One session, from dialling to its end.
 *
 * @example
 * ```ts
 * import { defaultSession, Session, type Transport, type TransportEvents, VirtualClock } from 'voiceloop';
 *
 * const clock = new VirtualClock();
 * const service = async (events: TransportEvents): Promise<Transport> => {
 *   const answer = (type: string) => events.onMessage(JSON.stringify({ type, session: defaultSession() }), clock.now());
 *   clock.at(5, () => answer('session.created'));
 *   const send = () => void clock.at(clock.now() + 5, () => answer('session.updated'));
 *   return { send, bufferedBytes: 0, droppedMessages: 0, close: async () => {} };
 * };
 * const playback = { push() {}, finish() {}, flush: () => undefined };
 * const session = new Session({ clock, dial: service, config: defaultSession(), playback });
 * const effective = await clock.run(() => session.connect());
 * console.log(effective.output_audio_format, clock.now()); // pcm16 10
 * ```
 */
export class Session {
  /** Settles when the connection is gone, for whatever reason. */
  readonly closed: Promise<SessionClosed>;
  readonly #clock: Clock;
  readonly #options: SessionOptions;
  readonly #observer: SessionObserver;
  readonly #conversation = new Conversation();
  readonly #handshake = new Handshake();
  readonly #reader = new MessageReader((notice) => this.#notice(notice));
  readonly #unpacker: FrameUnpacker;
  readonly #messages: Inlet<ReceivedMessage>;
  readonly #sentAudio: SentAudio;
  readonly #lostEnd: LostEndWatch;
  readonly #resolveClosed: (closed: SessionClosed) => void;
  #transport: Transport | undefined;
  #state: 'new' | 'connecting' | 'open' | 'closing' | 'closed' = 'new';
  #differences: readonly SessionDifference[] = [];
  #framesSent = 0;
  #eventsSent = 0;
  #eventsReceived = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#observer = options.observer ?? {};
    this.#sentAudio = new SentAudio(options.config);
    this.#lostEnd = new LostEndWatch(this.#clock, () => this.#handle({ type: 'overdue' }));
    const { promise, resolve } = Promise.withResolvers<SessionClosed>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    this.#unpacker = frameUnpacker({
      ...outputWireFormat(options.config.output_audio_format),
      onMessage: (text, receivedAtMs) => this.#message(text, receivedAtMs),
      onMalformed: (reason) => this.#reader.complain('audio', reason),
    });
    this.#messages = this.#unpacker.open(inlet((audio) => this.#audio(audio)));
  }

  get counters(): SessionCounters {
    return {
      framesSent: this.#framesSent,
      eventsSent: this.#eventsSent,
      eventsReceived: this.#eventsReceived,
      lateDeltas: this.#conversation.lateDeltas,
      malformed: this.#reader.malformed + this.#unpacker.malformed,
      unknownEvents: Object.fromEntries(this.#conversation.unknownEvents),
    };
  }

  /** Where the service does not do what it was asked. */
  get differences(): readonly SessionDifference[] {
    return this.#differences;
  }

  /**
   * Dials, and agrees on the configuration.
   *
   * @returns the session as the service runs it
   * @throws {VoiceloopError} what `dial` throws; `session-timeout` after 10 s without an answer; `session-refused`, with the
   *   field where the service names it; otherwise why the connection closed
   */
  async connect(): Promise<ResponseSession> {
    if (this.#state !== 'new') throw new TypeError('a session connects once');
    this.#state = 'connecting';
    const transport = await this.#options.dial({
      onMessage: (text, receivedAtMs) => this.#messages.push({ text, receivedAtMs }),
      onClose: (closed) => this.#onClose(closed),
    });
    this.#transport = transport;
    try {
      await answerInTime(this.#clock, 'session.created', this.#handshake.created);
      this.#transmit({ type: 'session.update', event_id: SESSION_UPDATE_ID, session: this.#options.config });
      const session = await answerInTime(this.#clock, 'session.updated', this.#handshake.updated);
      this.#state = 'open';
      return session;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Sends a finished `input_audio_buffer.append`. */
  sendFrame(message: string): void {
    this.#checkOpened();
    this.#transport?.send(message);
    if (this.#state === 'closed') return;
    this.#sentAudio.add(message);
    this.#framesSent++;
    this.#observer.onEvent?.({ direction: 'sent', event: appendSummary(message), atMs: this.#clock.now() });
  }

  /** Sends an event as it is. For a response, {@link respond} waits until one may be asked for. */
  send(event: ClientEvent): void {
    this.#checkOpened();
    this.#transmit(event);
  }

  /** Says something in writing, and has it answered as soon as no other response runs. */
  say(text: string): void {
    this.#request({ type: 'say', text });
  }

  /** Asks for a response as soon as no other runs. */
  respond(response?: ResponseCreateParams): void {
    this.#request({ type: 'respond', ...(response && { response }) });
  }

  /**
   * Lets the agent say this, word for word and without its model, as soon as no other response runs. It stays in the
   * conversation as the agent's own. Models and agents take it alike.
   */
  greet(text: string): void {
    const content = [{ type: 'text' as const, text }];
    this.respond({ pre_generated_assistant_message: { type: 'message', role: 'assistant', content } });
  }

  /**
   * Ends the user's turn where the service detects none (`turn_detection: null`), and has it answered.
   *
   * @returns false, with nothing done, for a turn of less than 100 ms, which the service would refuse
   */
  commitAudio(): boolean {
    if (this.#sentAudio.uncommittedMs < MIN_COMMIT_MS) return false;
    this.#sentAudio.clear();
    this.#request({ type: 'commit' });
    return true;
  }

  /** Forgets the audio since the last turn; sends nothing where there is none. */
  clearAudio(): void {
    if (this.#sentAudio.uncommittedMs === 0) return;
    this.#sentAudio.clear();
    this.#request({ type: 'clear' });
  }

  /**
   * Silences the agent at once, tells the service how much of it was heard, and cancels the response that runs or was just
   * asked for. Where none is and nothing sounds, nothing is sent.
   */
  interrupt(): void {
    this.#request({ type: 'interrupt' });
  }

  /** Says goodbye; settles when the connection is gone. */
  async close(): Promise<void> {
    if (this.#state !== 'closed') this.#state = 'closing';
    this.#handshake.fail(new VoiceloopError('interrupted', 'session-closed', 'the session was closed'));
    await this.#transport?.close();
  }

  #request(input: ConversationInput): void {
    this.#checkOpened();
    this.#handle(input);
  }

  #checkOpened(): void {
    if (this.#state === 'new' || this.#state === 'connecting') {
      throw new TypeError('nothing can be sent before the session is connected');
    }
  }

  #message(text: string, atMs: number): void {
    this.#eventsReceived++;
    const message = this.#reader.read(text);
    if (!message) return;
    const { raw, event } = message;
    this.#observer.onEvent?.({ direction: 'received', event: loggable(raw), atMs });
    if (event.type === 'session.updated') this.#adopt(event.session);
    if (this.#handshake.fails(event)) return;
    this.#lostEnd.heard();
    this.#handle({ type: 'received', event }, atMs);
  }

  #adopt(session: ResponseSession): void {
    const { config } = this.#options;
    try {
      this.#unpacker.setFormat(outputWireFormat(session.output_audio_format ?? config.output_audio_format));
    } catch (error) {
      if (!(error instanceof VoiceloopError)) throw error;
      this.#handshake.fail(error);
      this.#notice({ level: 'error', code: error.code, message: error.message });
      return;
    }
    if (this.#handshake.isOver) return;
    this.#differences = sessionDifferences(config, session);
    for (const difference of this.#differences) {
      this.#notice({ level: 'warning', code: 'session-differs', message: describeDifference(difference) });
    }
  }

  #audio(audio: AgentAudio): void {
    this.#eventsReceived++;
    this.#lostEnd.heard();
    const { responseId, itemId, contentIndex, samples, rateHz, receivedAtMs } = audio;
    this.#observer.onEvent?.({ direction: 'received', event: deltaSummary(audio), atMs: receivedAtMs });
    const durationMs = (samples.length / rateHz) * 1000;
    const isAccepted = this.#conversation.acceptsAudio(responseId);
    this.#handle({ type: 'audio', responseId, itemId, contentIndex, durationMs }, receivedAtMs);
    if (isAccepted) this.#options.playback.push(audio);
  }

  #handle(input: ConversationInput, atMs = this.#clock.now()): void {
    for (const action of this.#conversation.handle(input)) this.#act(action, atMs);
    this.#lostEnd.update(this.#conversation.isWaiting && this.#state !== 'closed');
  }

  #act(action: Action, atMs: number): void {
    if (action.type === 'send') this.#transmit(action.event);
    else if (action.type === 'finish') this.#options.playback.finish(action.itemId, action.contentIndex);
    else if (action.type === 'turn') this.#observer.onTurn?.(action.turn, atMs);
    else if (action.type === 'notice') this.#notice(action);
    else this.#handle({ type: 'flushed', heard: this.#options.playback.flush() }, atMs);
  }

  #transmit(event: ClientEvent): void {
    this.#transport?.send(JSON.stringify(event));
    if (this.#state === 'closed') return;
    this.#eventsSent++;
    this.#observer.onEvent?.({ direction: 'sent', event: loggable(event), atMs: this.#clock.now() });
  }

  #notice({ level, code, message }: Notice): void {
    this.#observer.onNotice?.({ level, code, message });
  }

  #onClose({ code, reason }: TransportClosed): void {
    const wasAsked = this.#state === 'closing';
    this.#state = 'closed';
    const error = connectionError({ code, reason });
    this.#handshake.fail(error);
    this.#handle({ type: 'closed' });
    const closed = { code, reason, ...(!wasAsked && { error }) };
    this.#resolveClosed(closed);
    this.#observer.onClosed?.(closed);
  }
}
