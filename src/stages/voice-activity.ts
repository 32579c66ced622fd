/**
 * The stage that tells when somebody speaks.
 *
 * @module
 */
import type { AudioBlock } from '../audio/audio-block.ts';
import { EnergyVoiceDetector } from '../audio/energy-voice-detector.ts';
import { type VoiceEvent, VoiceHysteresis, type VoiceHysteresisOptions } from '../audio/voice-hysteresis.ts';
import type { Inlet, Stage } from '../pipeline/inlet.ts';

/** Who is told, and what is listened to. */
export interface VoiceActivityOptions {
  /** Told when voice began or ended, before the block passes in which that became known. */
  readonly onVoice?: (event: VoiceEvent) => void;
  /**
   * `measured`: by the energy of channel 0 of the blocks that pass. `given`: to {@link VoiceActivity.hear}, by a denoiser
   * before this stage, which knows better. Default `measured`.
   */
  readonly probabilities?: 'measured' | 'given';
  /** When voice is believed in. */
  readonly hysteresis?: VoiceHysteresisOptions;
}

/** A stage that changes nothing and knows whether somebody speaks. For one stream at a time. */
export interface VoiceActivity extends Stage<AudioBlock, AudioBlock> {
  /** There is voice, as far as it is known by now. */
  readonly isVoice: boolean;
  /**
   * Takes the probability of speech, 0 to 1, in the next 10 ms, and when they began. Needs no `this`.
   *
   * @throws {TypeError} where probabilities are measured
   */
  readonly hear: (probability: number, timeMs: number) => void;
}

/**
 * Tells when somebody speaks, from the denoiser's probabilities of speech where there is one, and else from the energy of
 * what passes. Events carry the times at which voice really began and ended; they come about 30 ms after a
 * beginning and 200 ms after an end ({@link VoiceHysteresis}). What passes is not changed and not delayed. Where the stream
 * ends, or is reset, voice ends too.
 *
 * @throws {RangeError} as {@link VoiceHysteresis}; and in `push`, where probabilities are measured, for a rate that is no
 *   integer from 8000 to 192000
 *
 * @example
 * ```ts
 * import { chain, denoiser, inlet, loadRnnoise, voiceActivity } from 'voiceloop';
 *
 * const voice = voiceActivity({
 *   probabilities: 'given',
 *   onVoice: ({ kind, timeMs }) => console.log(kind, timeMs),
 * });
 * const rnnoise = await loadRnnoise();
 * const uplink = chain(denoiser({ rnnoise, fromHz: 48_000, onVoiceProbability: voice.hear }), voice);
 * const first = uplink.open(inlet(() => {}));
 * first.push({ samples: new Float32Array(960), rateHz: 48_000, channels: 1, timeMs: 0 });
 * console.log(voice.isVoice); // false
 * ```
 */
export function voiceActivity(options: VoiceActivityOptions = {}): VoiceActivity {
  return new VoiceActivityStage(options);
}

const stepMs = 10;

class VoiceActivityStage implements VoiceActivity {
  readonly name = 'voice activity';
  readonly delayMs = 0;
  readonly hear: (probability: number, timeMs: number) => void;
  readonly #isMeasured: boolean;
  readonly #hysteresis: VoiceHysteresis;
  readonly #onVoice: (event: VoiceEvent) => void;

  constructor({ onVoice = () => {}, probabilities = 'measured', hysteresis }: VoiceActivityOptions) {
    this.#onVoice = onVoice;
    this.#isMeasured = probabilities === 'measured';
    this.#hysteresis = new VoiceHysteresis(hysteresis);
    this.hear = (probability, timeMs) => {
      if (this.#isMeasured) throw new TypeError('the probabilities of speech are measured here, not given');
      this.#decide(probability, timeMs);
    };
  }

  get isVoice(): boolean {
    return this.#hysteresis.isVoice;
  }

  open(outlet: Inlet<AudioBlock>): Inlet<AudioBlock> {
    const meter = this.#isMeasured
      ? new VoiceMeter((probability, timeMs) => this.#decide(probability, timeMs))
      : undefined;
    const finish = () => {
      meter?.reset();
      this.#report(this.#hysteresis.finish());
    };
    return {
      push: (block) => {
        meter?.push(block);
        outlet.push(block);
      },
      end: () => {
        finish();
        outlet.end();
      },
      reset: () => {
        finish();
        outlet.reset();
      },
    };
  }

  #decide(probability: number, timeMs: number): void {
    this.#report(this.#hysteresis.push(probability, timeMs));
  }

  #report(event: VoiceEvent | undefined): void {
    if (event) this.#onVoice(event);
  }
}

/** Runs the energy detector on channel 0 of blocks, at whatever rate they have, and knows when its steps began. */
class VoiceMeter {
  readonly #onStep: (probability: number, endFrame: number) => void;
  #detector: EnergyVoiceDetector | undefined;
  #rateHz = 0;
  /** Frames that the detector got before the block that it is getting, and when that block began. */
  #framesBefore = 0;
  #blockMs = 0;
  #channel = new Float32Array();

  constructor(onProbability: (probability: number, timeMs: number) => void) {
    this.#onStep = (probability, endFrame) => {
      const intoBlockMs = ((endFrame - this.#framesBefore) * 1000) / this.#rateHz;
      onProbability(probability, this.#blockMs + intoBlockMs - stepMs);
    };
  }

  push(block: AudioBlock): void {
    const samples = this.#firstChannel(block);
    this.#blockMs = block.timeMs;
    this.#detectorFor(block.rateHz).push(samples, this.#onStep);
    this.#framesBefore += samples.length;
  }

  reset(): void {
    this.#detector?.reset();
    this.#framesBefore = 0;
  }

  #detectorFor(rateHz: number): EnergyVoiceDetector {
    if (this.#detector && this.#rateHz === rateHz) return this.#detector;
    this.#rateHz = rateHz;
    this.#framesBefore = 0;
    this.#detector = new EnergyVoiceDetector(rateHz);
    return this.#detector;
  }

  #firstChannel({ samples, channels }: AudioBlock): Float32Array {
    if (channels === 1) return samples;
    const frames = samples.length / channels;
    if (this.#channel.length !== frames) this.#channel = new Float32Array(frames);
    for (let i = 0; i < frames; i++) this.#channel[i] = samples[i * channels] as number;
    return this.#channel;
  }
}
