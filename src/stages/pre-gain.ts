/**
 * The stage that brings a voice to a good level, and never lets it clip.
 *
 * @module
 */
import { type AudioBlock, durationMs, expectFormat, type ReusedBlock } from '../audio/audio-block.ts';
import { mostGainDb } from '../audio/decibels.ts';
import { LevelMeter, type LevelReading } from '../audio/level-meter.ts';
import type { Inlet, Stage } from '../pipeline/inlet.ts';
import { GainControl } from './gain/gain-control.ts';
import { LookAheadLimiter } from './gain/look-ahead-limiter.ts';

/** How loud the sound is made. */
export interface PreGainOptions {
  /** Rate of the blocks, an integer from 8000 to 192000 Hz. */
  readonly rateHz: number;
  /** Channels of the blocks; all get the same gain. Default 1. */
  readonly channels?: number;
  /** A gain from −60 to 60 dB, or `'auto'`: what brings the voice to −20 dBFS RMS, −20 to 24 dB. */
  readonly gain: number | 'auto';
  /** The level that no sample exceeds, −40 to 0 dBFS. Default −1. */
  readonly ceilingDb?: number;
}

/** The stage, with its gain and its meters. */
export interface PreGain extends Stage<AudioBlock, AudioBlock> {
  /**
   * Takes another gain while the sound runs: a ramp of 20 ms leads to it. `'auto'` sets out from the gain there is.
   *
   * @throws {RangeError} for a gain that is not from −60 to 60 dB
   */
  setGain(gain: number | 'auto'): void;
  /** The gain in dB that the sound has now, before the limiter. */
  readonly gainDb: number;
  /** What came in. */
  readonly input: LevelReading;
  /** What went out. */
  readonly output: LevelReading;
}

/**
 * Applies a fixed gain, or one that follows the voice, and then a limiter that looks 3 ms ahead, so that no sample exceeds
 * the ceiling and none is clipped. With 0 dB and nothing above the ceiling, the sound is only later, to the bit.
 *
 * n frames in give n frames out at once, the first of them 3 ms of silence; `end` adds the last 3 ms. `reset` drops those,
 * but not what is known of the voice and the noise. The samples do not depend on how the input was cut into blocks. NaN and
 * infinities count as silence. The stage is one chain: where it is opened again, what it held for the one before is dropped.
 *
 * `'auto'` measures the voice only, and holds the gain in pauses, as `EnergyVoiceDetector` finds them. A voice is brought to the
 * target within a second of speech; then its gain changes by less than 1 dB, until the voice itself changes.
 *
 * @throws {RangeError} for an option that is out of its range, and in `push` for a block of another rate or number of channels
 *
 * @example
 * ```ts
 * import { inlet, preGain } from 'voiceloop';
 *
 * const stage = preGain({ rateHz: 24_000, gain: 6 });
 * console.log(stage.name, stage.delayMs); // pre-gain +6 dB 3
 * const first = stage.open(inlet(({ samples }) => console.log(samples.length, samples.at(-1)?.toFixed(3))));
 * first.push({ samples: new Float32Array(480).fill(0.1), rateHz: 24_000, channels: 1, timeMs: 0 }); // 480 0.200
 * first.push({ samples: new Float32Array(480).fill(0.9), rateHz: 24_000, channels: 1, timeMs: 20 }); // 480 0.891
 * console.log(stage.input.peakDb, stage.output.peakDb); // -0.915 -1
 * ```
 */
export function preGain(options: PreGainOptions): PreGain {
  return new GainStage(options);
}

class GainStage implements PreGain {
  readonly delayMs: number;
  readonly input: LevelMeter;
  readonly output: LevelMeter;
  readonly #control: GainControl;
  readonly #limiter: LookAheadLimiter;
  readonly #tail: Float32Array;
  readonly #block: ReusedBlock;
  /** What it carries for a block that came in. */
  #samples = new Float32Array();
  #gain: number | 'auto';
  /** When the last sample that came in ends; undefined while nothing is held. */
  #endMs: number | undefined;

  constructor({ rateHz, channels = 1, gain, ceilingDb = -1 }: PreGainOptions) {
    expectGain(gain);
    this.#limiter = new LookAheadLimiter({ rateHz, channels, ceilingDb });
    this.#control = new GainControl(rateHz, channels, gain);
    this.#gain = gain;
    this.#block = { samples: new Float32Array(), rateHz, channels, timeMs: 0 };
    this.#tail = new Float32Array(this.#limiter.delayFrames * channels);
    this.delayMs = (this.#limiter.delayFrames * 1000) / rateHz;
    this.input = new LevelMeter(rateHz, channels);
    this.output = new LevelMeter(rateHz, channels);
  }

  get name(): string {
    if (this.#gain === 'auto') return 'pre-gain auto';
    const sign = this.#gain > 0 ? '+' : this.#gain < 0 ? '−' : '';
    return `pre-gain ${sign}${Math.abs(this.#gain)} dB`;
  }

  get gainDb(): number {
    return this.#control.gainDb;
  }

  setGain(gain: number | 'auto'): void {
    expectGain(gain);
    this.#gain = gain;
    this.#control.set(gain);
  }

  open(outlet: Inlet<AudioBlock>): Inlet<AudioBlock> {
    this.#dropHeld();
    return {
      push: (block) => this.#push(block, outlet),
      end: () => {
        if (this.#endMs !== undefined) this.#emit(this.#tail.fill(0), this.#endMs, outlet);
        this.#dropHeld();
        outlet.end();
      },
      reset: () => {
        this.#dropHeld();
        outlet.reset();
      },
    };
  }

  #push(block: AudioBlock, outlet: Inlet<AudioBlock>): void {
    expectFormat(block, this.#block, 'the pre-gain');
    const { samples, timeMs } = block;
    if (samples.length === 0) return;
    this.input.push(samples);
    if (this.#samples.length !== samples.length) this.#samples = new Float32Array(samples.length);
    this.#control.apply(samples, this.#samples);
    this.#endMs = timeMs + durationMs(block);
    this.#emit(this.#samples, timeMs, outlet);
  }

  /** Limits the samples, whose first came in at `timeMs`, and sends them on. */
  #emit(samples: Float32Array, timeMs: number, outlet: Inlet<AudioBlock>): void {
    this.#limiter.process(samples);
    this.output.push(samples);
    this.#block.samples = samples;
    this.#block.timeMs = timeMs - this.delayMs;
    outlet.push(this.#block);
  }

  #dropHeld(): void {
    this.#control.reset();
    this.#limiter.reset();
    this.#endMs = undefined;
  }
}

function expectGain(gain: number | 'auto'): void {
  if (gain === 'auto' || Math.abs(gain) <= mostGainDb) return;
  throw new RangeError(
    `the pre-gain takes a gain from ${-mostGainDb} to ${mostGainDb} dB, or 'auto', received ${gain}`,
  );
}
