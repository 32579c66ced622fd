import { describe, expect, test } from 'vitest';
import { chatSession, defaultSession, voiceNamed } from '../../src/session/defaults.ts';

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

describe('the session of a chat', () => {
  test('is the quickstart’s, with nothing left to the service', () => {
    expect(chatSession()).toEqual({
      modalities: ['text', 'audio'],
      voice: { type: 'azure-standard', name: 'en-US-Ava:DragonHDLatestNeural' },
      input_audio_format: 'pcm16',
      input_audio_sampling_rate: 24_000,
      output_audio_format: 'pcm16',
      turn_detection: {
        type: 'azure_semantic_vad',
        threshold: 0.5,
        prefix_padding_ms: 300,
        speech_duration_ms: 80,
        silence_duration_ms: 500,
        remove_filler_words: false,
        end_of_utterance_detection: null,
        create_response: true,
        interrupt_response: true,
        auto_truncate: false,
      },
      input_audio_transcription: { model: 'azure-speech' },
      input_audio_noise_reduction: { type: 'azure_deep_noise_suppression' },
      input_audio_echo_cancellation: { type: 'server_echo_cancellation' },
    });
  });

  test.each([
    [{ echo: 'off' }, { input_audio_echo_cancellation: null }],
    [{ echo: 'half-duplex' }, { input_audio_echo_cancellation: null }],
    [
      { echo: 'reference' },
      {
        input_audio_echo_cancellation: {
          type: 'server_echo_cancellation',
          reference_source: 'client',
          channels: 2,
        },
      },
    ],
    [{ denoised: true }, { input_audio_noise_reduction: null }],
    [{ pushToTalk: true }, { turn_detection: null }],
    [{ voice: 'marin' }, { voice: 'marin' }],
    [{ instructions: 'Be brief.' }, { instructions: 'Be brief.' }],
    [
      { tools: [{ name: 'ping', handler() {} }] },
      { tools: [expect.objectContaining({ name: 'ping' })], tool_choice: 'auto' },
    ],
  ] as const)('with %j asks for %j', (options, expected) => {
    expect(chatSession(options)).toMatchObject(expected);
  });

  test('in text only has no voice', () => {
    const session = chatSession({ textOnly: true });
    expect(session.modalities).toEqual(['text']);
    expect(session).not.toHaveProperty('voice');
  });

  test('of an agent leaves the instructions and the model to the agent', () => {
    const session = chatSession({ agent: true });
    expect(session).not.toHaveProperty('instructions');
    expect(session).not.toHaveProperty('model');
    expect(() => chatSession({ agent: true, instructions: 'Be brief.' })).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'agent-instructions' }),
    );
  });

  test.each(['2025-05-01-preview', '2025-10-01', '2026-04-10'])(
    'takes no echo reference with %s',
    (apiVersion) => {
      expect(() => chatSession({ echo: 'reference', apiVersion })).toThrow(
        expect.objectContaining({ kind: 'usage', code: 'echo-needs-version' }),
      );
      expect(() => chatSession({ apiVersion })).not.toThrow();
    },
  );

  test.each(['2026-06-01-preview', '2026-07-15', 'v1', undefined])(
    'takes an echo reference with %s',
    (apiVersion) => {
      expect(() => chatSession({ echo: 'reference', ...(apiVersion && { apiVersion }) })).not.toThrow();
    },
  );
});
