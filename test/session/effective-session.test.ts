import { describe, expect, test } from 'vitest';
import { defaultSession } from '../../src/session/defaults.ts';
import { describeDifference, sessionDifferences } from '../../src/session/effective-session.ts';

describe('what the service made of the session', () => {
  test('is told field by field', () => {
    const asked = defaultSession();
    const effective = {
      ...asked,
      output_audio_format: 'g711_ulaw' as const,
      turn_detection: { ...asked.turn_detection, type: 'server_vad' as const, silence_duration_ms: 200 },
    };
    expect(sessionDifferences(asked, effective)).toEqual([
      { field: 'output_audio_format', asked: 'pcm16', effective: 'g711_ulaw' },
      { field: 'turn_detection.silence_duration_ms', asked: 500, effective: 200 },
    ]);
  });

  test.each([
    ['what was not asked', {}, { temperature: 0.8, instructions: 'the default' }],
    ['null that is not mentioned', { input_audio_noise_reduction: null }, {}],
    ['the order of modalities', { modalities: ['text', 'audio'] }, { modalities: ['audio', 'text'] }],
    ['single precision', { temperature: 0.8 }, { temperature: 0.800000011920929 }],
    ['a voice by its name', { voice: 'alloy' }, { voice: { type: 'openai' as const, name: 'alloy' } }],
    ['the internal name of the model', { model: 'gpt-realtime' }, { model: 'gpt-realtime-standard' }],
  ])('is no difference: %s', (_, asked, effective) => {
    expect(sessionDifferences(asked, effective)).toEqual([]);
  });

  test.each([
    [{ turn_detection: null }, { turn_detection: { type: 'server_vad' as const } }, 'turn_detection'],
    [{ turn_detection: { type: 'server_vad' as const } }, { turn_detection: null }, 'turn_detection'],
    [{ modalities: ['text'] }, { modalities: ['audio', 'text'] }, 'modalities'],
    [{ voice: 'alloy' }, { voice: { type: 'openai' as const, name: 'ash' } }, 'voice'],
    [{ temperature: 0.8 }, {}, 'temperature'],
  ])('is a difference: %j %j', (asked, effective, field) => {
    expect(sessionDifferences(asked, effective).map((difference) => difference.field)).toEqual([field]);
  });

  test('never shows what a tool signs in with', () => {
    const tool = { type: 'mcp' as const, server_label: 'a', server_url: 'https://a.example' };
    const asked = { tools: [{ ...tool, authorization: 'CANARY', headers: { cookie: 'CANARY' } }] };
    expect(sessionDifferences(asked, { tools: [tool] })).toEqual([]);
    const [difference] = sessionDifferences(asked, { tools: [] });
    expect(difference).toMatchObject({ field: 'tools' });
    expect(JSON.stringify(difference)).not.toContain('CANARY');
  });

  test('is a short sentence even for long values', () => {
    const difference = { field: 'instructions', asked: 'x'.repeat(1000), effective: undefined };
    expect(describeDifference(difference)).toBe(
      `the service uses instructions nothing instead of "${'x'.repeat(78)}…`,
    );
  });
});
