/**
 * How loud an echo may be of which nothing is known yet.
 *
 * @module
 */
import { searchedBlocks } from './echo-delay.ts';
import type { EchoHistory } from './echo-history.ts';
import type { TwoPathFilter } from './two-path-filter.ts';

/** −6 dB: the loudest echo that is reckoned with. */
const loudestCoupling = 0.25;
/** The reference is loud above −50 dBFS, the microphone above −55 dBFS: then an echo would show. */
const loudReference = 1e-5;
const loudMicrophone = 3e-6;
/** In 120 ms of both, a search that finds nothing has looked long enough. */
const patienceBlocks = 24;
const nothingFound = 0.8;
/** When the filter takes 10 dB away, doubt goes at 0.7 dB a block; when the search finds nothing, as fast; else slowly. */
const proved = 0.1;
const fast = 0.85;
const slow = 0.98;
const none = 1e-6;
/** After 350 ms below −66 dBFS a device may have begun anew, and its delay is not quite what it was. */
const restBlocks = 70;
const faintest = 2.5e-7;
/** What has been learnt still says how loud an echo can be, within 6 dB. */
const doubtAgain = 4;

/**
 * An upper bound of the echo for words that no filter can know. For the first words of the first answer: the loudest that the
 * reference was in each line of the spectrum within the last 260 ms, less 6 dB. It lasts until the filter has proved good, or
 * until it has become plain that the reference does not come back. After each pause of the reference, doubt begins again, with an
 * echo that is 6 dB louder than the filter has it.
 */
export class EchoDoubt {
  /** Power of that bound, in each line of the spectrum. */
  readonly bound: Float64Array;
  readonly #history: EchoHistory;
  #coupling = loudestCoupling;
  #tried = 0;
  #restedBlocks = 0;

  constructor(history: EchoHistory) {
    this.#history = history;
    this.bound = new Float64Array(history.fft.bins);
  }

  /** Looks at the newest block, on which `filter` has worked. */
  update(filter: TwoPathFilter): void {
    const { bound } = this;
    bound.fill(0);
    if (this.#hasRested() && filter.hasLearnt) {
      this.#coupling = Math.max(this.#coupling, Math.min(loudestCoupling, doubtAgain * filter.coupling));
    }
    if (this.#coupling < none) return;
    const { bins, length } = this.#history.fft;
    const { power } = this.#history;
    for (let age = 0; age < searchedBlocks; age++) {
      const row = this.#history.row(age);
      for (let i = 0; i < bins; i++) bound[i] = Math.max(bound[i] as number, power[row + i] as number);
    }
    let loudest = 0;
    for (let i = 0; i < bins; i++) {
      loudest += bound[i] as number;
      bound[i] = (bound[i] as number) * this.#coupling;
    }
    if (loudest > loudReference * length * bins) this.#learn(filter);
  }

  reset(): void {
    this.#coupling = loudestCoupling;
    this.#tried = 0;
    this.#restedBlocks = 0;
  }

  /** The reference comes back with the newest block. */
  #hasRested(): boolean {
    if (this.#history.loudness(0) < faintest) {
      this.#restedBlocks++;
      return false;
    }
    const hasRested = this.#restedBlocks > restBlocks;
    this.#restedBlocks = 0;
    return hasRested;
  }

  #learn(filter: TwoPathFilter): void {
    if (filter.hasLearnt) {
      this.#coupling *= filter.leftShare < proved ? fast : slow;
    } else if (this.#history.microphoneEnergy() > loudMicrophone * this.#history.blockLength) {
      this.#tried += 1;
      if (this.#tried > patienceBlocks && filter.unexplained > nothingFound) this.#coupling *= fast;
    }
  }
}
