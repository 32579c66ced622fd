/**
 * What a session asks the service for unless told otherwise.
 *
 * @module
 */
import type { RequestSession, Voice } from '../protocol/events.ts';

/**
 * The configuration for a recorded voice: plain server turn detection, nothing that alters the input. Each value is
 * written out, because the service moves its own defaults: the same omission has given 200 and 500 ms of silence.
 */
export function defaultSession(): RequestSession {
  return {
    modalities: ['text', 'audio'],
    input_audio_format: 'pcm16',
    input_audio_sampling_rate: 24_000,
    output_audio_format: 'pcm16',
    turn_detection: {
      type: 'server_vad',
      threshold: 0.5,
      prefix_padding_ms: 300,
      silence_duration_ms: 500,
      create_response: true,
      interrupt_response: true,
      auto_truncate: false,
    },
    input_audio_transcription: { model: 'azure-speech' },
    input_audio_noise_reduction: null,
    input_audio_echo_cancellation: null,
  };
}

/**
 * The voice that a bare name stands for: a name that begins with a locale, as `en-US-AvaNeural`, is one of Azure's; any
 * other goes to the service as it is, which takes it for one of the model's own.
 */
export function voiceNamed(name: string): Voice {
  return /^[a-z]{2,3}-([A-Z][a-z]{3}-)?[A-Z]{2}-/.test(name) ? { type: 'azure-standard', name } : name;
}
