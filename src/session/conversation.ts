/**
 * What a conversation is, apart from time, sockets and devices: events in, actions out.
 *
 * @module
 */
import type { Heard } from '../pipeline/playback.ts';
import type { ClientEvent, ResponseSession, ServerError } from '../protocol/events.ts';
import {
  type Action,
  type ConversationInput,
  type FlushReason,
  notice,
  send,
  sendIfAny,
  turn,
  warn,
} from './actions.ts';
import { AudioLedger, type AudioPart } from './audio-ledger.ts';
import { ItemHistory } from './item-history.ts';
import type { ReceivedEvent } from './received-event.ts';
import { responseNotice } from './response-notice.ts';
import { ResponseQueue } from './response-queue.ts';
import { ToolCallTurns } from './tool-call-turns.ts';
import { Transcripts } from './transcripts.ts';

/** How the service treats a user who speaks while the agent does. `session.created` and `session.updated` change it. */
export interface ConversationOptions {
  /** The service stops its response by itself. Default true, as is the service's. */
  readonly interruptResponse?: boolean;
  /** The service guesses by itself how much was heard. Default false. */
  readonly autoTruncate?: boolean;
}

type Received<Type extends ReceivedEvent['type']> = Extract<ReceivedEvent, { type: Type }>;

/** Types of unknown events that are told apart; a server that invents more is not worth the memory. */
const MAX_UNKNOWN_TYPES = 100;

const NOTHING: readonly Action[] = [];

/**
 * The state of one conversation with the Voice Live service. Everything is paired by ids, never by position: the service's
 * two pipelines differ in their order, and turns overlap.
 *
 * @example
 * ```ts
 * import { Conversation } from 'voiceloop';
 *
 * const conversation = new Conversation();
 * const event = { type: 'input_audio_buffer.speech_started', item_id: 'U', audio_start_ms: 0 } as const;
 * for (const action of conversation.handle({ type: 'received', event })) console.log(action.type); // flush, turn
 * ```
 */
export class Conversation {
  #interruptResponse: boolean;
  #autoTruncate: boolean;
  #flushing: { readonly reason: FlushReason; readonly cancel?: string } = { reason: 'client' };
  /** The answer that was asked for and has not begun is not wanted any more. */
  #cancelsNext = false;
  #lateDeltas = 0;
  readonly #responses = new ResponseQueue();
  readonly #ledger = new AudioLedger();
  readonly #items = new ItemHistory();
  readonly #transcripts = new Transcripts();
  readonly #toolCalls = new ToolCallTurns();
  readonly #silenced = new Set<string>();
  readonly #unknownEvents = new Map<string, number>();

  constructor(options: ConversationOptions = {}) {
    this.#interruptResponse = options.interruptResponse ?? true;
    this.#autoTruncate = options.autoTruncate ?? false;
  }

  /** Pieces of audio that came after their response was interrupted. */
  get lateDeltas(): number {
    return this.#lateDeltas;
  }

  /** How often each unknown event came. */
  get unknownEvents(): ReadonlyMap<string, number> {
    return this.#unknownEvents;
  }

  /** Whether a response is wanted that cannot be asked for yet. */
  get isWaiting(): boolean {
    return this.#responses.isWaiting;
  }

  /** Whether audio of this response may still be played. */
  acceptsAudio(responseId: string): boolean {
    return !this.#silenced.has(responseId);
  }

  /** Takes what happened and gives what must be done, in order. */
  handle(input: ConversationInput): readonly Action[] {
    switch (input.type) {
      case 'received':
        return this.#received(input.event);
      case 'audio':
        return this.#audio(input);
      case 'flushed':
        return this.#flushed(input.heard);
      case 'interrupt':
        return this.#interrupt();
      case 'say':
        return [send(userMessage(input.text)), ...sendIfAny(this.#responses.request())];
      case 'respond':
        return sendIfAny(this.#responses.request(input.response));
      case 'commit':
        return [send({ type: 'input_audio_buffer.commit' }), ...sendIfAny(this.#responses.request())];
      case 'clear':
        return [send({ type: 'input_audio_buffer.clear' })];
      case 'overdue':
        return this.#overdue();
      case 'closed':
        return this.#ledger.finishAll().map(finish);
    }
  }

  #received(event: ReceivedEvent): readonly Action[] {
    // Checked only here: most events that name a response are read no further.
    if ('response_id' in event && typeof event.response_id === 'string') {
      this.#responses.mentioned(event.response_id);
    }
    switch (event.type) {
      case 'error':
        return this.#error(event);
      case 'warning':
        return [warn(event.warning.code ?? 'service-warning', event.warning.message)];
      case 'session.created':
      case 'session.updated':
        this.#readPolicy(event.session);
        return NOTHING;
      case 'input_audio_buffer.speech_started':
        return this.#speechStarted(event);
      case 'input_audio_buffer.speech_stopped':
        return [turn({ kind: 'user-ended', itemId: event.item_id, audioEndMs: event.audio_end_ms })];
      case 'conversation.item.created':
      case 'conversation.item.done':
        return this.#item(event);
      case 'response.created':
        return this.#responseCreated(event);
      case 'response.output_item.added':
        if (event.item?.id) this.#items.addOutput(event.response_id, event.item.id);
        return NOTHING;
      case 'response.function_call_arguments.done':
        return this.#toolCalls.argumentsDone(event, this.#silenced.has(event.response_id));
      case 'response.output_item.done':
        return [...this.#transcripts.received(event), ...this.#toolCalls.itemDone(event)];
      case 'response.audio.done':
        return this.#ledger.finish(event.item_id, event.content_index)
          ? [finish({ itemId: event.item_id, contentIndex: event.content_index })]
          : NOTHING;
      case 'response.done':
        return this.#responseDone(event);
      case 'unknown':
        this.#countUnknown(event.named);
        return NOTHING;
      default:
        return this.#transcripts.received(event);
    }
  }

  #audio(audio: Extract<ConversationInput, { type: 'audio' }>): readonly Action[] {
    const { responseId, itemId, contentIndex, durationMs } = audio;
    if (this.#silenced.has(responseId)) {
      this.#lateDeltas++;
      return NOTHING;
    }
    this.#responses.mentioned(responseId);
    const isFirst = this.#ledger.received(responseId, itemId, contentIndex, durationMs);
    return isFirst ? [turn({ kind: 'answer-audio', responseId, itemId })] : NOTHING;
  }

  #speechStarted(event: Received<'input_audio_buffer.speech_started'>): readonly Action[] {
    const started = turn({ kind: 'user-started', itemId: event.item_id, audioStartMs: event.audio_start_ms });
    if (!this.#interruptResponse) return [started];
    // The service cancels by itself; a `response.cancel` from here would race it.
    if (this.#responses.running !== undefined) this.#silenced.add(this.#responses.running);
    this.#flushing = { reason: 'speech' };
    return [{ type: 'flush', reason: 'speech' }, started];
  }

  #interrupt(): readonly Action[] {
    const running = this.#responses.running;
    const cancels = running !== undefined && !this.#silenced.has(running);
    if (cancels) this.#silenced.add(running);
    this.#cancelsNext = this.#responses.isRequested;
    this.#flushing = { reason: 'client', ...(cancels && { cancel: running }) };
    return [{ type: 'flush', reason: 'client' }];
  }

  #flushed(heard: Heard | undefined): readonly Action[] {
    const { reason, cancel } = this.#flushing;
    this.#flushing = { reason: 'client' };
    const cuts = this.#ledger.cut(heard);
    const actions: Action[] = [];
    for (const { responseId, itemId, contentIndex, heardMs } of cuts) {
      this.#silenced.add(responseId);
      if (reason === 'speech' && this.#autoTruncate) continue;
      actions.push(
        send({
          type: 'conversation.item.truncate',
          item_id: itemId,
          content_index: contentIndex,
          audio_end_ms: heardMs,
        }),
      );
    }
    if (cancel !== undefined) actions.push(send({ type: 'response.cancel', response_id: cancel }));
    const first = cuts[0];
    if (first) {
      const { responseId, itemId, heardMs, receivedMs } = first;
      actions.push(turn({ kind: 'interrupted', reason, responseId, itemId, heardMs, receivedMs }));
    }
    return actions;
  }

  #item(event: Received<'conversation.item.created' | 'conversation.item.done'>): readonly Action[] {
    const item = event.item;
    if (!item?.id) return NOTHING;
    this.#items.add(item.id, item, event.previous_item_id);
    return this.#transcripts.received(event);
  }

  #responseCreated({ response }: Received<'response.created'>): readonly Action[] {
    if (!response.id) return NOTHING;
    const isUnwanted = this.#cancelsNext && this.#responses.isRequested;
    this.#cancelsNext = false;
    this.#responses.created(response.id);
    const started = turn({ kind: 'answer-started', responseId: response.id });
    if (!isUnwanted) return [started];
    this.#silenced.add(response.id);
    return [started, send({ type: 'response.cancel', response_id: response.id })];
  }

  /** Nothing came of the running response for so long that its end must have been lost. */
  #overdue(): readonly Action[] {
    const { running } = this.#responses;
    return [
      warn('response-overdue', 'the service did not say that its answer was over'),
      ...(running === undefined ? [] : this.#ledger.finishAll(running).map(finish)),
      ...sendIfAny(this.#responses.giveUp()),
    ];
  }

  #responseDone({ response }: Received<'response.done'>): readonly Action[] {
    const responseId = response.id;
    if (!responseId || this.#responses.isDone(responseId)) return NOTHING;
    const userItemId = this.#items.answeredBy(responseId);
    const problem = responseNotice(response);
    const status = response.status ?? 'completed';
    return [
      // An audio part whose own end was never told must not wait for more.
      ...this.#ledger.finishAll(responseId).map(finish),
      turn({ kind: 'answer-done', responseId, status, userItemId }),
      ...(problem ? [notice(problem)] : []),
      ...sendIfAny(this.#responses.done(responseId)),
    ];
  }

  #error({ error }: ServerError): readonly Action[] {
    const isExpected =
      error.code === 'response_cancel_not_active' ||
      this.#responses.refused(error.code ?? undefined, error.event_id ?? undefined);
    const next = sendIfAny(this.#responses.next());
    if (isExpected) return next;
    const code = error.code ?? error.type ?? 'service-error';
    const message = error.param ? `${error.message} (${error.param})` : error.message;
    return [notice({ level: 'error', code, message }), ...next];
  }

  #readPolicy(session: ResponseSession): void {
    const detection = session.turn_detection;
    if (detection === undefined) return;
    this.#interruptResponse = detection !== null && (detection.interrupt_response ?? true);
    this.#autoTruncate = detection?.auto_truncate ?? false;
  }

  #countUnknown(type: string): void {
    const counts = this.#unknownEvents;
    const key = counts.has(type) || counts.size < MAX_UNKNOWN_TYPES ? type : 'others';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
}

function finish({ itemId, contentIndex }: Pick<AudioPart, 'itemId' | 'contentIndex'>): Action {
  return { type: 'finish', itemId, contentIndex };
}

function userMessage(text: string): ClientEvent {
  return {
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
  };
}
