/**
 * The stage that puts what the loudspeaker plays beside what the microphone hears.
 *
 * @module
 */
import { interleaveStereo } from '../../wasm/loader/stereo.ts';
import { type AudioBlock, type BlockFormat, expectFormat, type ReusedBlock } from '../audio/audio-block.ts';
import { FrameClock } from '../audio/frame-clock.ts';
import type { Inlet, Stage } from '../pipeline/inlet.ts';
import { jumpMs } from './echo-reference/played-tape.ts';
import { TapeReader } from './echo-reference/tape-reader.ts';

/** The rates of both sides. */
export interface EchoReferenceOptions {
  /** Rate of the microphone's blocks, and of those that go out, an integer in Hz: that of the wire. */
  readonly wireHz: number;
  /** Rate of what is played, an integer in Hz. */
  readonly playedHz: number;
}

/** How well the reference is aligned. */
export interface EchoReferenceStatistics {
  /**
   * By how much the reference was late (negative: early) when the last block began, as far as the stamps of both sides tell. It
   * is brought to 0 within seconds.
   */
  readonly offsetMs: number;
  /** How often a gap on either side, or an offset of more than 5 ms, was put right at once. */
  readonly realigned: number;
  /** By how much the loudspeaker runs faster than the microphone. */
  readonly driftPpm: number;
}

/** The stage, with its other side. */
export interface EchoReference extends Stage<AudioBlock, AudioBlock> {
  /**
   * Announces mono sound that leaves the loudspeaker from `timeMs` on, best 10 ms before it does, or earlier. A block that
   * follows its predecessor within 20 ms is taken to go on where that ends. The samples are copied, 4 s of them at most. A block of
   * another rate begins anew: the device was opened again.
   *
   * @throws {RangeError} for more than one channel, or a rate that is no integer from 1 to 768000
   */
  play(block: AudioBlock): void;
  /** What was announced from that time on will not sound: the queue was flushed. */
  recall(fromMs: number): void;
  readonly statistics: EchoReferenceStatistics;
}

/**
 * Makes stereo of the microphone: left is the microphone, untouched to the bit, and right what left the loudspeaker at that same
 * time, silence where that is nothing. Sent with two channels and `reference_source: client`, it lets the service take the
 * loudspeaker out of the microphone.
 *
 * The two devices have a clock each. What is stamped on both sides is smoothed by a `FrameClock`; what was played is read from
 * a tape through an adjustable resampler, which follows the drift, ±1000 ppm between the devices, and brings the place where it
 * reads to where it should be (as in F. Adriaensen, "Controlling adaptive resampling", 2012). Measured with clocks off by
 * ±300 ppm each, 600 between them, and stamps off by up to 2 ms on each side, for ten minutes: the channels are within 2 ms
 * from the first sample on, and within 0.3 ms after half a minute. Of an echo, the mock's canceller then takes 34 dB away, and
 * 10 where the drift is not followed.
 *
 * The stage adds no delay, and blocks leave as they come. The left channel does not depend on how the input was cut into blocks; the
 * right follows the stamps that these carry. `reset` and `end` forget where the microphone was, not what is played. NaN and
 * infinities in what is played count as silence.
 *
 * @throws {RangeError} where a rate is no integer from 1 to 768000, and in `push` for a block of another rate or number of
 *   channels
 *
 * @example
 * ```ts
 * import { echoReference, inlet } from 'voiceloop';
 *
 * const stage = echoReference({ wireHz: 24_000, playedHz: 24_000 });
 * const microphone = stage.open(inlet(({ samples, channels }) => console.log(channels, [samples[2000], samples[2001]])));
 * stage.play({ samples: new Float32Array(2400).fill(0.5), rateHz: 24_000, channels: 1, timeMs: 1000 });
 * microphone.push({ samples: new Float32Array(2400), rateHz: 24_000, channels: 1, timeMs: 1000 }); // 2 [ 0, 0.5 ]
 * ```
 */
export function echoReference(options: EchoReferenceOptions): EchoReference {
  return new ReferenceStage(options);
}

class ReferenceStage implements EchoReference {
  readonly name = 'echo reference';
  readonly delayMs = 0;
  readonly #format: BlockFormat;
  readonly #microphone: FrameClock;
  #heardFrames = 0;
  #reader: TapeReader;
  #realignedBefore = 0;
  #reference = new Float32Array();
  readonly #block: ReusedBlock;

  constructor({ wireHz, playedHz }: EchoReferenceOptions) {
    this.#format = { rateHz: wireHz, channels: 1 };
    this.#reader = new TapeReader(playedHz, wireHz);
    this.#microphone = new FrameClock({ rateHz: wireHz });
    this.#block = { samples: new Float32Array(), rateHz: wireHz, channels: 2, timeMs: 0 };
  }

  get statistics(): EchoReferenceStatistics {
    const { offsetMs, jumps, tape } = this.#reader;
    return {
      offsetMs,
      realigned: this.#realignedBefore + jumps,
      driftPpm: tape.clock.driftPpm - this.#microphone.driftPpm,
    };
  }

  play(block: AudioBlock): void {
    if (block.rateHz !== this.#reader.tape.rateHz) this.#reopen(block.rateHz);
    this.#reader.tape.announce(block);
  }

  recall(fromMs: number): void {
    this.#reader.tape.recall(fromMs);
  }

  open(outlet: Inlet<AudioBlock>): Inlet<AudioBlock> {
    this.#leave();
    return {
      push: (block) => this.#push(block, outlet),
      end: () => {
        this.#leave();
        outlet.end();
      },
      reset: () => {
        this.#leave();
        outlet.reset();
      },
    };
  }

  #push(block: AudioBlock, outlet: Inlet<AudioBlock>): void {
    expectFormat(block, this.#format, 'the echo reference');
    const { samples, timeMs } = block;
    if (samples.length === 0) return;
    this.#hear(samples.length, timeMs);
    if (this.#reference.length !== samples.length) {
      this.#reference = new Float32Array(samples.length);
      this.#block.samples = new Float32Array(2 * samples.length);
    }
    const firstFrame = this.#heardFrames - samples.length;
    this.#reader.read(this.#reference, this.#microphone.timeOf(firstFrame), this.#microphone.driftPpm);
    interleaveStereo(samples, this.#reference, this.#block.samples);
    this.#block.timeMs = timeMs;
    outlet.push(this.#block);
  }

  #hear(frames: number, timeMs: number): void {
    const offMs = timeMs - this.#microphone.timeOf(this.#heardFrames);
    if (Math.abs(offMs) > jumpMs) this.#microphone.reset();
    this.#microphone.observe(this.#heardFrames, timeMs);
    this.#heardFrames += frames;
  }

  #leave(): void {
    this.#microphone.reset();
    this.#reader.leave();
  }

  #reopen(playedHz: number): void {
    const reader = new TapeReader(playedHz, this.#format.rateHz);
    this.#realignedBefore += this.#reader.jumps + 1;
    this.#reader = reader;
  }
}
