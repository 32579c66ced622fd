/**
 * One response, from `response.created` to `response.done`.
 *
 * @module
 */
import { outputWireFormat } from '../../audio/sample-format.ts';
import type { Timer } from '../../clock.ts';
import type {
  ResponseStatus,
  ResponseStatusDetailsUnion,
  TokenUsage,
  Voice,
  VoiceLiveResponse,
} from '../../protocol/events.ts';
import { itemsOfRequest } from '../conversation-requests.ts';
import type { ResponseRequest } from '../request-schema.ts';
import type { SpokenAnswer } from '../scenario/scenario.ts';
import { outputFormatName, sortedModalities } from '../session-config.ts';
import type { SessionContext } from '../session-context.ts';
import { tokenUsage } from '../token-usage.ts';
import { FunctionCallOutput } from './function-call-output.ts';
import { MessageOutput } from './message-output.ts';
import type { ResponseOutput } from './output-item.ts';

/** Why a response did not get to its end. */
export type CancelReason = 'turn_detected' | 'client_cancelled';

/** What a response says, and what is different for it from the session. */
export interface ResponseRunOptions {
  readonly request: ResponseRequest;
  readonly answer: SpokenAnswer;
  /** Nothing has to be thought up: the words were given. */
  readonly isScripted: boolean;
  /** Called once, after `response.done`. */
  onDone(): void;
}

type RunState = 'waiting' | 'thinking' | 'speaking' | 'done';

/** Thinks for a while, puts out the answer, and can be cut off at any moment of it. */
export class ResponseRun {
  readonly id: string;
  readonly #context: SessionContext;
  readonly #options: ResponseRunOptions;
  /** As in `response.created`; an update of the session does not reach a response that runs. */
  readonly #created: VoiceLiveResponse;
  readonly #message: MessageOutput | undefined;
  readonly #calls: readonly FunctionCallOutput[];
  readonly #outputs: readonly ResponseOutput[];
  readonly #thinkingMs: number;
  #state: RunState = 'waiting';
  /** How many of the outputs have begun. */
  #begun = 0;
  #timer: Timer | undefined;

  constructor(context: SessionContext, options: ResponseRunOptions) {
    this.#context = context;
    this.#options = options;
    this.id = context.ids.next('resp');
    this.#created = describe(this.id, options.request, context);
    this.#thinkingMs = options.isScripted ? 0 : context.delays.draw('firstText');
    this.#message = this.#makeMessage();
    this.#calls = this.#makeCalls();
    this.#outputs = [...(this.#message ? [this.#message] : []), ...this.#calls];
  }

  /** From `start` to the first audio (to the first words where there is none), if nothing comes between. */
  get plannedFirstAudioMs(): number {
    return this.#thinkingMs + (this.#message?.plannedFirstAudioMs ?? 0);
  }

  /** The item that is spoken, undefined where nothing is. */
  get spokenItemId(): string | undefined {
    return this.#message?.itemId;
  }

  /** When the first audio left, on the clock. */
  get firstAudioAtMs(): number | undefined {
    return this.#message?.firstAudioAtMs;
  }

  /** Of the calls that were made whole. */
  get callIds(): readonly string[] {
    return this.#calls.filter(({ item }) => item.status === 'completed').map(({ callId }) => callId);
  }

  start(): void {
    const { channel, clock, timers } = this.#context;
    this.#state = 'thinking';
    channel.send({ type: 'response.created', response: this.#created });
    this.#timer = timers.at(clock.now() + this.#thinkingMs, () => {
      this.#state = 'speaking';
      this.#beginNext();
    });
  }

  cancel(reason: CancelReason): void {
    this.end('cancelled', { type: 'cancelled', reason });
  }

  /** Ends the response early; does nothing once it is done. */
  end(status: ResponseStatus, details: ResponseStatusDetailsUnion): void {
    if (this.#state !== 'done') this.#finish(status, details);
  }

  #makeMessage(): MessageOutput | undefined {
    const { answer, request } = this.#options;
    const { heard, config } = this.#context;
    const speech = answer.speech === 'echo' ? heard.speech : answer.speech;
    const text = answer.speech === 'echo' ? answer.text || heard.text : answer.text;
    if (text === '' && !speech) return undefined;
    const { modalities, output_audio_format, max_output_tokens } = this.#created;
    const isSpoken = speech !== undefined && modalities?.includes('audio');
    return new MessageOutput(this.#context, {
      slot: { responseId: this.id, outputIndex: 0, isOutOfBand: request.conversation === 'none' },
      text,
      voice: isSpoken ? { ...speech, wire: outputWireFormat(output_audio_format) } : undefined,
      hasWordTimes: config.effective.output_audio_timestamp_types?.includes('word') ?? false,
      maxTokens: typeof max_output_tokens === 'number' ? max_output_tokens : Infinity,
      onComplete: (isCut) => this.#completed(isCut),
    });
  }

  #makeCalls(): FunctionCallOutput[] {
    const { answer, request } = this.#options;
    const choice = request.tool_choice ?? this.#context.config.effective.tool_choice;
    if (choice === 'none') return [];
    const first = this.#message ? 1 : 0;
    return (answer.calls ?? []).map((call, i) => {
      const slot = {
        responseId: this.id,
        outputIndex: first + i,
        isOutOfBand: request.conversation === 'none',
      };
      return new FunctionCallOutput(this.#context, slot, call, () => this.#completed(false));
    });
  }

  #beginNext(): void {
    const output = this.#outputs[this.#begun];
    if (output) {
      this.#begun += 1;
      output.begin();
    } else {
      this.#finish('completed', null);
    }
  }

  #completed(isCut: boolean): void {
    if (isCut) {
      this.#finish('incomplete', { type: 'incomplete', reason: 'max_output_tokens' });
    } else if (this.#begun === this.#outputs.length) {
      this.#finish('completed', null);
    } else {
      this.#outputs[this.#begun - 1]?.close('completed');
      this.#beginNext();
    }
  }

  #finish(status: ResponseStatus, details: ResponseStatusDetailsUnion | null): void {
    this.#timer?.cancel();
    const response: VoiceLiveResponse = { ...this.#created, status, status_details: details };
    const begun = this.#outputs.slice(0, this.#begun);
    begun.at(-1)?.close(status === 'completed' ? 'completed' : 'incomplete');
    if (this.#state === 'speaking') {
      response.output = begun.map(({ item }) => item);
      response.usage = this.#usage(begun);
    }
    this.#state = 'done';
    this.#context.channel.send({ type: 'response.done', response });
    this.#options.onDone();
  }

  #usage(begun: readonly ResponseOutput[]): TokenUsage {
    const { config, store } = this.#context;
    const { request } = this.#options;
    const conversation = store.items.filter(({ item }) => !begun.some(({ itemId }) => itemId === item.id));
    const given = request.input_items
      ? itemsOfRequest(this.#context, request.input_items)
      : [...conversation, ...itemsOfRequest(this.#context, request.append_input_items ?? [])];
    return tokenUsage(request.instructions ?? config.effective.instructions, given, {
      text: begun.map(({ sentText }) => sentText).join(''),
      audioMs: begun.reduce((sum, { sentAudioMs }) => sum + sentAudioMs, 0),
    });
  }
}

function describe(id: string, request: ResponseRequest, context: SessionContext): VoiceLiveResponse {
  const session = context.config.effective;
  const format = request.output_audio_format;
  return {
    object: 'realtime.response',
    id,
    status: 'in_progress',
    status_details: null,
    output: [],
    usage: null,
    conversation_id: conversationId(request, context),
    modalities: request.modalities ? sortedModalities(request.modalities) : session.modalities,
    voice: (request.voice as Voice | null | undefined) ?? session.voice,
    output_audio_format: format ? outputFormatName(format) : (session.output_audio_format ?? null),
    temperature: request.temperature ?? session.temperature ?? null,
    max_output_tokens: request.max_output_tokens ?? session.max_response_output_tokens ?? null,
    metadata: request.metadata ?? null,
  };
}

function conversationId({ conversation }: ResponseRequest, context: SessionContext): string | null {
  if (conversation === 'none') return null;
  return context.pipeline === 'native' ? context.conversationId : '';
}
