import { describe, expect, test } from 'vitest';
import { defaultSession, voiceNamed } from '../../src/session/defaults.ts';

describe('the session that is asked for', () => {
  test('leaves no value of the turn detection to the service', () => {
    expect(defaultSession().turn_detection).toMatchObject({
      threshold: expect.any(Number),
      prefix_padding_ms: expect.any(Number),
      silence_duration_ms: expect.any(Number),
      create_response: true,
      interrupt_response: true,
      auto_truncate: false,
    });
  });

  test('leaves a recorded voice as it is', () => {
    expect(defaultSession()).toMatchObject({
      input_audio_noise_reduction: null,
      input_audio_echo_cancellation: null,
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
