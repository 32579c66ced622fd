/**
 * What the user has said last.
 *
 * @module
 */

/** Mono audio in 16 bits. */
export interface HeardSpeech {
  readonly samples: Int16Array;
  readonly rateHz: number;
}

/** The words, and the sound where it was spoken, in memory that the next turn takes over. */
export class HeardTurn {
  #itemId: string | undefined;
  #text = '';
  #samples = new Int16Array(0);
  #length = 0;
  /** Undefined where it was typed. */
  #rateHz: number | undefined;

  /** The item that it became. */
  get itemId(): string | undefined {
    return this.#itemId;
  }

  get text(): string {
    return this.#text;
  }

  /** A copy of the sound, with full scale −1 to 1; undefined where the turn was typed. */
  get speech(): { readonly samples: Float32Array; readonly rateHz: number } | undefined {
    if (this.#rateHz === undefined) return undefined;
    return { samples: asFloats(this.#samples.subarray(0, this.#length)), rateHz: this.#rateHz };
  }

  /** @param speech is copied */
  take(itemId: string, text: string, speech?: HeardSpeech): void {
    const { samples = new Int16Array(0), rateHz } = speech ?? {};
    this.#itemId = itemId;
    this.#text = text;
    this.#rateHz = rateHz;
    this.#length = samples.length;
    // Room to spare: turns are of about one length, and few are the longest.
    if (this.#samples.length < samples.length) this.#samples = new Int16Array(samples.length * 1.5);
    this.#samples.set(samples);
  }
}

/** 16-bit samples with full scale −1 to 1. */
export function asFloats(samples: Int16Array): Float32Array {
  return Float32Array.from(samples, (sample) => sample / 32768);
}
