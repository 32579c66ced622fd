import { describe, expect, test } from 'vitest';
import { defaultSession, microphoneSession, voiceNamed } from '../../src/session/defaults.ts';

describe('the session that is asked for', () => {
  test('leaves no value of the turn detection to the service', () => {
    for (const session of [defaultSession(), microphoneSession()]) {
      expect(session.turn_detection).toMatchObject({
        threshold: expect.any(Number),
        prefix_padding_ms: expect.any(Number),
        silence_duration_ms: expect.any(Number),
        create_response: true,
        interrupt_response: true,
        auto_truncate: false,
      });
    }
  });

  test('changes the input only where there is a room around the microphone', () => {
    expect(defaultSession()).toMatchObject({
      input_audio_noise_reduction: null,
      input_audio_echo_cancellation: null,
    });
    expect(microphoneSession()).toMatchObject({
      turn_detection: { type: 'azure_semantic_vad' },
      input_audio_noise_reduction: { type: 'azure_deep_noise_suppression' },
      input_audio_echo_cancellation: { type: 'server_echo_cancellation' },
    });
  });

  test.each([
    'en-US-AvaNeural',
    'en-US-Ava:DragonHDLatestNeural',
    'iu-Cans-CA-SiqiniqNeural',
    'fil-PH-AngeloNeural',
  ])('takes %s for a voice of Azure', (name) =>
    expect(voiceNamed(name)).toEqual({ type: 'azure-standard', name }),
  );

  test.each(['alloy', 'marin', 'my-own-voice'])('leaves the voice %s to the model', (name) => {
    expect(voiceNamed(name)).toBe(name);
  });
});
