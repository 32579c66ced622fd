/**
 * The only source of chance: a seeded generator whose numbers are equal on every machine and runtime.
 *
 * @module
 */

/**
 * xoshiro128** seeded by SplitMix32 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021): 32-bit
 * integer arithmetic only, so that Node, Deno and Bun draw the same numbers.
 *
 * @example
 * ```ts
 * import { Random } from 'voiceloop';
 *
 * const network = new Random(7).fork('network');
 * const again = new Random(7).fork('network');
 * console.log(network.uniform() === again.uniform()); // true
 * ```
 */
export class Random {
  readonly #seed: number;
  readonly #state: Uint32Array;

  /** @param seed any finite number; its lower 32 bits count. */
  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#state = new Uint32Array(4);
    let mix = this.#seed;
    for (let i = 0; i < 4; i++) {
      mix = (mix + 0x9e3779b9) >>> 0;
      let word = mix;
      word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      this.#state[i] = word ^ (word >>> 15);
    }
  }

  /**
   * A generator of its own for one purpose. The same name gives the same numbers whatever else was drawn before, so that
   * one more draw in one place moves nothing in another.
   */
  fork(name: string): Random {
    let hash = 0x811c9dc5 ^ this.#seed;
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    return new Random(hash);
  }

  /** An integer from 0 to 2³² − 1. */
  uint32(): number {
    const s = this.#state as unknown as [number, number, number, number];
    const product = Math.imul(s[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** A number from 0 up to, but not, 1. */
  uniform(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** True with the probability `probability`. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /**
   * A draw from the distribution whose quantiles are given, joined by straight lines. Uses no exponential and no
   * logarithm, which differ in the last bit between JavaScript engines.
   */
  fromQuantiles(quantiles: Quantiles): number {
    const at = this.uniform();
    let [fromP, fromValue] = quantiles[0];
    for (const [p, value] of quantiles) {
      if (at < p) return fromValue + ((at - fromP) / (p - fromP)) * (value - fromValue);
      [fromP, fromValue] = [p, value];
    }
    return fromValue;
  }
}

/** Pairs of probability and value, both rising, from probability 0 to 1: `[[0, 40], [0.5, 60], [0.95, 120], [1, 300]]`. */
export type Quantiles = readonly [readonly [number, number], ...(readonly (readonly [number, number])[])];
