/**
 * A gain that is given, or found from the voice, and applied without a jump.
 *
 * @module
 */
import { amplitudeToDecibels, decibelsToFactor } from '../../audio/decibels.ts';
import { EnergyVoiceDetector } from '../../audio/energy-voice-detector.ts';
import { AutomaticGain } from './automatic-gain.ts';
import { GainRamp } from './gain-ramp.ts';

const rampMs = 20;

/**
 * Multiplies samples by a fixed gain or by that of {@link AutomaticGain}, which hears the mean of the channels before the
 * gain. What is decided at the end of a step of 10 ms is reached at the end of the next.
 */
export class GainControl {
  readonly #channels: number;
  readonly #rampFrames: number;
  readonly #detector: EnergyVoiceDetector;
  readonly #automatic = new AutomaticGain();
  readonly #ramp: GainRamp;
  #isAutomatic: boolean;
  /** Where the ramp leads to. */
  #goalDb: number;
  #input: Float32Array = new Float32Array();
  #output: Float32Array = this.#input;
  #mono: Float32Array = new Float32Array();
  /** Frames that the detector had heard before this block. */
  #heardFrames = 0;
  /** Samples of this block that are done. */
  #done = 0;

  /** @param gain in dB, or `'auto'`, which begins at 0 dB */
  constructor(rateHz: number, channels: number, gain: number | 'auto') {
    this.#channels = channels;
    this.#rampFrames = Math.round((rateHz * rampMs) / 1000);
    this.#detector = new EnergyVoiceDetector(rateHz);
    this.#isAutomatic = gain === 'auto';
    this.#goalDb = gain === 'auto' ? 0 : gain;
    this.#ramp = new GainRamp(decibelsToFactor(this.#goalDb), channels);
  }

  /** The gain that the next frame gets. */
  get gainDb(): number {
    return amplitudeToDecibels(this.#ramp.factor);
  }

  /** Takes another gain, to which a ramp of 20 ms leads; `'auto'` sets out from the one there is. */
  set(gain: number | 'auto'): void {
    if (gain !== 'auto') this.#moveTo(gain, this.#rampFrames);
    else if (!this.#isAutomatic) this.#automatic.beginAt(this.gainDb);
    this.#isAutomatic = gain === 'auto';
  }

  /** Puts whole frames of `input` into `output`, which is as long. */
  apply(input: Float32Array, output: Float32Array): void {
    this.#done = 0;
    if (this.#isAutomatic) {
      this.#input = input;
      this.#output = output;
      this.#detector.push(this.#channels === 1 ? input : this.#mixed(input), this.#onStep);
      this.#heardFrames += input.length / this.#channels;
    }
    this.#ramp.apply(input, output, this.#done, input.length);
  }

  /** There is a gap in the sound: a ramp that leads somewhere is there. What is known of the voice stays. */
  reset(): void {
    this.#ramp.finish();
  }

  readonly #onStep = (probability: number, endFrame: number): void => {
    const end = (endFrame - this.#heardFrames) * this.#channels;
    this.#ramp.apply(this.#input, this.#output, this.#done, end);
    this.#done = end;
    const gainDb = this.#automatic.step(probability, this.#detector.stepPower);
    if (gainDb !== this.#goalDb) this.#moveTo(gainDb, this.#detector.stepFrames);
  };

  #moveTo(gainDb: number, frames: number): void {
    this.#goalDb = gainDb;
    this.#ramp.moveTo(decibelsToFactor(gainDb), frames);
  }

  #mixed(input: Float32Array): Float32Array {
    const channels = this.#channels;
    const frames = input.length / channels;
    if (this.#mono.length !== frames) this.#mono = new Float32Array(frames);
    for (let frame = 0; frame < frames; frame++) {
      let sum = 0;
      for (let i = frame * channels; i < (frame + 1) * channels; i++) sum += input[i] as number;
      this.#mono[frame] = sum / channels;
    }
    return this.#mono;
  }
}
