/**
 * One response, from `response.created` to `response.done`.
 *
 * @module
 */
import { outputWireFormat } from '../audio/sample-format.ts';
import type { Timer } from '../clock.ts';
import type { ResponseStatusDetailsUnion, TokenUsage, Voice, VoiceLiveResponse } from '../protocol/events.ts';
import { MessageOutput } from './message-output.ts';
import type { ResponseRequest } from './request-schema.ts';
import type { ScenarioAnswer } from './scenario.ts';
import { outputFormatName, sortedModalities } from './session-config.ts';
import type { SessionContext } from './session-context.ts';
import { tokenUsage } from './token-usage.ts';

/** Why a response did not get to its end. */
export type CancelReason = 'turn_detected' | 'client_cancelled';

/** What a response says, and what is different for it from the session. */
export interface ResponseRunOptions {
  readonly request: ResponseRequest;
  readonly answer: ScenarioAnswer;
  /** Nothing has to be thought up: the words were given. */
  readonly isScripted: boolean;
  /** Called once, after `response.done`. */
  onDone(): void;
}

type RunState = 'waiting' | 'thinking' | 'speaking' | 'done';

/** Thinks for a while, speaks the answer, and can be cut off at any moment of it. */
export class ResponseRun {
  readonly id: string;
  readonly #context: SessionContext;
  readonly #options: ResponseRunOptions;
  /** As in `response.created`; an update of the session does not reach a response that runs. */
  readonly #created: VoiceLiveResponse;
  readonly #message: MessageOutput;
  readonly #thinkingMs: number;
  #state: RunState = 'waiting';
  #timer: Timer | undefined;

  constructor(context: SessionContext, options: ResponseRunOptions) {
    this.#context = context;
    this.#options = options;
    this.id = context.ids.next('resp');
    this.#created = describe(this.id, options.request, context);
    this.#thinkingMs = options.isScripted ? 0 : context.delays.draw('firstText');
    const { modalities, output_audio_format } = this.#created;
    this.#message = new MessageOutput(context, {
      responseId: this.id,
      outputIndex: 0,
      answer: options.answer,
      wire: modalities?.includes('audio') ? outputWireFormat(output_audio_format) : undefined,
      onComplete: () => this.#finish('completed', null),
    });
  }

  /** What is being said, or will be. */
  get message(): MessageOutput {
    return this.#message;
  }

  /** From `start` to the first audio (to the first words where there is none), if nothing comes between. */
  get plannedFirstAudioMs(): number {
    return this.#thinkingMs + this.#message.plannedFirstAudioMs;
  }

  start(): void {
    const { channel, clock, timers } = this.#context;
    this.#state = 'thinking';
    channel.send({ type: 'response.created', response: this.#created });
    this.#timer = timers.at(clock.now() + this.#thinkingMs, () => {
      this.#state = 'speaking';
      this.#message.begin();
    });
  }

  /** Ends the response early; does nothing once it is done. */
  cancel(reason: CancelReason): void {
    if (this.#state === 'done') return;
    this.#timer?.cancel();
    this.#finish('cancelled', { type: 'cancelled', reason });
  }

  #finish(status: 'completed' | 'cancelled', details: ResponseStatusDetailsUnion | null): void {
    const response: VoiceLiveResponse = { ...this.#created, status, status_details: details };
    if (this.#state === 'speaking') {
      this.#message.close(status === 'completed' ? 'completed' : 'incomplete');
      response.output = [this.#message.item];
      response.usage = this.#usage();
    }
    this.#state = 'done';
    this.#context.channel.send({ type: 'response.done', response });
    this.#options.onDone();
  }

  #usage(): TokenUsage {
    const { config, store } = this.#context;
    const heard = store.items.filter(({ item }) => item.id !== this.#message.itemId);
    const instructions = this.#options.request.instructions ?? config.effective.instructions;
    return tokenUsage(instructions, heard, {
      text: this.#message.sentText,
      audioMs: this.#message.sentAudioMs,
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
    conversation_id: context.pipeline === 'native' ? context.conversationId : '',
    modalities: request.modalities ? sortedModalities(request.modalities) : session.modalities,
    voice: (request.voice as Voice | null | undefined) ?? session.voice,
    output_audio_format: format ? outputFormatName(format) : (session.output_audio_format ?? null),
    temperature: request.temperature ?? session.temperature ?? null,
    max_output_tokens: request.max_output_tokens ?? session.max_response_output_tokens ?? null,
    metadata: request.metadata ?? null,
  };
}
