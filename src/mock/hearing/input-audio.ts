/**
 * The input audio buffer: decodes what the client appends, counts the audio clock and listens for turns.
 *
 * @module
 */
import { inputWireFormat } from '../../audio/sample-format.ts';
import { EchoCanceller } from '../echo/echo-canceller.ts';
import type { ScriptedTurn } from '../scenario/scenario.ts';
import type { SessionConfig } from '../session-config.ts';
import { ScriptedTurns, type TurnFinder } from '../turn-detection/scripted-turns.ts';
import { TurnDetector, type TurnEvent } from '../turn-detection/turn-detector.ts';
import { AppendDecoder } from './append-decoder.ts';
import type { HeardSpeech } from './heard-turn.ts';
import { TurnAudio } from './turn-audio.ts';

/** Speech is noticed somewhat later than it could be; until then its beginning must be kept. */
const noticeMs = 300;

/** How the audio is listened to. */
export interface InputAudioOptions {
  /** Where the user speaks; undefined listens. */
  readonly turns?: readonly ScriptedTurn[] | undefined;
  /** How much longer than configured a silence must last, asked when it has lasted so long. */
  longerSilenceMs(): number;
}

/** What is set up anew when the input's format changes, which it may until something has been heard. */
interface Line {
  readonly rateHz: number;
  readonly channels: number;
  readonly decoder: AppendDecoder;
  /** Takes the echo out of the first of two channels. */
  readonly canceller: EchoCanceller | undefined;
  readonly finder: TurnFinder;
  readonly audio: TurnAudio;
}

/**
 * Audio time is counted, never measured: it is how much audio has been appended since the session began, whenever that was.
 * Of two channels the first is the microphone and the second what the client's loudspeaker plays: its echo is taken out of
 * the first before anybody listens.
 */
export class InputAudio {
  readonly #config: SessionConfig;
  readonly #options: InputAudioOptions;
  #line: Line;
  /** Samples of the canceller's delay that are still to be skipped, so that what is heard stands where it was said. */
  #delayed = 0;
  #frames = 0;
  #bufferStartMs = 0;

  constructor(config: SessionConfig, options: InputAudioOptions) {
    this.#config = config;
    this.#options = options;
    this.#line = this.#openLine();
  }

  /** The audio clock. */
  get clockMs(): number {
    return (this.#frames / this.#line.rateHz) * 1000;
  }

  /** What lies in the buffer and has not been committed. */
  get bufferedMs(): number {
    return this.clockMs - this.#bufferStartMs;
  }

  get hasHeard(): boolean {
    return this.#frames > 0;
  }

  /** Follows an update of the session. */
  configure(): void {
    if (this.hasHeard) this.#line.finder.configure(this.#config.turnTaking?.detector);
    else this.#line = this.#openLine();
  }

  /**
   * Takes in what an `input_audio_buffer.append` holds and returns what was heard in it.
   *
   * @throws {RequestRefused} where it is not base64 or not whole samples
   */
  append(audio: string): readonly TurnEvent[] {
    const { decoder, channels, canceller, audio: turnAudio, finder } = this.#line;
    const samples = decoder.decode(audio);
    this.#frames += samples.length / channels;
    const microphone = canceller ? this.#withoutEcho(canceller, samples) : samples;
    turnAudio.push(microphone);
    return finder.push(microphone);
  }

  /** Nobody speaks: all but the beginning of what may become a turn is forgotten. */
  forget(): void {
    this.#line.audio.forgetBefore(this.clockMs - this.#config.longestOnsetMs - noticeMs);
  }

  /** What was said between two places of the audio clock; from the beginning of the buffer where no place is given. */
  cut(fromMs: number | undefined, toMs: number): HeardSpeech {
    const { audio, rateHz } = this.#line;
    return { samples: audio.cut(fromMs ?? this.#bufferStartMs, toMs), rateHz };
  }

  /** Empties the buffer: its audio has become an item, or was thrown away. */
  empty(): void {
    this.#bufferStartMs = this.clockMs;
    this.forget();
  }

  /** Forgets the turn that is going on. */
  abandonTurn(): void {
    this.#line.finder.reset();
  }

  #openLine(): Line {
    const { input_audio_format: name, input_audio_sampling_rate } = this.#config.effective;
    const wire = inputWireFormat(name, input_audio_sampling_rate);
    const { rateHz } = wire;
    const channels = this.#config.inputChannels;
    const canceller = channels === 2 ? new EchoCanceller(rateHz) : undefined;
    this.#delayed = canceller?.delaySamples ?? 0;
    return {
      rateHz,
      channels,
      decoder: new AppendDecoder(wire, channels),
      canceller,
      finder: this.#makeFinder(rateHz),
      audio: new TurnAudio(rateHz),
    };
  }

  #makeFinder(rateHz: number): TurnFinder {
    const { turns, longerSilenceMs } = this.#options;
    const settings = this.#config.turnTaking?.detector;
    return turns
      ? new ScriptedTurns(rateHz, turns, settings, longerSilenceMs)
      : new TurnDetector(rateHz, settings, { longerSilenceMs });
  }

  #withoutEcho(canceller: EchoCanceller, samples: Float32Array): Float32Array {
    const clean = canceller.process(channel(samples, 0), channel(samples, 1));
    const skipped = Math.min(this.#delayed, clean.length);
    this.#delayed -= skipped;
    return clean.subarray(skipped);
  }
}

/** One of two interleaved channels. */
function channel(samples: Float32Array, index: 0 | 1): Float32Array {
  const one = new Float32Array(samples.length / 2);
  for (let i = 0; i < one.length; i++) one[i] = samples[i * 2 + index] as number;
  return one;
}
