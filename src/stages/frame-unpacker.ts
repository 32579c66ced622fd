/**
 * The downlink's first stage behind the socket: takes the audio out of the messages and hands every other message on.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import type { AgentAudio } from '../audio/agent-audio.ts';
import { bytesPerSample, decodeSamples, type SampleFormat, type WireFormat } from '../audio/sample-format.ts';
import type { Inlet, Stage } from '../pipeline/inlet.ts';
import { type AudioDelta, parseDelta, scanDelta } from './audio-delta.ts';
import { base64Bytes, decodeBase64 } from './base64.ts';

/** A message as the transport delivered it. */
export interface ReceivedMessage {
  readonly text: string;
  /** On the loop's clock. */
  readonly receivedAtMs: number;
}

export interface FrameUnpackerOptions extends WireFormat {
  /** Takes every message that is not agent audio, unread: also what is no JSON at all. */
  onMessage(text: string, receivedAtMs: number): void;
  /** Told why a piece of agent audio was dropped. */
  onMalformed?(reason: string): void;
}

/** The stage, with what it counts. */
export interface FrameUnpacker extends Stage<ReceivedMessage, AgentAudio> {
  /** Takes the format that the service says it really sends. Halves of samples held so far are dropped. */
  setFormat(wire: WireFormat): void;
  /** Pieces of agent audio that were good. */
  readonly deltas: number;
  /** Pieces of agent audio that were dropped. */
  readonly malformed: number;
}

/**
 * Takes the samples out of each `response.audio.delta` (`response.output_audio.delta` in the newer dialect). A sample that
 * is split between two deltas of one item comes out whole. A delta without ids, or with bad base64, is dropped and
 * counted, and what follows stays aligned to whole samples. Missing base64 padding is forgiven.
 *
 * @example
 * ```ts
 * import { type AgentAudio, frameUnpacker, inlet } from 'voiceloop';
 *
 * const unpacker = frameUnpacker({ format: 'pcm16', rateHz: 24_000, onMessage: (text) => console.log('event', text) });
 * const first = unpacker.open(inlet(({ itemId, samples }: AgentAudio) => console.log(itemId, [...samples])));
 * const delta = { type: 'response.audio.delta', response_id: 'resp_1', item_id: 'item_1', content_index: 0, delta: 'AEAAgA==' };
 * first.push({ text: JSON.stringify(delta), receivedAtMs: 0 }); // item_1 [ 0.5, -1 ]
 * first.push({ text: '{"type":"response.audio.done"}', receivedAtMs: 1 }); // event {"type":"response.audio.done"}
 * ```
 */
export function frameUnpacker(options: FrameUnpackerOptions): FrameUnpacker {
  return new Unpacker(options);
}

/** In place of a held byte: the first half of the sample was in a delta that was dropped, so the second must go too. */
const lostHalf = -1;

/** In place of a held byte: the item has split samples before, but not this time. */
const noHalf = -2;

/** How many items that split samples are remembered: more than are ever under way at once. */
const maxSplitItems = 16;

class Unpacker implements FrameUnpacker {
  readonly name = 'frame unpacker';
  readonly delayMs = 0;
  readonly #options: FrameUnpackerOptions;
  #format: SampleFormat;
  #rateHz: number;
  /** What a delta decodes to, from index 1; index 0 is for the half that was held. */
  #bytes = Buffer.alloc(1);
  #samples = new Float32Array(0);
  #lastBlock = this.#samples;
  /** For items that split samples, by their ids: the byte that waits for its other half, {@link lostHalf} or {@link noHalf}. */
  readonly #halves = new Map<string, number>();
  #deltas = 0;
  #malformed = 0;

  constructor(options: FrameUnpackerOptions) {
    this.#options = options;
    this.#format = options.format;
    this.#rateHz = options.rateHz;
  }

  get deltas(): number {
    return this.#deltas;
  }

  get malformed(): number {
    return this.#malformed;
  }

  setFormat({ format, rateHz }: WireFormat): void {
    this.#format = format;
    this.#rateHz = rateHz;
    this.#halves.clear();
  }

  open(outlet: Inlet<AgentAudio>): Inlet<ReceivedMessage> {
    return {
      push: (message) => this.#unpack(message, outlet),
      end: () => outlet.end(),
      reset: () => {
        this.#halves.clear();
        outlet.reset();
      },
    };
  }

  #unpack({ text, receivedAtMs }: ReceivedMessage, outlet: Inlet<AgentAudio>): void {
    let delta: AudioDelta | string | undefined = scanDelta(text);
    let count = delta && this.#decode(delta.base64);
    if (count === undefined) {
      delta = parseDelta(text);
      if (typeof delta === 'object') count = this.#decode(delta.base64);
    }
    if (delta === undefined) {
      this.#options.onMessage(text, receivedAtMs);
    } else if (typeof delta === 'string') {
      this.#drop(delta);
    } else {
      this.#deliver(delta, count, receivedAtMs, outlet);
    }
  }

  #deliver(
    delta: AudioDelta,
    count: number | undefined,
    receivedAtMs: number,
    outlet: Inlet<AgentAudio>,
  ): void {
    const samples = this.#wholeSamples(delta, count);
    if (!samples) {
      this.#drop(`the audio of ${delta.itemId} is not base64`);
      return;
    }
    this.#deltas++;
    if (samples.length === 0) return;
    const { responseId, itemId, contentIndex } = delta;
    outlet.push({ responseId, itemId, contentIndex, samples, rateHz: this.#rateHz, receivedAtMs });
  }

  #drop(reason: string): void {
    this.#malformed++;
    this.#options.onMalformed?.(reason);
  }

  #decode(base64: string): number | undefined {
    if (this.#bytes.length <= base64.length) this.#bytes = Buffer.alloc(base64.length + 1);
    return decodeBase64(base64, this.#bytes, 1);
  }

  /** The samples that the `count` decoded bytes complete; undefined where there were none to decode. */
  #wholeSamples(delta: AudioDelta, count: number | undefined): Float32Array | undefined {
    if (count === 0) return this.#block(0);
    const sampleBytes = bytesPerSample(this.#format);
    // Nearly all deltas are whole, and for these no key is made.
    if (this.#halves.size === 0 && count !== undefined && count % sampleBytes === 0)
      return this.#decodeFrom(1, count);
    const key = `${delta.responseId} ${delta.itemId} ${delta.contentIndex}`;
    const half = this.#halves.get(key);
    if (count === undefined) {
      if (half !== undefined) this.#skipOver(delta.base64, key, half);
      return undefined;
    }
    const from = half === undefined || half === noHalf ? 1 : half === lostHalf ? 2 : 0;
    if (from === 0) this.#bytes[0] = half as number;
    const rest = (1 + count - from) % sampleBytes;
    const until = 1 + count - rest;
    if (rest > 0 || half !== undefined) this.#hold(key, rest > 0 ? (this.#bytes[until] as number) : noHalf);
    return this.#decodeFrom(from, until - from);
  }

  #decodeFrom(from: number, byteCount: number): Float32Array {
    const samples = this.#block(byteCount / bytesPerSample(this.#format));
    decodeSamples(this.#format, this.#bytes.subarray(from, from + byteCount), samples);
    return samples;
  }

  /** Room for so many samples, the same again while deltas are of one length. */
  #block(length: number): Float32Array {
    if (this.#samples.length < length) this.#samples = new Float32Array(length);
    if (this.#lastBlock.length !== length || this.#lastBlock.buffer !== this.#samples.buffer)
      this.#lastBlock = this.#samples.subarray(0, length);
    return this.#lastBlock;
  }

  /**
   * Keeps count of bytes that cannot be read: the number of characters tells how many there were. An item that never split
   * a sample does not come here: the service sends whole samples, and the number of characters of what is damaged is worth less.
   */
  #skipOver(base64: string, key: string, half: number): void {
    const held = half === noHalf ? 0 : 1;
    const lost = base64Bytes(base64) ?? held;
    this.#hold(key, (held + lost) % 2 === 1 ? lostHalf : noHalf);
  }

  #hold(key: string, half: number): void {
    this.#halves.set(key, half);
    const [oldest] = this.#halves.keys();
    if (this.#halves.size > maxSplitItems && oldest !== undefined) this.#halves.delete(oldest);
  }
}
