/**
 * The input audio buffer: decodes what the client appends, counts the audio clock and listens for turns.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { bytesPerSample, decodeSamples, inputWireFormat, type WireFormat } from '../audio/sample-format.ts';
import { RequestRefused } from './event-channel.ts';
import type { SessionConfig } from './session-config.ts';
import { TurnDetector, type TurnEvent } from './turn-detector.ts';

const longestAppendBytes = 15 * 1024 * 1024;

/**
 * Audio time is counted, never measured: it is how much audio has been appended since the session began, whenever that was.
 * Of two channels the first is the microphone.
 */
export class InputAudio {
  readonly #config: SessionConfig;
  #wire: WireFormat;
  #detector: TurnDetector;
  #channels: number;
  #frames = 0;
  #bufferedFrames = 0;

  constructor(config: SessionConfig) {
    this.#config = config;
    this.#channels = config.inputChannels;
    this.#wire = wireFormatOf(config);
    this.#detector = new TurnDetector(this.#wire.rateHz, config.turnTaking?.detector);
  }

  /** The audio clock. */
  get clockMs(): number {
    return (this.#frames / this.#wire.rateHz) * 1000;
  }

  /** What lies in the buffer and has not been committed. */
  get bufferedMs(): number {
    return (this.#bufferedFrames / this.#wire.rateHz) * 1000;
  }

  get hasHeard(): boolean {
    return this.#frames > 0;
  }

  /** Follows an update of the session. */
  configure(): void {
    const detector = this.#config.turnTaking?.detector;
    if (this.hasHeard) {
      this.#detector.configure(detector);
    } else {
      this.#channels = this.#config.inputChannels;
      this.#wire = wireFormatOf(this.#config);
      this.#detector = new TurnDetector(this.#wire.rateHz, detector);
    }
  }

  /**
   * Takes in what an `input_audio_buffer.append` holds and returns what the detector heard in it.
   *
   * @throws {RequestRefused} where it is not base64 or not whole samples
   */
  append(audio: string): readonly TurnEvent[] {
    const bytes = decodeBase64(audio);
    const frameBytes = bytesPerSample(this.#wire.format) * this.#channels;
    if (bytes.length % frameBytes !== 0) {
      const message = `The audio holds ${bytes.length} bytes, which are not whole samples of ${frameBytes} bytes.`;
      throw new RequestRefused('invalid_value', message, 'audio');
    }
    const samples = new Float32Array(bytes.length / bytesPerSample(this.#wire.format));
    decodeSamples(this.#wire.format, bytes, samples);
    const microphone = firstChannel(samples, this.#channels);
    this.#frames += microphone.length;
    this.#bufferedFrames += microphone.length;
    return this.#detector.push(microphone);
  }

  /** Empties the buffer: its audio has become an item, or was thrown away. */
  empty(): void {
    this.#bufferedFrames = 0;
  }

  /** Forgets the turn that is going on. */
  abandonTurn(): void {
    this.#detector.reset();
  }
}

function wireFormatOf(config: SessionConfig): WireFormat {
  const { input_audio_format: name, input_audio_sampling_rate: rateHz } = config.effective;
  return inputWireFormat(name, rateHz);
}

function decodeBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new RequestRefused('invalid_value', 'The audio is not base64.', 'audio');
  }
  if ((text.length / 4) * 3 > longestAppendBytes) {
    throw new RequestRefused('invalid_value', 'The audio is longer than 15 MiB.', 'audio');
  }
  return Buffer.from(text, 'base64');
}

function firstChannel(samples: Float32Array, channels: number): Float32Array {
  if (channels === 1) return samples;
  const first = new Float32Array(samples.length / channels);
  for (let i = 0; i < first.length; i++) first[i] = samples[i * channels] as number;
  return first;
}
