/**
 * A stage that can be switched off and on while sound passes through it.
 *
 * @module
 */
import { type AudioBlock, expectFormat, type ReusedBlock } from '../audio/audio-block.ts';
import type { Inlet, Stage } from '../pipeline/inlet.ts';
import { raisedCosineFade } from './playout/fades.ts';
import { SampleQueue } from './playout/sample-queue.ts';

/** What passes. */
export interface BypassOptions {
  /** Rate of the mono blocks that come in and go out, an integer in Hz. */
  readonly rateHz: number;
}

/** The stage, with its switch. */
export interface Bypass extends Stage<AudioBlock, AudioBlock> {
  /** Whether the sound passes as it came. Set it at any time, also before the stage is opened. Default false. */
  isBypassed: boolean;
}

const fadeMs = 10;

/**
 * Makes a stage that can be compared with nothing while it runs: the sound goes both ways, through the stage and past it, and a
 * crossfade of 10 ms leads from one to the other. Both keep time: past the stage, the sound is delayed by the stage's `delayMs`, to
 * the nearest frame. Beyond the fades, each way comes out exactly. The fade is a raised cosine, of equal gain, because the same
 * voice is on both sides.
 *
 * Blocks come out as the stage gives them, and the name and the delay are the stage's own. The stage always works, so
 * that it knows its noise and its voice when it is switched on again. The samples do not depend on how the input was cut into
 * blocks, if the stage's do not; the switch takes effect with the next sample that comes out. On the way past the stage, NaN and
 * infinities are silence. Every stream that is opened has the same switch.
 *
 * @param stage for one channel, with the same rate on both sides, that gives a sample for each that it takes: a denoiser, a
 *   pre-gain, or a chain of such
 * @throws {RangeError} where `rateHz` is no positive integer, and in `push` for a block of another rate or number of channels
 *
 * @example
 * ```ts
 * import { bypass, inlet, preGain } from 'voiceloop';
 *
 * const stage = bypass(preGain({ rateHz: 24_000, gain: 6 }), { rateHz: 24_000 });
 * const first = stage.open(inlet(({ samples }) => console.log(samples.at(-1)?.toFixed(3))));
 * const samples = new Float32Array(480).fill(0.1);
 * first.push({ samples, rateHz: 24_000, channels: 1, timeMs: 0 }); // 0.200
 * stage.isBypassed = true;
 * first.push({ samples, rateHz: 24_000, channels: 1, timeMs: 20 }); // 0.100
 * ```
 */
export function bypass(stage: Stage<AudioBlock, AudioBlock>, { rateHz }: BypassOptions): Bypass {
  if (!Number.isInteger(rateHz) || rateHz < 1) {
    throw new RangeError(`a rate is a positive integer, received ${rateHz}`);
  }
  let isBypassed = false;
  return {
    name: stage.name,
    delayMs: stage.delayMs,
    open: (outlet) => new BothWays(stage, rateHz, () => isBypassed, outlet),
    get isBypassed() {
      return isBypassed;
    },
    set isBypassed(is) {
      isBypassed = is;
    },
  };
}

/** Every sample that comes out of the stage meets the one that went past it. */
class BothWays implements Inlet<AudioBlock> {
  readonly #isBypassed: () => boolean;
  readonly #outlet: Inlet<AudioBlock>;
  readonly #stage: Inlet<AudioBlock>;
  /** Past the stage: what has not come out of it yet. */
  readonly #past = new SampleQueue();
  readonly #delay: Float32Array;
  /** The stage's gain from one sample of the fade to the next. */
  readonly #fade: Float32Array;
  /** How much of the fade is done: nothing while the stage is heard, all of it while it is bypassed. */
  #faded = 0;
  readonly #block: ReusedBlock;

  constructor(
    stage: Stage<AudioBlock, AudioBlock>,
    rateHz: number,
    isBypassed: () => boolean,
    outlet: Inlet<AudioBlock>,
  ) {
    this.#isBypassed = isBypassed;
    this.#outlet = outlet;
    this.#delay = new Float32Array(Math.round((stage.delayMs * rateHz) / 1000));
    this.#fade = raisedCosineFade(Math.ceil((fadeMs * rateHz) / 1000));
    this.#block = { samples: new Float32Array(), rateHz, channels: 1, timeMs: 0 };
    this.#stage = stage.open({
      push: (block) => this.#join(block),
      end: () => {
        this.#startAnew();
        outlet.end();
      },
      reset: () => {
        this.#startAnew();
        outlet.reset();
      },
    });
    this.#startAnew();
  }

  push(block: AudioBlock): void {
    expectFormat(block, this.#block, 'the bypass');
    this.#past.push(block.samples);
    this.#stage.push(block);
  }

  end(): void {
    this.#stage.end();
  }

  reset(): void {
    this.#stage.reset();
  }

  #join({ samples, timeMs }: AudioBlock): void {
    if (this.#block.samples.length !== samples.length) this.#block.samples = new Float32Array(samples.length);
    const out = this.#block.samples;
    // A filter's tail may be longer than its delay: at the end there is nothing beside the last of it.
    const beside = Math.min(samples.length, this.#past.length);
    this.#past.shift(out, 0, beside);
    out.fill(0, beside);
    const end = this.#isBypassed() ? this.#fade.length : 0;
    for (let i = 0; i < out.length; i++) {
      const through = samples[i] as number;
      const past = Number.isFinite(out[i]) ? (out[i] as number) : 0;
      out[i] = this.#mix(through, past, end);
    }
    this.#block.timeMs = timeMs;
    this.#outlet.push(this.#block);
  }

  /** One sample, and one step of the fade where it is not at its end. */
  #mix(through: number, past: number, end: number): number {
    const isFading = this.#faded !== end;
    if (!isFading) return end === 0 ? through : past;
    // The fade is the same backwards: a step there leads over the value that it came by.
    const step = this.#faded < end ? this.#faded++ : --this.#faded;
    const gain = this.#fade[step] as number;
    return gain * through + (1 - gain) * past;
  }

  /** Silence goes past while the first sample is still in the stage. No sound is left that a fade would have to join. */
  #startAnew(): void {
    this.#past.clear();
    this.#past.push(this.#delay);
    this.#faded = this.#isBypassed() ? this.#fade.length : 0;
  }
}
