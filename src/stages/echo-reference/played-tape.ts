/**
 * What the loudspeaker plays, on the loudspeaker's own count of frames.
 *
 * @module
 */
import { type AudioBlock, expectFormat } from '../../audio/audio-block.ts';
import { FrameClock } from '../../audio/frame-clock.ts';

/** How much is kept, of what was played and of what will be, together. */
const keptSeconds = 4;

/** Where a stamp is so far from where the sound before it ends, the sound does not go on: it is placed by the stamp. */
export const jumpMs = 20;

/** A bounded tape of the loudspeaker, with the clock that says when each frame of it sounds. Where nothing was announced it is silent. */
export class PlayedTape {
  readonly rateHz: number;
  readonly channels = 1;
  readonly clock: FrameClock;
  readonly #samples: Float32Array;
  /** The frames that are on the tape: from the first until before the end. Some are left before them, for what will be sooner. */
  #first: number;
  #end: number;
  #hasStarted = false;
  /** Whether what comes next goes on where the last sound ends. */
  #goesOn = false;
  #jumps = 0;

  constructor(rateHz: number) {
    this.rateHz = rateHz;
    this.clock = new FrameClock({ rateHz });
    this.#samples = new Float32Array(keptSeconds * rateHz);
    this.#first = this.#samples.length;
    this.#end = this.#first;
  }

  /** There was sound at some time. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** How often a sound did not go on where the one before it ended, though nothing was recalled. */
  get jumps(): number {
    return this.#jumps;
  }

  /** Puts a block where its time says, or behind the last one where that is nearly the same. */
  announce(block: AudioBlock): void {
    expectFormat(block, this, 'the echo reference');
    const { samples, timeMs } = block;
    if (samples.length === 0) return;
    const isElsewhere = this.#goesOn && Math.abs(timeMs - this.clock.timeOf(this.#end)) > jumpMs;
    if (isElsewhere) this.#jumps++;
    if (isElsewhere || !this.#goesOn) {
      if (this.#hasStarted) this.#endAt(Math.round(this.clock.frameAt(timeMs)));
      // The pace is known, but the place only as well as this one stamp.
      this.clock.reset();
    }
    this.clock.observe(this.#end, timeMs);
    this.#append(samples);
    this.#hasStarted = true;
    this.#goesOn = true;
  }

  /** What was announced from a time on will not sound. */
  recall(fromMs: number): void {
    if (!this.#hasStarted) return;
    const from = Math.round(this.clock.frameAt(fromMs));
    if (from < this.#end) this.#endAt(from);
    this.#goesOn = false;
  }

  /** Copies the frames from `from` on, with silence where the tape has none. */
  read(from: number, out: Float32Array): void {
    const length = this.#samples.length;
    for (let i = 0; i < out.length; i++) {
      const frame = from + i;
      const isThere = frame >= this.#first && frame < this.#end;
      out[i] = isThere ? (this.#samples[frame % length] as number) : 0;
    }
  }

  /** Cuts the tape there, or fills it up with silence until there. */
  #endAt(place: number): void {
    const length = this.#samples.length;
    const frame = Math.max(0, place);
    if (frame <= this.#first || frame - this.#end >= length) this.#first = frame;
    else for (let at = this.#end; at < frame; at++) this.#samples[at % length] = 0;
    this.#end = frame;
    this.#first = Math.max(this.#first, frame - length);
  }

  #append(samples: Float32Array): void {
    const length = this.#samples.length;
    let at = this.#end % length;
    for (let i = 0; i < samples.length; i++) {
      this.#samples[at] = samples[i] as number;
      at = at + 1 === length ? 0 : at + 1;
    }
    this.#end += samples.length;
    this.#first = Math.max(this.#first, this.#end - length);
  }
}
