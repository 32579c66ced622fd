/**
 * When the frames of a device pass it, found from stamps that jitter.
 *
 * @module
 */

/** How {@link FrameClock} works. */
export interface FrameClockOptions {
  /** Nominal rate of the device. */
  readonly rateHz: number;
}

/** Bandwidths of the loop, in Hz: at first it learns quickly, then it hardly listens to jitter. */
const firstHz = 1;
const lastHz = 0.05;
/** The bandwidth falls as 1/t, from the first on, until it is the last. */
const learningSeconds = 0.5;

/** No device that works is further off. */
const mostPpm = 1000;

/** A stamp so far off is no jitter: frames were lost, or the machine slept. */
const gapMs = 60;

/**
 * A delay-locked loop of second order (F. Adriaensen, "Using a DLL to filter time", 2005). A device's frames come at the
 * device's own pace, steadily; the moments at which a program sees them do not. The loop follows the pace and forgets
 * the jitter: it finds by how many ppm the device is off, and says when each frame passed. A stamp that is off by more
 * than 60 ms begins anew from there.
 *
 * @example
 * ```ts
 * import { FrameClock } from 'voiceloop';
 *
 * const clock = new FrameClock({ rateHz: 48_000 });
 * for (let n = 0; n < 3000; n++) clock.observe(n * 480, 100 + n * 10 * 1.0002 + (n % 3));
 * console.log(clock.driftPpm.toFixed(0), clock.timeOf(1_440_000).toFixed(0)); // -201 30107
 * ```
 */
export class FrameClock {
  readonly #nominalMs: number;
  #frame = 0;
  #timeMs = 0;
  #msPerFrame: number;
  #hasStarted = false;
  #seconds = 0;
  #restarts = 0;

  constructor({ rateHz }: FrameClockOptions) {
    this.#nominalMs = 1000 / rateHz;
    this.#msPerFrame = this.#nominalMs;
  }

  /** How often a gap made it begin anew. */
  get restarts(): number {
    return this.#restarts;
  }

  /** By how much the device runs fast, against the clock of the stamps. */
  get driftPpm(): number {
    return (this.#nominalMs / this.#msPerFrame - 1) * 1e6;
  }

  /** Takes note that frame number `frame` passed the device at about `timeMs`. Frames go up. */
  observe(frame: number, timeMs: number): void {
    const frames = frame - this.#frame;
    const offMs = timeMs - this.timeOf(frame);
    if (!this.#hasStarted || Math.abs(offMs) > gapMs) {
      if (this.#hasStarted) this.#restarts++;
      this.#frame = frame;
      this.#timeMs = timeMs;
      this.#hasStarted = true;
      return;
    }
    if (frames <= 0) return;
    const stepSeconds = (frames * this.#nominalMs) / 1000;
    this.#seconds += stepSeconds;
    const bandwidthHz = Math.max(lastHz, firstHz / (1 + this.#seconds / learningSeconds));
    const omega = Math.min(0.5, 2 * Math.PI * bandwidthHz * stepSeconds);
    this.#timeMs = this.timeOf(frame) + Math.SQRT2 * omega * offMs;
    const msPerFrame = this.#msPerFrame + (omega * omega * offMs) / frames;
    const mostOff = (this.#nominalMs * mostPpm) / 1e6;
    this.#msPerFrame = Math.min(this.#nominalMs + mostOff, Math.max(this.#nominalMs - mostOff, msPerFrame));
    this.#frame = frame;
  }

  /** When a frame passes, by what is known now; a frame to come as well. */
  timeOf(frame: number): number {
    return this.#timeMs + (frame - this.#frame) * this.#msPerFrame;
  }

  /** Forgets when frames passed and keeps the pace that was found. */
  reset(): void {
    this.#hasStarted = false;
  }
}
