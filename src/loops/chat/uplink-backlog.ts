/**
 * What to do when the network takes less than the microphone gives.
 *
 * @module
 */
import type { Notice } from '../../session/actions.ts';

/** What {@link UplinkBacklog} works with. */
export interface UplinkBacklogOptions {
  /** Bytes that were handed to the connection and not taken by the network. */
  readonly waitingBytes: () => number;
  readonly onNotice: (notice: Notice) => void;
}

/** So much speech may wait: an answer to anything older comes too late. */
const mostSeconds = 2;
const framesPerSecond = 50;

/**
 * Leaves frames out while two seconds of speech wait in the connection, until it has caught up to half a second. Memory is
 * bounded so, and what is said after a stall is heard soon. Each time is told once.
 */
export class UplinkBacklog {
  readonly #options: UplinkBacklogOptions;
  #isFull = false;
  #dropped = 0;

  constructor(options: UplinkBacklogOptions) {
    this.#options = options;
  }

  /** How many frames were left out. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether a message may be sent. */
  takes(message: string): boolean {
    const { waitingBytes, onNotice } = this.#options;
    const seconds = waitingBytes() / (message.length * framesPerSecond);
    if (!this.#isFull && seconds > mostSeconds) {
      this.#isFull = true;
      const sentence =
        'the network takes less than the microphone gives: what you say is left out until it has caught up';
      onNotice({ level: 'warning', code: 'network-too-slow', message: sentence });
    } else if (this.#isFull && seconds < mostSeconds / 4) this.#isFull = false;
    if (this.#isFull) this.#dropped++;
    return !this.#isFull;
  }
}
