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

/** How far stamps are off, as a standard deviation. */
const jitterMs = 2;

/** How far a device that is not known yet is off its nominal rate, as a standard deviation. */
const firstPpm = 300;

/** By how much its pace may wander in a second: from stamps every 20 ms, that makes a loop of 0.013 Hz in the end. */
const wanderPpm = 2;

/** No device that works is further off. */
const mostPpm = 1000;

/** A stamp so far off is no jitter: frames were lost, or the machine slept. */
const gapMs = 60;

/** One that is further off than that is an outlier, and counts as if it were off by just so much … */
const outlierMs = 5;

/** … unless so many of them in a row agree, within as much again: then frames were lost as well. */
const agreeing = 5;

/**
 * A Kalman filter for the time and the pace of a device. Its frames come at the device's own pace, steadily; the moments at
 * which a program sees them do not. The filter follows the pace and forgets the jitter: it finds by how many ppm the device is
 * off, and says when each frame passed. At first it averages all that it has seen; what it ends in is the delay-locked
 * loop of second order that is usual for this (F. Adriaensen, "Using a DLL to filter time", 2005), at 0.013 Hz. With stamps every
 * 20 ms that are off by up to 2 ms, it is within 1 ms after half a second, and within 0.4 ms after three.
 *
 * A stamp that is off by more than 60 ms begins anew from there, and so do five in a row that are off by more than 5 ms but
 * agree. A single one that is late does little.
 *
 * @example
 * ```ts
 * import { FrameClock } from 'voiceloop';
 *
 * const clock = new FrameClock({ rateHz: 48_000 });
 * for (let n = 0; n < 3000; n++) clock.observe(n * 480, 100 + n * 10 * 1.0002 + (n % 3));
 * console.log(clock.driftPpm.toFixed(0), clock.timeOf(1_440_000).toFixed(0)); // -200 30107
 * ```
 */
export class FrameClock {
  readonly #nominalMs: number;
  #hasStarted = false;
  #restarts = 0;
  /** What is known: the time of a frame, and by which share more than nominal a frame lasts. */
  #frame = 0;
  #timeMs = 0;
  #slowness = 0;
  /** How well: variances of both, and their covariance. */
  #timeVariance = 0;
  #covariance = 0;
  #slownessVariance = (firstPpm * 1e-6) ** 2;
  /** Outliers in a row that agree with their first. */
  #strays = 0;
  #firstStrayMs = 0;
  #strayedMs = 0;

  constructor({ rateHz }: FrameClockOptions) {
    this.#nominalMs = 1000 / rateHz;
  }

  /** How often a gap made it begin anew. */
  get restarts(): number {
    return this.#restarts;
  }

  /** By how much the device runs fast, against the clock of the stamps. */
  get driftPpm(): number {
    return (1 / (1 + this.#slowness) - 1) * 1e6;
  }

  /** Takes note that frame number `frame` passed the device at about `timeMs`. Frames go up. */
  observe(frame: number, timeMs: number): void {
    const offMs = timeMs - this.timeOf(frame);
    if (!this.#hasStarted || Math.abs(offMs) > gapMs) {
      if (this.#hasStarted) this.#restarts++;
      this.#beginAt(frame, timeMs, jitterMs ** 2);
      return;
    }
    if (frame <= this.#frame) return;
    this.#goTo(frame);
    if (this.#hasJumped(offMs)) {
      this.#restarts++;
      this.#beginAt(frame, this.#timeMs + this.#strayedMs / agreeing, jitterMs ** 2 / agreeing);
    } else {
      this.#correct(Math.max(-outlierMs, Math.min(outlierMs, offMs)));
    }
  }

  /** When a frame passes, by what is known now; a frame to come as well. */
  timeOf(frame: number): number {
    return this.#timeMs + (frame - this.#frame) * this.#nominalMs * (1 + this.#slowness);
  }

  /** Which frame, with a fraction, passes at a time. */
  frameAt(timeMs: number): number {
    return this.#frame + (timeMs - this.#timeMs) / (this.#nominalMs * (1 + this.#slowness));
  }

  /** Forgets when frames passed and keeps the pace that was found. */
  reset(): void {
    this.#hasStarted = false;
  }

  #beginAt(frame: number, timeMs: number, variance: number): void {
    this.#hasStarted = true;
    this.#frame = frame;
    this.#timeMs = timeMs;
    this.#timeVariance = variance;
    this.#covariance = 0;
    this.#strays = 0;
  }

  /** The filter's prediction. */
  #goTo(frame: number): void {
    const ms = (frame - this.#frame) * this.#nominalMs;
    this.#timeMs = this.timeOf(frame);
    this.#frame = frame;
    this.#timeVariance += ms * (2 * this.#covariance + ms * this.#slownessVariance);
    this.#covariance += ms * this.#slownessVariance;
    this.#slownessVariance += (wanderPpm * 1e-6) ** 2 * (ms / 1000);
  }

  /** The filter's correction, by a stamp that is off its prediction. */
  #correct(offMs: number): void {
    const variance = this.#timeVariance + jitterMs ** 2;
    const share = this.#timeVariance / variance;
    const slownessShare = this.#covariance / variance;
    const most = mostPpm * 1e-6;
    this.#timeMs += share * offMs;
    this.#slowness = Math.max(-most, Math.min(most, this.#slowness + slownessShare * offMs));
    this.#slownessVariance -= slownessShare * this.#covariance;
    this.#covariance *= 1 - share;
    this.#timeVariance *= 1 - share;
  }

  #hasJumped(offMs: number): boolean {
    if (Math.abs(offMs) <= outlierMs) {
      this.#strays = 0;
      return false;
    }
    if (this.#strays === 0 || Math.abs(offMs - this.#firstStrayMs) > outlierMs) {
      this.#strays = 0;
      this.#strayedMs = 0;
      this.#firstStrayMs = offMs;
    }
    this.#strays++;
    this.#strayedMs += offMs;
    return this.#strays === agreeing;
  }
}
