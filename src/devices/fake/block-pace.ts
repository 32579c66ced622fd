/**
 * The beat of a device that is not there: one block after the other, by a sample clock of its own.
 *
 * @module
 */
import type { Clock, Timer } from '../../clock.ts';
import type { Random } from '../../random.ts';

/** How {@link BlockPace} beats. */
export interface BlockPaceOptions {
  readonly clock: Clock;
  /** When block 0 is due. */
  readonly startMs: number;
  /** From block to block, in milliseconds of `clock`: a device that runs fast has shorter ones. */
  readonly blockMs: number;
  /** Each block is late by up to so much, evenly spread. */
  readonly jitterMs: number;
  readonly random: Random;
  /** Called once for each block, in order. */
  readonly onBlock: (block: number) => void;
}

/** Beats from its making until it is stopped. Blocks never overtake each other, and a late one does not move the next. */
export class BlockPace {
  readonly #options: BlockPaceOptions;
  #block = 0;
  #dueMs = 0;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(options: BlockPaceOptions) {
    this.#options = options;
    this.#setDue();
    this.#wait();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #wait(): void {
    const { clock, onBlock } = this.#options;
    this.#timer = clock.at(this.#dueMs, () => {
      // After a stall of the process, everything that is overdue comes at once, as a device's ring gives it.
      while (!this.#isStopped && this.#dueMs <= clock.now()) {
        onBlock(this.#block++);
        this.#setDue();
      }
      if (!this.#isStopped) this.#wait();
    });
  }

  #setDue(): void {
    const { startMs, blockMs, jitterMs, random } = this.#options;
    const lateMs = jitterMs > 0 ? random.uniform() * jitterMs : 0;
    this.#dueMs = startMs + this.#block * blockMs + lateMs;
  }
}
