/**
 * How much later than the reference the echo begins.
 *
 * @module
 */
import { EchoFilter } from './echo-filter.ts';
import type { EchoHistory } from './echo-history.ts';

/** Of the echo's main tap: enough for a device's buffers and the air. */
export const searchedBlocks = 52;
const step = 0.5;
/** A place in front of the main tap for a delay that becomes shorter. */
const leadBlocks = 2;
/** How much better another place must be, for four blocks, by what the search knows, and by what the filter itself does. */
const clearlyBetter = 1.5;
const slightlyBetter = 1.15;
const blocksToMove = 4;
/** 80 ms. */
const smoothing = 1 / 16;
/** What the search may leave of the microphone to be believed, and from where on it knows nothing and begins anew. */
const believable = 0.5;
const useless = 1.5;

/**
 * Finds where in the last 260 ms the reference comes back, with an adaptive filter so long that it is slow to become exact,
 * but in which the blocks that carry the echo stand out after a few words. A short filter, set where it is, learns four times as fast.
 */
export class EchoDelay {
  readonly #filter: EchoFilter;
  readonly #energies = new Float64Array(searchedBlocks);
  readonly #window: Float64Array;
  #delay = 0;
  #hasChosen = false;
  #votes = 0;
  #candidate = 0;
  #heard = 0;
  #left = 0;

  /** @param partitions length of the filter that is to be set, in blocks */
  constructor(history: EchoHistory, voiceBand: readonly [number, number], partitions: number) {
    this.#filter = new EchoFilter(history, searchedBlocks, voiceBand, true);
    // An echo begins suddenly and dies away.
    this.#window = Float64Array.from({ length: partitions }, (_, i) =>
      i < leadBlocks ? (i + 1) / 4 : 1 - (0.8 * (i - leadBlocks)) / partitions,
    );
  }

  /** How many blocks of delay there are before the filter begins. */
  get blocks(): number {
    return this.#delay;
  }

  /** Energy that the search leaves of the microphone's, from 0 to above 1: well under 1 if there is an echo. */
  get unexplained(): number {
    return this.#heard === 0 ? 1 : this.#left / this.#heard;
  }

  /**
   * Learns from the newest block.
   *
   * @param heard energy of the microphone in that block
   * @param filter what has been learnt where the filter stands now
   * @param left energy that this filter leaves, smoothed in the same way
   */
  push(heard: number, filter: EchoFilter, left: number): void {
    const energy = this.#filter.listen(0, 0);
    this.#filter.learn(0, 0, step, 1);
    this.#heard += smoothing * (heard - this.#heard);
    this.#left += smoothing * (energy - this.#left);
    if (this.#left > useless * this.#heard) this.#filter.reset();
    if (this.#left > left) {
      this.#energies.fill(0);
      filter.partitionEnergies(this.#energies, this.#delay);
      this.#vote(this.#best(slightlyBetter));
    } else if (this.unexplained < believable) {
      this.#filter.partitionEnergies(this.#energies, 0);
      this.#vote(this.#best(this.#hasChosen ? clearlyBetter : 1));
    } else {
      this.#votes = 0;
    }
  }

  #vote(best: number): void {
    if (best === this.#delay) {
      this.#votes = 0;
      return;
    }
    this.#votes = Math.abs(best - this.#candidate) <= 1 ? this.#votes + 1 : 1;
    this.#candidate = best;
    if (this.#votes < blocksToMove) return;
    this.#delay = best;
    this.#hasChosen = true;
    this.#votes = 0;
  }

  reset(): void {
    this.#filter.reset();
    this.#delay = 0;
    this.#hasChosen = false;
    this.#votes = 0;
    this.#candidate = 0;
    this.#heard = 0;
    this.#left = 0;
  }

  #best(ratio: number): number {
    let best = this.#delay;
    let most = ratio * this.#scoreAt(this.#delay);
    for (let at = 0; at < searchedBlocks - leadBlocks; at++) {
      const score = this.#scoreAt(at);
      if (score > most) {
        best = at;
        most = score;
      }
    }
    return best;
  }

  #scoreAt(delay: number): number {
    let score = 0;
    const length = Math.min(this.#window.length, searchedBlocks - delay);
    for (let i = 0; i < length; i++) {
      score += (this.#window[i] as number) * (this.#energies[delay + i] as number);
    }
    return score;
  }
}
