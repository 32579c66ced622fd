/**
 * When the frames of a device pass, from stamps that can only be late.
 *
 * @module
 */
import { FrameClock } from '../../audio/frame-clock.ts';

/** Stamps within this of what is expected are jitter, which the frame clock smooths. */
const jitterMs = 4;
/** The device itself was held up when stamps are late for so long. */
const patienceMs = 100;

/**
 * A frame clock for stamps that are taken when a message of another process is read. Such a stamp is never early, and as
 * late as the machine, or this program, was busy. So an early one is believed at once, a late one only when all are late
 * for 100 ms: then it is the device that stood.
 */
export class SteadyStamps {
  readonly #clock: FrameClock;
  #hasStarted = false;
  #lateSinceMs: number | undefined;

  constructor(rateHz: number) {
    this.#clock = new FrameClock({ rateHz });
  }

  /** Whether a stamp was taken since the beginning, or since `reset`. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Takes note that frame number `frame` had passed at `timeMs`. Frames go up. */
  observe(frame: number, timeMs: number): void {
    const offMs = this.#hasStarted ? timeMs - this.#clock.timeOf(frame) : 0;
    if (offMs > jitterMs) {
      this.#lateSinceMs ??= timeMs;
      if (timeMs - this.#lateSinceMs < patienceMs) return;
    }
    if (Math.abs(offMs) > jitterMs) this.#clock.reset();
    this.#lateSinceMs = undefined;
    this.#hasStarted = true;
    this.#clock.observe(frame, timeMs);
  }

  /** When the frame passed, or will. */
  timeOf(frame: number): number {
    return this.#clock.timeOf(frame);
  }

  /** Forgets when frames passed and keeps the pace. */
  reset(): void {
    this.#hasStarted = false;
    this.#lateSinceMs = undefined;
    this.#clock.reset();
  }
}
