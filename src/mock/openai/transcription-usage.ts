/**
 * What the transcription of a user's item is said to have cost: OpenAI tells it with the transcript, Voice Live does not.
 *
 * @module
 */
import { inputTokensPerSecond, textTokens } from '../token-usage.ts';
import { asFields, type Fields } from './fields.ts';

/** Follows the audio of a session, to know how long each of the user's items is. */
export class TranscriptionUsage {
  #model = '';
  #bytesPerSecond = 48_000;
  /** Taken in since the buffer was last empty. */
  #bytes = 0;
  readonly #startMs = new Map<string, number>();
  readonly #seconds = new Map<string, number>();

  /** The client has sent audio, in base64. */
  append(audio: unknown): void {
    if (typeof audio !== 'string') return;
    const padding = audio.endsWith('==') ? 2 : audio.endsWith('=') ? 1 : 0;
    this.#bytes += Math.floor((audio.length * 3) / 4) - padding;
  }

  /** Follows an event of the inside. */
  hear(type: string, event: Fields): void {
    const id = String(event['item_id']);
    switch (type) {
      case 'session.created':
      case 'session.updated':
        this.#configure(asFields(event['session']) ?? {});
        return;
      case 'input_audio_buffer.speech_started':
        this.#startMs.set(id, Number(event['audio_start_ms']));
        return;
      case 'input_audio_buffer.speech_stopped':
        this.#seconds.set(id, (Number(event['audio_end_ms']) - (this.#startMs.get(id) ?? 0)) / 1000);
        return;
      case 'input_audio_buffer.committed':
        // An item without speech marks was committed by the client: it is all that was in the buffer.
        if (!this.#seconds.has(id)) this.#seconds.set(id, this.#bytes / this.#bytesPerSecond);
        this.#startMs.delete(id);
        this.#bytes = 0;
        return;
      case 'input_audio_buffer.cleared':
        this.#bytes = 0;
    }
  }

  /** The models of the family `gpt-…-transcribe` are paid by the token, all others by the second. */
  of(itemId: string, transcript: string): Fields {
    const seconds = this.#seconds.get(itemId) ?? 0;
    this.#seconds.delete(itemId);
    if (!/^gpt-.*transcribe/.test(this.#model)) return { type: 'duration', seconds };
    const audioTokens = Math.ceil(seconds * inputTokensPerSecond);
    const outputTokens = textTokens(transcript);
    return {
      type: 'tokens',
      total_tokens: audioTokens + outputTokens,
      input_tokens: audioTokens,
      input_token_details: { text_tokens: 0, audio_tokens: audioTokens },
      output_tokens: outputTokens,
    };
  }

  #configure(session: Fields): void {
    this.#model = String(asFields(session['input_audio_transcription'])?.['model'] ?? '');
    const isPcm = session['input_audio_format'] === 'pcm16';
    this.#bytesPerSecond = isPcm ? Number(session['input_audio_sampling_rate']) * 2 : 8000;
  }
}
