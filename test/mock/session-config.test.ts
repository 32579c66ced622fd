import { describe, expect, test } from 'vitest';
import { type Frame, Harness, silence } from './harness.ts';

/** Sends updates and returns the last effective session. */
async function updated(pipeline: 'native' | 'cascaded', ...updates: object[]): Promise<Frame> {
  const mock = new Harness({ pipeline, profile: 'fast' });
  await mock.run(async () => {
    for (const session of updates) mock.send({ type: 'session.update', session });
    await mock.clock.sleep(1000);
  });
  expect(mock.of('error')).toEqual([]);
  return mock.events.at(-1).session;
}

async function refused(session: object, pipeline: 'native' | 'cascaded' = 'cascaded'): Promise<Frame> {
  const mock = new Harness({ pipeline, profile: 'fast' });
  await mock.run(async () => {
    mock.send({
      type: 'session.update',
      event_id: 'mine',
      session: { instructions: 'not taken', ...session },
    });
    mock.send({ type: 'session.update', session: {} });
    await mock.clock.sleep(1000);
  });
  expect(mock.only('session.updated').session.instructions).not.toBe('not taken');
  return mock.only('error').error;
}

describe('session.created', () => {
  test('is there at once and tells the defaults of the cascaded pipeline', () => {
    const mock = new Harness({}, { model: 'gpt-4o' });
    const { session } = mock.only('session.created');
    expect(session).toMatchObject({
      id: expect.stringMatching(/^sess_\w{22}$/),
      object: 'realtime.session',
      model: 'gpt-4o',
      modalities: ['audio', 'text'],
      voice: { type: 'azure-standard', name: 'en-US-AvaNeural', style: null },
      temperature: 0.8,
      input_audio_transcription: { model: 'azure-speech' },
      turn_detection: {
        type: 'server_vad',
        threshold: 0.5,
        prefix_padding_ms: 400,
        silence_duration_ms: 500,
      },
      agent: null,
    });
    expect(session.expires_at * 1000).toBe(mock.clock.unixMs() + 3_600_000);
  });

  test('tells those of the native pipeline, which leaves the output format open', () => {
    const { session } = new Harness({ pipeline: 'native' }, { model: 'gpt-realtime' }).only(
      'session.created',
    );
    expect(session).toMatchObject({
      model: 'gpt-realtime-global-standard',
      modalities: ['audio'],
      voice: { type: 'openai', name: 'alloy' },
      output_audio_format: null,
      input_audio_transcription: null,
      turn_detection: { prefix_padding_ms: 300, silence_duration_ms: 200 },
      max_response_output_tokens: 'inf',
    });
    expect(session).not.toHaveProperty('temperature');
  });

  test('knows that reasoning models have another temperature', () => {
    const { session } = new Harness({}, { model: 'gpt-5-mini' }).only('session.created');
    expect(session).toMatchObject({ temperature: 1, reasoning_effort: 'minimal' });
  });
});

describe('session.update', () => {
  test('changes what it names and nothing else', async () => {
    const before = await updated('cascaded', {});
    const after = await updated('cascaded', { instructions: 'Be brief.' });
    expect(after).toEqual({ ...before, instructions: 'Be brief.' });
  });

  test('switches features off with null', async () => {
    const off = { turn_detection: null, input_audio_transcription: null, input_audio_noise_reduction: null };
    const on = { input_audio_noise_reduction: { type: 'azure_deep_noise_suppression' } };
    expect(await updated('cascaded', on, off)).toMatchObject(off);
  });

  test('does not clear the instructions with an empty text', async () => {
    const { instructions } = await updated('cascaded', {});
    expect((await updated('cascaded', { instructions: 'a' }, { instructions: '' })).instructions).toBe(
      instructions,
    );
  });

  test('fills in the numbers of a turn detection that has none: native 400 and 500, cascaded null', async () => {
    const update = { turn_detection: { type: 'server_vad' } };
    expect((await updated('native', update)).turn_detection).toMatchObject({
      threshold: 0.5,
      prefix_padding_ms: 400,
      silence_duration_ms: 500,
    });
    expect((await updated('cascaded', update)).turn_detection).toMatchObject({
      prefix_padding_ms: null,
      silence_duration_ms: null,
      create_response: true,
      interrupt_response: true,
      auto_truncate: false,
    });
  });

  test('merges a turn detection without a type, and replaces with one that has it', async () => {
    const merged = await updated('cascaded', { turn_detection: { silence_duration_ms: 700 } });
    expect(merged.turn_detection).toMatchObject({ prefix_padding_ms: 400, silence_duration_ms: 700 });
    const replaced = await updated('cascaded', {
      turn_detection: { type: 'azure_semantic_vad', silence_duration_ms: 700 },
    });
    expect(replaced.turn_detection).toMatchObject({
      type: 'azure_semantic_vad',
      prefix_padding_ms: null,
      silence_duration_ms: 700,
    });
  });

  test('echoes modalities, voices, transcription and formats as the service spells them', async () => {
    expect(
      await updated('cascaded', {
        modalities: ['text', 'audio'],
        voice: 'verse',
        output_audio_format: 'pcm16-16000hz',
        input_audio_transcription: { model: 'whisper-1' },
      }),
    ).toMatchObject({
      modalities: ['audio', 'text'],
      voice: { type: 'openai', name: 'verse' },
      output_audio_format: 'pcm16_16000hz',
      input_audio_transcription: { model: 'whisper-1', language: null, phrase_list: null },
    });
  });

  test('takes about as long as the service takes, and keeps its order', async () => {
    const mock = new Harness();
    await mock.run(async () => {
      for (let i = 0; i < 20; i++)
        mock.send({ type: 'session.update', session: { instructions: String(i) } });
      await mock.clock.sleep(1000);
    });
    expect(mock.of('session.updated').map(({ session }) => session.instructions)).toEqual(
      Array.from({ length: 20 }, (_, i) => String(i)),
    );
    expect(mock.atMs('session.updated')).toBeGreaterThanOrEqual(60);
  });

  test.each([
    [{ model: 'other' }, 'invalid_value', 'session.model'],
    [{ input_audio_format: 'mp3' }, 'invalid_value', 'session.input_audio_format'],
    [{ input_audio_sampling_rate: 44100 }, 'invalid_value', 'session.input_audio_sampling_rate'],
    [{ output_audio_format: 'pcm8' }, 'invalid_value', 'session.output_audio_format'],
    [
      { input_audio_format: 'g711_ulaw', input_audio_sampling_rate: 16000 },
      'invalid_value',
      'session.input_audio_sampling_rate',
    ],
    [{ turn_detection: { type: 'psychic' } }, 'invalid_value', 'session.turn_detection.type'],
    [{ turn_detection: { type: 'semantic_vad' } }, 'invalid_value', 'session.turn_detection.type'],
    [{ turn_detection: { silence_ms: 1 } }, 'unknown_parameter', 'session.turn_detection.silence_ms'],
    [{ turn_detection: { threshold: 2 } }, 'invalid_value', 'session.turn_detection.threshold'],
    [{ turn_detection: { threshold: '2' } }, 'invalid_type', 'session.turn_detection.threshold'],
    [{ modalities: ['audio', 'smell'] }, 'invalid_value', 'session.modalities.1'],
    [{ voise: 'alloy' }, 'unknown_parameter', 'session.voise'],
    [{ instructions: 7 }, 'invalid_type', 'session.instructions'],
    [{ max_response_output_tokens: 5000 }, 'invalid_value', 'session.max_response_output_tokens'],
    [
      { input_audio_echo_cancellation: { type: 'server_echo_cancellation', channels: 2 } },
      'invalid_ec_channels_requires_client',
      'session.input_audio_echo_cancellation.channels',
    ],
    [
      { input_audio_echo_cancellation: { type: 'server_echo_cancellation', reference_source: 'client' } },
      'invalid_ec_reference_channels',
      'session.input_audio_echo_cancellation.channels',
    ],
  ])('with %j is refused as a whole', async (session, code, param) => {
    expect(await refused(session)).toMatchObject({
      type: 'invalid_request_error',
      code,
      param,
      event_id: 'mine',
    });
  });

  test('without a session is refused', () => {
    const mock = new Harness();
    mock.send({ type: 'session.update' });
    expect(mock.only('error').error).toMatchObject({ code: 'missing_required_parameter', param: 'session' });
  });

  test('may name the model that the session has', async () => {
    const mock = new Harness({ profile: 'fast' }, { model: 'gpt-4o' });
    mock.send({ type: 'session.update', session: { model: 'gpt-4o' } });
    expect(mock.of('error')).toEqual([]);
  });

  test('cannot change the input format once audio has come', async () => {
    const mock = new Harness({ profile: 'fast' });
    await mock.run(async () => {
      await mock.speak(silence(100));
      const session = { input_audio_sampling_rate: 16000 };
      mock.send({ type: 'session.update', session });
      mock.send({ type: 'session.update', session: { input_audio_sampling_rate: 24000 } });
    });
    expect(mock.only('error').error.param).toBe('session.input_audio_sampling_rate');
  });

  test('cannot change the voice once the assistant has spoken, but may name it again', async () => {
    const mock = new Harness({ pipeline: 'native', profile: 'fast' });
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { voice: { type: 'openai', name: 'echo' } } });
      mock.send({ type: 'response.create' });
      await mock.until('response.audio.delta');
      mock.send({ type: 'session.update', session: { voice: { name: 'echo', type: 'openai' } } });
      mock.send({ type: 'session.update', session: { voice: 'sage' } });
      await mock.clock.sleep(200);
    });
    expect(mock.only('error').error).toMatchObject({ code: 'cannot_update_voice', param: 'session.voice' });
    expect(mock.of('session.updated')).toHaveLength(2);
  });
});

describe('an agent in place of a model', () => {
  const agent = { name: 'librarian', conversationId: 'thread_7' };

  test.each(['cascaded', 'native'] as const)('is told in the session of the %s pipeline', (pipeline) => {
    const mock = new Harness({ pipeline }, { agent });
    expect(mock.only('session.created').session.agent).toEqual({
      type: 'agent',
      name: 'librarian',
      description: null,
      agent_id: expect.stringMatching(/^asst_/),
      thread_id: 'thread_7',
    });
  });

  test('begins a conversation of its own where it is given none', () => {
    const mock = new Harness({}, { agent: { name: 'librarian', conversationId: undefined } });
    expect(mock.only('session.created').session.agent.thread_id).toMatch(/^thread_\w{22}$/);
  });

  test('takes no instructions', async () => {
    const mock = new Harness({}, { agent });
    mock.send({ type: 'session.update', session: { instructions: 'Be brief.' } });
    expect(mock.only('error').error).toMatchObject({ code: 'invalid_value', param: 'session.instructions' });
  });
});
