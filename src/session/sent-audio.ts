/**
 * How much of the user's audio the service holds that nobody has committed.
 *
 * @module
 */
import { bytesPerSample, inputWireFormat } from '../audio/sample-format.ts';
import type { RequestSession } from '../protocol/events.ts';

/** What an `input_audio_buffer.append` holds besides its base64. */
const envelopeCharacters = '{"type":"input_audio_buffer.append","audio":""}'.length;

/** Counts what is sent, by the length of its messages: four characters of base64 are three bytes. */
export class SentAudio {
  readonly #charactersPerMs: number;
  #characters = 0;

  constructor(config: RequestSession) {
    const { format, rateHz } = inputWireFormat(config.input_audio_format, config.input_audio_sampling_rate);
    const channels = config.input_audio_echo_cancellation?.channels ?? 1;
    this.#charactersPerMs = (rateHz * bytesPerSample(format) * channels * 4) / 3 / 1000;
  }

  /** Milliseconds since the last commit, to within the padding of base64. */
  get uncommittedMs(): number {
    return this.#characters / this.#charactersPerMs;
  }

  /** An `input_audio_buffer.append` was sent. */
  add(message: string): void {
    this.#characters += Math.max(0, message.length - envelopeCharacters);
  }

  /** What was sent till now was committed or cleared. */
  clear(): void {
    this.#characters = 0;
  }
}
