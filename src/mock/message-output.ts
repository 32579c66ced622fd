/**
 * One message of the assistant on its way out: the words, and the audio that speaks them.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { resampleWhole } from '../audio/resample-whole.ts';
import { bytesPerSample, encodeSamples, type WireFormat } from '../audio/sample-format.ts';
import type { Timer } from '../clock.ts';
import type { ContentPartUnion, ResponseItemStatus, ResponseMessageItem } from '../protocol/events.ts';
import { type AnswerStep, planAnswer } from './answer-plan.ts';
import type { ScenarioAnswer } from './scenario.ts';
import { previousItemId, type SessionContext } from './session-context.ts';

/** Which message, as part of which response. */
export interface MessageOutputOptions {
  readonly responseId: string;
  readonly outputIndex: number;
  readonly answer: ScenarioAnswer;
  /** Undefined for an answer in text only. */
  readonly wire: WireFormat | undefined;
  /** Called once, when everything has been sent. */
  onComplete(): void;
}

/** Sends the message's events in the service's order, its deltas at the times of its plan. */
export class MessageOutput {
  readonly #context: SessionContext;
  readonly #options: MessageOutputOptions;
  readonly #itemId: string;
  readonly #samples: Float32Array;
  readonly #steps: readonly AnswerStep[];
  #nextStep = 0;
  #timer: Timer | undefined;
  #sentText = '';
  #sentBytes = 0;
  /** Half a sample that the next delta begins with. */
  #carried = new Uint8Array(0);
  #startedAtMs = 0;
  #firstAudioAtMs: number | undefined;
  #status: ResponseItemStatus;

  constructor(context: SessionContext, options: MessageOutputOptions) {
    const { answer, wire } = options;
    this.#context = context;
    this.#options = options;
    this.#itemId = context.ids.next(context.pipeline === 'native' ? 'item' : 'msg');
    this.#samples = wire ? samplesAt(answer, wire.rateHz) : new Float32Array(0);
    this.#steps = planAnswer(
      answer.text,
      this.#samples.length,
      wire?.rateHz ?? answer.rateHz,
      context.delays,
    );
    this.#status = context.pipeline === 'native' ? 'in_progress' : 'incomplete';
  }

  get itemId(): string {
    return this.#itemId;
  }

  /** From `begin` to the first audio; 0 where there is none. */
  get plannedFirstAudioMs(): number {
    return this.#steps.find((step) => step.kind === 'audio')?.afterMs ?? 0;
  }

  /** When the first audio left, on the clock. */
  get firstAudioAtMs(): number | undefined {
    return this.#firstAudioAtMs;
  }

  get sentText(): string {
    return this.#sentText;
  }

  get sentAudioMs(): number {
    const { wire } = this.#options;
    return wire ? (this.#sentSamples / wire.rateHz) * 1000 : 0;
  }

  /** The item as it stands, with what was sent of it. */
  get item(): ResponseMessageItem & { id: string } {
    return {
      id: this.#itemId,
      object: 'realtime.item',
      type: 'message',
      status: this.#status,
      role: 'assistant',
      content: [this.#part(this.#sentText)],
    };
  }

  /** Announces the item and sends its first words. */
  begin(): void {
    const { channel, store, clock } = this.#context;
    const { responseId, outputIndex } = this.#options;
    const item = { ...this.item, content: [] };
    channel.send({
      type: 'response.output_item.added',
      response_id: responseId,
      output_index: outputIndex,
      item,
    });
    const previous = previousItemId(this.#context, store.insert(item));
    channel.send({ type: 'conversation.item.created', previous_item_id: previous, item });
    channel.send({ type: 'response.content_part.added', ...this.#place, part: this.#part('') });
    this.#store();
    this.#startedAtMs = clock.now();
    this.#runSteps();
  }

  /** Sends no more deltas and closes the message: everything was sent, or somebody interrupted. */
  close(status: 'completed' | 'incomplete'): void {
    const { channel } = this.#context;
    const { responseId, outputIndex } = this.#options;
    this.#timer?.cancel();
    this.#status = status;
    const { item } = this;
    if (this.#options.wire) {
      channel.send({ type: 'response.audio.done', ...this.#place });
      channel.send({ type: 'response.audio_transcript.done', ...this.#place, transcript: this.#sentText });
      channel.send({ type: 'response.content_part.done', ...this.#place, part: this.#part(this.#sentText) });
    } else {
      channel.send({ type: 'response.text.done', ...this.#place, text: this.#sentText });
      // The service leaves the text out of this one event.
      channel.send({ type: 'response.content_part.done', ...this.#place, part: this.#part('') });
    }
    channel.send({
      type: 'response.output_item.done',
      response_id: responseId,
      output_index: outputIndex,
      item,
    });
    this.#store();
  }

  get #place() {
    return {
      response_id: this.#options.responseId,
      item_id: this.#itemId,
      output_index: this.#options.outputIndex,
      content_index: 0,
    };
  }

  get #sentSamples(): number {
    const { wire } = this.#options;
    return wire ? Math.floor(this.#sentBytes / bytesPerSample(wire.format)) : 0;
  }

  #part(text: string): ContentPartUnion {
    return this.#options.wire ? { type: 'audio', transcript: text } : { type: 'text', text };
  }

  #runSteps(): void {
    for (;;) {
      const step = this.#steps[this.#nextStep];
      if (!step) break;
      // The sum is compared as the timer is set: a difference could come out a bit too small, and no time would pass.
      const dueMs = this.#startedAtMs + step.afterMs;
      if (dueMs > this.#context.clock.now()) {
        this.#timer = this.#context.timers.at(dueMs, () => this.#runSteps());
        return;
      }
      this.#nextStep += 1;
      if (step.kind === 'text') this.#sendText(step.delta);
      else this.#sendAudio(step.fromSample, step.toSample);
    }
    this.#options.onComplete();
  }

  #sendText(delta: string): void {
    const type = this.#options.wire ? 'response.audio_transcript.delta' : 'response.text.delta';
    this.#context.channel.send({ type, ...this.#place, delta });
    this.#sentText += delta;
    this.#store();
  }

  #sendAudio(fromSample: number, toSample: number): void {
    const { wire, responseId } = this.#options;
    if (!wire) return;
    const { channel, clock } = this.#context;
    const bytes = this.#encode(wire, fromSample, toSample);
    channel.send({
      type: 'response.audio.delta',
      ...this.#place,
      delta: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'),
    });
    this.#sentBytes += bytes.length;
    this.#store();
    const place = { responseId, itemId: this.#itemId };
    if (this.#firstAudioAtMs === undefined) {
      this.#firstAudioAtMs = clock.now();
      this.#context.trace({ kind: 'first-audio', ...place, atMs: this.#firstAudioAtMs });
    }
    this.#context.trace({ kind: 'audio-sent', ...place, samples: this.#sentSamples });
  }

  /** Keeps the conversation up to date. What was cut stays cut, whatever has been generated since. */
  #store(): void {
    const stored = this.#context.store.find(this.#itemId);
    if (stored?.item.type !== 'message') return;
    const { item } = this;
    stored.item = stored.isTruncated ? { ...item, content: stored.item.content } : item;
    if (!stored.isTruncated) stored.audioMs = this.sentAudioMs;
  }

  #encode(wire: WireFormat, fromSample: number, toSample: number): Uint8Array {
    const carried = this.#carried.length;
    const bytes = new Uint8Array(carried + (toSample - fromSample) * bytesPerSample(wire.format));
    bytes.set(this.#carried);
    encodeSamples(wire.format, this.#samples.subarray(fromSample, toSample), bytes.subarray(carried));
    const isLast = toSample === this.#samples.length;
    const held = this.#context.oddSplits && !isLast ? 1 : 0;
    this.#carried = bytes.slice(bytes.length - held);
    return bytes.subarray(0, bytes.length - held);
  }
}

function samplesAt({ samples, rateHz }: ScenarioAnswer, toHz: number): Float32Array {
  return toHz === rateHz ? samples : resampleWhole(samples, rateHz, toHz);
}
