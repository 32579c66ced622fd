/**
 * What the user has said last.
 *
 * @module
 */

/** The words, and the sound where it was spoken. */
export class HeardTurn {
  #itemId: string | undefined;
  #text = '';
  #speech: { readonly samples: Float32Array; readonly rateHz: number } | undefined;

  /** The item that it became. */
  get itemId(): string | undefined {
    return this.#itemId;
  }

  get text(): string {
    return this.#text;
  }

  /** Mono; undefined where it was typed. */
  get speech(): { readonly samples: Float32Array; readonly rateHz: number } | undefined {
    return this.#speech;
  }

  take(
    itemId: string,
    text: string,
    speech?: { readonly samples: Float32Array; readonly rateHz: number },
  ): void {
    this.#itemId = itemId;
    this.#text = text;
    this.#speech = speech;
  }
}
