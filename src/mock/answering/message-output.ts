/**
 * One message of the assistant on its way out: the words, and the audio that speaks them.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { resampleWhole } from '../../audio/resample-whole.ts';
import { bytesPerSample, encodeSamples, type WireFormat } from '../../audio/sample-format.ts';
import type { Timer } from '../../clock.ts';
import type { ContentPartUnion, ResponseItemStatus, ResponseMessageItem } from '../../protocol/events.ts';
import type { SessionContext } from '../session-context.ts';
import { outputTokens } from '../token-usage.ts';
import { type AnswerStep, planAnswer } from './answer-plan.ts';
import { announceItem, finishItem, type OutputSlot, type ResponseOutput } from './output-item.ts';
import { type TimedWord, timeWords } from './word-timing.ts';

/** What a message says, and how. */
export interface MessageOutputOptions {
  readonly slot: OutputSlot;
  readonly text: string;
  /** Undefined for an answer in text only. */
  readonly voice:
    | { readonly samples: Float32Array; readonly rateHz: number; readonly wire: WireFormat }
    | undefined;
  readonly hasWordTimes: boolean;
  /** What the response may put out; what is over it is not sent. */
  readonly maxTokens: number;
  /** Called once, when everything has been sent, or as much as may be. */
  onComplete(isCut: boolean): void;
}

/** Sends the message's events in the service's order, its deltas at the times of its plan. */
export class MessageOutput implements ResponseOutput {
  readonly itemId: string;
  readonly #context: SessionContext;
  readonly #options: MessageOutputOptions;
  readonly #wire: WireFormat | undefined;
  readonly #samples: Float32Array;
  readonly #steps: readonly AnswerStep[];
  readonly #words: readonly TimedWord[];
  #nextStep = 0;
  #nextWord = 0;
  #timer: Timer | undefined;
  #sentText = '';
  #sentBytes = 0;
  /** Half a sample that the next delta begins with. */
  #carried = new Uint8Array(0);
  #startedAtMs = 0;
  #firstAudioAtMs: number | undefined;
  #status: ResponseItemStatus;

  constructor(context: SessionContext, options: MessageOutputOptions) {
    const { text, voice, hasWordTimes } = options;
    this.#context = context;
    this.#options = options;
    this.#wire = voice?.wire;
    this.itemId = context.ids.next(context.pipeline === 'native' ? 'item' : 'msg');
    this.#samples = voice ? samplesAt(voice.samples, voice.rateHz, voice.wire.rateHz) : new Float32Array(0);
    const rateHz = voice?.wire.rateHz ?? 1;
    this.#steps = planAnswer(text, this.#samples.length, rateHz, context.delays);
    this.#words = voice && hasWordTimes ? timeWords(text, this.#samples, rateHz) : [];
    this.#status = context.pipeline === 'native' ? 'in_progress' : 'incomplete';
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
    return this.#wire ? (this.#sentSamples / this.#wire.rateHz) * 1000 : 0;
  }

  get item(): ResponseMessageItem & { id: string } {
    return {
      id: this.itemId,
      object: 'realtime.item',
      type: 'message',
      status: this.#status,
      role: 'assistant',
      content: [this.#part(this.#sentText)],
    };
  }

  begin(): void {
    const { channel, clock } = this.#context;
    announceItem(this.#context, this.#options.slot, { ...this.item, content: [] });
    channel.send({ type: 'response.content_part.added', ...this.#place, part: this.#part('') });
    this.#store();
    this.#startedAtMs = clock.now();
    this.#runSteps();
  }

  close(status: 'completed' | 'incomplete'): void {
    const { channel } = this.#context;
    this.#timer?.cancel();
    this.#status = status;
    if (this.#wire) {
      channel.send({ type: 'response.audio.done', ...this.#place });
      if (this.#words.length > 0) channel.send({ type: 'response.audio_timestamp.done', ...this.#place });
      channel.send({ type: 'response.audio_transcript.done', ...this.#place, transcript: this.#sentText });
      channel.send({ type: 'response.content_part.done', ...this.#place, part: this.#part(this.#sentText) });
    } else {
      channel.send({ type: 'response.text.done', ...this.#place, text: this.#sentText });
      // The service leaves the text out of this one event.
      channel.send({ type: 'response.content_part.done', ...this.#place, part: this.#part('') });
    }
    finishItem(this.#context, this.#options.slot, this.item);
    this.#store();
  }

  get #place() {
    const { responseId, outputIndex } = this.#options.slot;
    return { response_id: responseId, item_id: this.itemId, output_index: outputIndex, content_index: 0 };
  }

  get #sentSamples(): number {
    return this.#wire ? Math.floor(this.#sentBytes / bytesPerSample(this.#wire.format)) : 0;
  }

  #part(text: string): ContentPartUnion {
    return this.#wire ? { type: 'audio', transcript: text } : { type: 'text', text };
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
      if (this.#sentTokens >= this.#options.maxTokens) {
        this.#options.onComplete(true);
        return;
      }
      this.#nextStep += 1;
      if (step.kind === 'text') this.#sendText(step.delta);
      else this.#sendAudio(step.fromSample, step.toSample);
    }
    this.#options.onComplete(false);
  }

  #sendText(delta: string): void {
    const type = this.#wire ? 'response.audio_transcript.delta' : 'response.text.delta';
    this.#context.channel.send({ type, ...this.#place, delta });
    this.#sentText += delta;
    this.#store();
  }

  get #sentTokens(): number {
    const { text, audio } = outputTokens({ text: this.#sentText, audioMs: this.sentAudioMs });
    return text + audio;
  }

  #sendAudio(fromSample: number, toSample: number): void {
    if (!this.#wire) return;
    const { channel, clock } = this.#context;
    const bytes = this.#encode(this.#wire, fromSample, toSample);
    channel.send({
      type: 'response.audio.delta',
      ...this.#place,
      delta: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'),
    });
    this.#sentBytes += bytes.length;
    this.#store();
    const place = { responseId: this.#options.slot.responseId, itemId: this.itemId };
    if (this.#firstAudioAtMs === undefined) {
      this.#firstAudioAtMs = clock.now();
      this.#context.trace({ kind: 'first-audio', ...place, atMs: this.#firstAudioAtMs });
    }
    this.#context.trace({ kind: 'audio-sent', ...place, samples: this.#sentSamples });
    this.#sendWordTimes();
  }

  /** Those of the words whose beginning has been sent. */
  #sendWordTimes(): void {
    const sentMs = this.sentAudioMs;
    for (;;) {
      const word = this.#words[this.#nextWord];
      if (!word || word.offsetMs >= sentMs) return;
      this.#nextWord += 1;
      this.#context.channel.send({
        type: 'response.audio_timestamp.delta',
        ...this.#place,
        audio_offset_ms: word.offsetMs,
        audio_duration_ms: word.durationMs,
        text: word.text,
        timestamp_type: 'word',
      });
    }
  }

  /** Keeps the conversation up to date. What was cut stays cut, whatever has been generated since. */
  #store(): void {
    const stored = this.#context.store.find(this.itemId);
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

function samplesAt(samples: Float32Array, fromHz: number, toHz: number): Float32Array {
  return toHz === fromHz ? samples : resampleWhole(samples, fromHz, toHz);
}
