/**
 * The latest messages of a session.
 *
 * @module
 */
import type { MockFrame } from '../frame-outbox.ts';

/** A message without its audio: minutes of that would be kept for nothing, its length tells enough. */
type Content = MockFrame['content'];

/**
 * A ring of so many messages. Appends, fifty a second in every session, share what is said of them, so that keeping them makes
 * no garbage.
 */
export class FrameHistory {
  readonly #kept: number;
  readonly #contents: Content[] = [];
  readonly #atMs: Float64Array;
  readonly #bytes: Uint32Array;
  readonly #isSent: Uint8Array;
  #added = 0;
  #lastAppend: { readonly characters: number; readonly content: Content } | undefined;

  /** @param kept how many of the latest are kept */
  constructor(kept: number) {
    this.#kept = kept;
    this.#atMs = new Float64Array(kept);
    this.#bytes = new Uint32Array(kept);
    this.#isSent = new Uint8Array(kept);
  }

  /** Frames that are no longer kept. */
  get forgotten(): number {
    return Math.max(0, this.#added - this.#kept);
  }

  /** Oldest first. */
  get frames(): readonly MockFrame[] {
    const length = Math.min(this.#added, this.#kept);
    return Array.from({ length }, (_, i) => this.#frameAt((this.#added - length + i) % this.#kept));
  }

  /** @returns whether it was a message of audio */
  add({ atMs, direction, content, bytes }: MockFrame): boolean {
    const kept = this.#withoutAudio(content);
    if (this.#kept > 0) {
      const slot = this.#added % this.#kept;
      this.#contents[slot] = kept;
      this.#atMs[slot] = atMs;
      this.#bytes[slot] = bytes;
      this.#isSent[slot] = direction === 'sent' ? 1 : 0;
    }
    this.#added += 1;
    return kept !== content;
  }

  #frameAt(slot: number): MockFrame {
    return {
      atMs: this.#atMs[slot] ?? 0,
      direction: this.#isSent[slot] ? 'sent' : 'received',
      content: this.#contents[slot] ?? '',
      bytes: this.#bytes[slot] ?? 0,
    };
  }

  #withoutAudio(content: Content): Content {
    if (typeof content === 'string') return content;
    const { type, audio, delta } = content as { type?: string; audio?: unknown; delta?: unknown };
    if (type === 'input_audio_buffer.append' && typeof audio === 'string') {
      return this.#withoutAppended(content, audio.length);
    }
    const isAudio = type === 'response.audio.delta' || type === 'response.output_audio.delta';
    return isAudio && typeof delta === 'string' ? { ...content, delta: described(delta.length) } : content;
  }

  #withoutAppended(content: object, characters: number): Content {
    // One with a name of its own is not like the others.
    if ('event_id' in content) return { ...content, audio: described(characters) };
    if (this.#lastAppend?.characters !== characters) {
      this.#lastAppend = { characters, content: { ...content, audio: described(characters) } };
    }
    return this.#lastAppend.content;
  }
}

function described(characters: number): string {
  return `(${characters} characters of base64)`;
}
