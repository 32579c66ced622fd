/**
 * How much of what was written has been heard.
 *
 * @module
 */
import { SteadyStamps } from './steady-stamps.ts';

/**
 * Reports come at least every 50 ms. When one is overdue, the program was not let run, and then its device starves: it is not
 * taken to play on, or else too much would be written.
 */
const mostSilenceMs = 65;
/** What the reckoning finds and what the program tells within this time is one underrun. */
const sameMs = 100;

/**
 * Counts frames from the program's start. Only what the program reports moves the position; in between it goes on at the
 * device's pace, which the reports teach, and never past what was written. So the device paces whoever keeps the queue
 * full, also after a stall: what was not written in time is not made up for.
 */
export class PlaybackPosition {
  readonly #rateHz: number;
  readonly #restartMs: number;
  readonly #stamps: SteadyStamps;
  #written = 0;
  /** Played at the last report, which the position never falls below. */
  #reported = 0;
  #reportedMs = 0;
  #isRunning = false;
  /** The start was told, and where the device is was not yet. */
  #isProvisional = false;
  #dryMs = Number.NEGATIVE_INFINITY;
  #underruns = 0;

  /** @param restartMs how long a device that ran dry takes to begin again, if the program does not tell with `started` */
  constructor(rateHz: number, restartMs = 0) {
    this.#rateHz = rateHz;
    this.#restartMs = restartMs;
    this.#stamps = new SteadyStamps(rateHz);
  }

  get writtenFrames(): number {
    return this.#written;
  }

  /** How often everything that was written had been played, and more was written later. */
  get underruns(): number {
    return this.#underruns;
  }

  write(frames: number, nowMs: number): void {
    if (this.#isRunning && this.playedAt(nowMs) >= this.#written && this.#written > 0) {
      this.#noteDry(nowMs);
      // The device did not play on through nothing.
      this.#anchor(this.#written, nowMs + this.#restartMs);
    }
    this.#written += frames;
  }

  /** The device begins, or begins again, to play what was written; the next frame is heard `delayMs` later. */
  started(nowMs: number, delayMs: number): void {
    this.#isRunning = true;
    this.#anchor(this.#reported, nowMs + delayMs);
    this.#isProvisional = true;
  }

  /** So many frames have been heard by now. */
  played(frames: number, nowMs: number): void {
    const heard = Math.min(frames, this.#written);
    if (this.#isRunning && !this.#isProvisional && heard === this.#reported) {
      // No progress at all between two reports: it stands.
      this.#anchor(heard, nowMs);
    } else if (this.#isRunning) {
      if (this.#isProvisional) this.#stamps.reset();
      this.#isProvisional = false;
      this.#stamps.observe(heard, nowMs);
    }
    this.#reported = heard;
    this.#reportedMs = nowMs;
  }

  /** The device has nothing left of what was written by now, and waits. */
  starved(nowMs: number): void {
    if (!this.#isRunning) return;
    this.#noteDry(nowMs);
    this.#reported = Math.ceil(this.playedAt(nowMs));
    this.#reportedMs = nowMs;
    this.#isRunning = false;
  }

  /** Frames heard by `nowMs`, with decimals. */
  playedAt(nowMs: number): number {
    if (!this.#isRunning || !this.#stamps.hasStarted) return this.#reported;
    const untilMs = Math.min(nowMs, this.#reportedMs + mostSilenceMs);
    const frames = this.#reported + ((untilMs - this.#stamps.timeOf(this.#reported)) / 1000) * this.#rateHz;
    return Math.min(this.#written, Math.max(this.#reported, frames));
  }

  #anchor(frame: number, timeMs: number): void {
    this.#reported = frame;
    this.#reportedMs = timeMs;
    this.#stamps.reset();
    this.#stamps.observe(frame, timeMs);
  }

  #noteDry(nowMs: number): void {
    if (nowMs - this.#dryMs > sameMs) this.#underruns++;
    this.#dryMs = nowMs;
  }
}
