/**
 * One direction of a spoiled connection: what one socket reads is written to the other, a piece at a time.
 *
 * @module
 */
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../clock.ts';

/** What a flow tells its connection; each at most once. */
export interface FlowEvents {
  /** The sender has closed its side, and all that it sent has been passed on. */
  onEnd(): void;
  /** The allowance of {@link ToxicFlow.limit} is used up. */
  onCut(): void;
}

/**
 * Reads no further until the last piece has left, so that the backpressure of either socket reaches the other, and at
 * most one chunk waits here.
 */
export class ToxicFlow {
  readonly #clock: Clock;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #events: FlowEvents;
  /** Read, and not yet passed on. */
  #rest: Uint8Array = new Uint8Array(0);
  /** A piece is being written, or the pause after it runs. */
  #isBusy = false;
  #isHeld = false;
  #hasEnded = false;
  #isOver = false;
  #sliceBytes = Number.POSITIVE_INFINITY;
  #sliceDelayMs = 0;
  #allowedBytes = Number.POSITIVE_INFINITY;
  #pause: Timer | undefined;
  #hold: Timer | undefined;

  constructor(clock: Clock, from: Socket, to: Socket, events: FlowEvents) {
    this.#clock = clock;
    this.#from = from;
    this.#to = to;
    this.#events = events;
    from.pause();
  }

  /** Everything has been passed on or is thrown away: nothing is left to be told. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Begins to read. What was asked for before holds from the first byte. */
  start(): void {
    this.#from.on('data', (chunk) => {
      if (this.#isOver) return;
      this.#rest = chunk;
      this.#step();
    });
    this.#from.on('end', () => {
      this.#hasEnded = true;
      this.#step();
    });
    this.#step();
  }

  /** From now on what is read is thrown away, and its end is not told. */
  drain(): void {
    this.#isOver = true;
    this.#rest = new Uint8Array(0);
    this.#pause?.cancel();
    this.#hold?.cancel();
    this.#from.resume();
  }

  /** Stops reading; goes on after `forMs`, if that is finite. */
  hold(forMs: number): void {
    if (this.#isOver) return;
    this.#hold?.cancel();
    this.#isHeld = true;
    this.#from.pause();
    if (forMs === Number.POSITIVE_INFINITY) return;
    this.#hold = this.#clock.at(this.#clock.now() + forMs, () => this.release());
  }

  /** Ends what {@link hold} began. */
  release(): void {
    if (!this.#isHeld) return;
    this.#hold?.cancel();
    this.#isHeld = false;
    this.#step();
  }

  /** Passes on `bytes` at a time, each piece a write of its own and `delayMs` after the one before it. */
  slice(bytes: number, delayMs: number): void {
    this.#sliceBytes = bytes;
    this.#sliceDelayMs = delayMs;
  }

  /** Passes on `bytes` more, at least 1, and no further. */
  limit(bytes: number): void {
    this.#allowedBytes = bytes;
  }

  #step(): void {
    if (this.#isOver || this.#isBusy || this.#isHeld) return;
    if (this.#rest.length > 0) {
      this.#write();
    } else if (this.#hasEnded) {
      this.#isOver = true;
      this.#events.onEnd();
    } else {
      this.#from.resume();
    }
  }

  #write(): void {
    this.#from.pause();
    this.#isBusy = true;
    const piece = this.#rest.subarray(0, Math.min(this.#sliceBytes, this.#allowedBytes));
    this.#rest = this.#rest.subarray(piece.length);
    this.#allowedBytes -= piece.length;
    this.#to.write(piece, (error) => {
      // After an error the socket closes, and the connection hears of that.
      if (this.#isOver || error) return;
      if (this.#allowedBytes === 0) this.#events.onCut();
      else if (this.#sliceBytes === Number.POSITIVE_INFINITY) this.#goOn();
      else this.#pause = this.#clock.at(this.#clock.now() + this.#sliceDelayMs, () => this.#goOn());
    });
  }

  #goOn(): void {
    this.#isBusy = false;
    this.#step();
  }
}
