/**
 * RNNoise as JavaScript sees it, and the only code that knows addresses in its memory.
 *
 * @module
 */
/// <reference path="./rnnoise-wasm.d.ts" />
import type { RnnoiseModule } from '@echogarden/rnnoise-wasm';
import { messageOf, VoiceloopError } from '../../errors.ts';
import { frameLength } from './rnnoise-frame.ts';
import { warmUpFrames } from './warm-up.ts';

/** RNNoise was trained on samples of 16 bits. */
const fullScale = 32_768;

/** 24 dB above full scale; from about 240 dB on, its sums overflow, and what it remembers is no number any more. */
const loudest = 16;

/** −15 dB: where less than this is left of a frame's power, it was noise, whatever RNNoise's probability says. */
const leastShareOfVoice = 1 / 32;

/**
 * Where streams get their {@link RnnoiseState} from: one WebAssembly instance with one set of weights for the whole
 * process, made by {@link loadRnnoise}.
 */
export class Rnnoise {
  readonly #module: RnnoiseModule;
  /** Where a frame is handed over, in both directions. */
  readonly #address: number;
  #frame: Float32Array;
  readonly #warmUp = warmUpFrames();
  readonly #forgotten: FinalizationRegistry<number>;

  constructor(module: RnnoiseModule) {
    this.#module = module;
    this.#address = module._malloc(frameLength * Float32Array.BYTES_PER_ELEMENT);
    this.#frame = this.#viewFrame();
    this.#forgotten = new FinalizationRegistry((address) => module._rnnoise_destroy(address));
  }

  /**
   * A state of its own for one channel of one stream, about 20 KB. It is made in about 4 ms, because it hears 0.35 s of
   * sound first that teach it what noise is. Close it; one that is only forgotten is freed when it is collected.
   */
  createState(): RnnoiseState {
    const address = this.#module._rnnoise_create(0);
    const state: RnnoiseState = new RnnoiseState({
      frame: () => this.#currentFrame(),
      process: () => this.#module._rnnoise_process_frame(address, this.#address, this.#address),
      free: () => {
        this.#forgotten.unregister(state);
        this.#module._rnnoise_destroy(address);
      },
    });
    this.#forgotten.register(state, address, state);
    for (const frame of this.#warmUp) state.denoise(frame.slice());
    return state;
  }

  /** A memory that has grown leaves its old views behind with no length, and what is written to them is lost. */
  #currentFrame(): Float32Array {
    if (this.#frame.length === 0) this.#frame = this.#viewFrame();
    return this.#frame;
  }

  #viewFrame(): Float32Array {
    return new Float32Array(this.#module.HEAPF32.buffer, this.#address, frameLength);
  }
}

/** What a state sees of the WebAssembly instance. */
interface StateMemory {
  /** Where a frame is handed over. */
  frame(): Float32Array;
  /** Replaces the frame; returns the probability of speech in it. */
  process(): number;
  free(): void;
}

/** What RNNoise remembers of one channel of one stream. */
export class RnnoiseState {
  readonly #memory: StateMemory;
  #isClosed = false;
  /** The energy of the frame that comes out next. */
  #energyInside = 0;

  /** Made by {@link Rnnoise.createState}. */
  constructor(memory: StateMemory) {
    this.#memory = memory;
  }

  /**
   * Puts the frame before this one, denoised, in the place of the samples. NaN and infinities count as silence, and samples
   * beyond ±16 as ±16.
   *
   * The probability is RNNoise's own, but sinks with what RNNoise has left of the sound, from −15 dB on: in noise that goes
   * on for a minute, its judgement can turn (pink noise: 100 % speech) while its filter still takes that noise out, by 40 dB.
   *
   * @param samples 480 samples at 48 kHz, ±1
   * @returns the probability, 0 to 1, that there is speech in the samples that were given
   * @throws {RangeError} for another number of samples, {TypeError} when the state was closed
   */
  denoise(samples: Float32Array): number {
    if (this.#isClosed) throw new TypeError('the state was closed already');
    if (samples.length !== frameLength) {
      throw new RangeError(`a frame has ${frameLength} samples, received ${samples.length}`);
    }
    const frame = this.#memory.frame();
    let energyIn = 0;
    for (let i = 0; i < frameLength; i++) {
      const sample = bounded(samples[i] as number);
      energyIn += sample * sample;
      frame[i] = sample * fullScale;
    }
    const probability = this.#memory.process();
    let energyOut = 0;
    for (let i = 0; i < frameLength; i++) {
      const sample = (frame[i] as number) / fullScale;
      energyOut += sample * sample;
      samples[i] = sample;
    }
    const share = this.#energyInside === 0 ? 1 : energyOut / this.#energyInside;
    this.#energyInside = energyIn;
    return probability * Math.min(1, share / leastShareOfVoice);
  }

  /** Gives the memory back. Closing twice does nothing. */
  close(): void {
    if (!this.#isClosed) this.#memory.free();
    this.#isClosed = true;
  }
}

function bounded(sample: number): number {
  return Number.isFinite(sample) ? Math.max(-loudest, Math.min(loudest, sample)) : 0;
}

let loaded: Promise<Rnnoise> | undefined;

/**
 * Loads RNNoise (J.-M. Valin, "A hybrid DSP/deep learning approach to real-time full-band speech enhancement", 2018), as
 * built by the package `@echogarden/rnnoise-wasm` with the small model of its version 0.1. It is loaded once: every later
 * call gives the same.
 *
 * @throws {VoiceloopError} of kind `failure`: `rnnoise-not-loaded`; the next call tries again
 * @example
 * ```ts
 * import { loadRnnoise } from 'voiceloop';
 *
 * console.log((await loadRnnoise()) === (await loadRnnoise())); // true
 * ```
 */
export function loadRnnoise(): Promise<Rnnoise> {
  loaded ??= instantiate().catch((error: unknown) => {
    loaded = undefined;
    throw new VoiceloopError('failure', 'rnnoise-not-loaded', 'the noise suppression cannot be loaded', {
      where: '@echogarden/rnnoise-wasm',
      reason: messageOf(error),
      hint: 'go on without the denoiser, or install the packages anew and allow them to be read',
      cause: error,
    });
  });
  return loaded;
}

async function instantiate(): Promise<Rnnoise> {
  // Only whoever denoises pays for the module.
  const { default: instantiateModule } = await import('@echogarden/rnnoise-wasm');
  return new Rnnoise(await instantiateModule({ printErr: () => {} }));
}
