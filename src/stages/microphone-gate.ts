/**
 * The stage that lets the microphone be heard, or not.
 *
 * @module
 */
import { type AudioBlock, type BlockFormat, expectFormat, type ReusedBlock } from '../audio/audio-block.ts';
import type { Inlet, Stage } from '../pipeline/inlet.ts';
import { raisedCosineFade } from './playout/fades.ts';

/** How {@link microphoneGate} works. */
export interface MicrophoneGateOptions {
  /** Rate of the blocks, which have one channel, in Hz. */
  readonly rateHz: number;
  /** Whether sound passes at the beginning. Default true. */
  readonly isOpen?: boolean;
}

/** A gate, and what opens and closes it. */
export interface MicrophoneGate extends Stage<AudioBlock, AudioBlock> {
  /** Whether sound passes. What is set holds from the next block on, with a fade of 10 ms. */
  isOpen: boolean;
}

/** Long enough for no click, short enough for no word. */
const fadeMs = 10;

/**
 * Lets sound through or gives silence of the same length, so that the service goes on hearing something: for mute,
 * push-to-talk, and half-duplex. It opens and closes with a raised cosine of 10 ms, without delay; one that is turned back
 * half-way goes back from there. While it is open, blocks pass untouched. A reset ends a fade.
 *
 * @throws {RangeError} where the rate is no positive number; and in `push` for a block of another rate, or more channels
 *
 * @example
 * ```ts
 * import { inlet, microphoneGate } from 'voiceloop';
 *
 * const gate = microphoneGate({ rateHz: 24_000 });
 * const first = gate.open(inlet(({ samples }) => console.log(samples[60], samples.at(-1))));
 * const block = { samples: new Float32Array(480).fill(1), rateHz: 24_000, channels: 1, timeMs: 0 };
 * first.push(block); // 1 1
 * gate.isOpen = false;
 * first.push(block); // 0.851226806640625 0
 * ```
 */
export function microphoneGate({ rateHz, isOpen = true }: MicrophoneGateOptions): MicrophoneGate {
  if (!(rateHz > 0 && Number.isFinite(rateHz)))
    throw new RangeError(`the microphone gate needs a rate, received ${rateHz} Hz`);
  const fade = raisedCosineFade(Math.round((rateHz * fadeMs) / 1000));
  const gate: MicrophoneGate = {
    name: 'microphone gate',
    delayMs: 0,
    isOpen,
    open: (outlet) => new GateInlet({ rateHz, channels: 1 }, fade, gate, outlet),
  };
  return gate;
}

class GateInlet implements Inlet<AudioBlock> {
  readonly #format: BlockFormat;
  readonly #fade: Float32Array;
  readonly #gate: { readonly isOpen: boolean };
  readonly #outlet: Inlet<AudioBlock>;
  readonly #block: ReusedBlock;
  /** How many steps of the fade the gate is open. */
  #steps: number;

  constructor(
    format: BlockFormat,
    fade: Float32Array,
    gate: { readonly isOpen: boolean },
    outlet: Inlet<AudioBlock>,
  ) {
    this.#format = format;
    this.#fade = fade;
    this.#gate = gate;
    this.#outlet = outlet;
    this.#block = { ...format, samples: new Float32Array(0), timeMs: 0 };
    this.#steps = this.#wantedSteps;
  }

  push(block: AudioBlock): void {
    expectFormat(block, this.#format, 'the microphone gate');
    const isResting = this.#steps === this.#wantedSteps;
    this.#outlet.push(isResting && this.#gate.isOpen ? block : this.#muffled(block));
  }

  end(): void {
    this.#outlet.end();
  }

  reset(): void {
    this.#steps = this.#wantedSteps;
    this.#outlet.reset();
  }

  get #wantedSteps(): number {
    return this.#gate.isOpen ? this.#fade.length : 0;
  }

  #muffled({ samples, timeMs }: AudioBlock): AudioBlock {
    if (this.#block.samples.length !== samples.length) this.#block.samples = new Float32Array(samples.length);
    const out = this.#block.samples;
    for (let i = 0; i < out.length; i++) {
      const y = (samples[i] ?? 0) * this.#nextGain();
      // Neither NaN nor the sign of a silent sample comes through a closed gate.
      out[i] = Number.isFinite(y) && y !== 0 ? y : 0;
    }
    this.#block.timeMs = timeMs;
    return this.#block;
  }

  #nextGain(): number {
    const { length } = this.#fade;
    if (this.#steps === this.#wantedSteps) return this.#gate.isOpen ? 1 : 0;
    const gain = this.#fade[this.#gate.isOpen ? length - 1 - this.#steps : length - this.#steps];
    this.#steps += this.#gate.isOpen ? 1 : -1;
    return gain ?? 0;
  }
}
