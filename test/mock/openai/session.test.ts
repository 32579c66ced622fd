import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RequestRefused } from '../../../src/mock/event-channel.ts';
import { OpenAiDialect } from '../../../src/mock/openai/openai-dialect.ts';
import { type Frame, silence } from '../harness.ts';
import { OpenAiClient, updated } from './client.ts';
import { faultsOf } from './package-types.ts';

const serverVad = {
  type: 'server_vad',
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 500,
  idle_timeout_ms: null,
  create_response: true,
  interrupt_response: true,
};

async function refused(session: object, fields = {}): Promise<Frame> {
  const client = new OpenAiClient(fields);
  await client.run(async () => {
    client.send({
      type: 'session.update',
      event_id: 'mine',
      session: { type: 'realtime', instructions: 'not taken', tracing: 'auto', ...session },
    });
    client.ask({ type: 'session.update', session: { type: 'realtime', truncation: 'disabled' } });
    await client.clock.sleep(1000);
  });
  const after = client.only('session.updated').session;
  expect(after).toMatchObject({ tracing: null, truncation: 'disabled' });
  expect(after.instructions).not.toBe('not taken');
  const { error } = client.only('error');
  expect(error).toMatchObject({ type: 'invalid_request_error', event_id: 'mine' });
  return error;
}

describe('session.created', () => {
  test('shows a session as recordings of the service do', () => {
    const client = new OpenAiClient();
    const event = client.only('session.created');
    expect(event.session).toEqual({
      type: 'realtime',
      object: 'realtime.session',
      id: expect.stringMatching(/^sess_\w{22}$/),
      model: 'gpt-realtime',
      output_modalities: ['audio'],
      instructions: expect.any(String),
      tools: [],
      tool_choice: 'auto',
      max_output_tokens: 'inf',
      tracing: null,
      truncation: 'auto',
      prompt: null,
      expires_at: expect.any(Number),
      audio: {
        input: {
          format: { type: 'audio/pcm', rate: 24000 },
          transcription: null,
          noise_reduction: null,
          turn_detection: { ...serverVad, silence_duration_ms: 200 },
        },
        output: { format: { type: 'audio/pcm', rate: 24000 }, voice: 'alloy', speed: 1 },
      },
      include: null,
    });
    expect(faultsOf(event)).toEqual([]);
  });

  test('shows the cascaded pipeline in the same form', () => {
    const event = new OpenAiClient({ pipeline: 'cascaded' }).only('session.created');
    expect(event.session).toMatchObject({
      output_modalities: ['audio'],
      max_output_tokens: 'inf',
      audio: {
        input: { transcription: { model: 'azure-speech', language: null, prompt: null } },
        output: { voice: 'en-US-AvaNeural' },
      },
    });
    expect(faultsOf(event)).toEqual([]);
  });
});

describe('session.update', () => {
  test('changes what it names and nothing else', async () => {
    const before = await updated({}, {});
    const after = await updated({}, { audio: { output: { speed: 1.2 } } }, { instructions: 'Be brief.' });
    const { output, input } = before.audio;
    expect(after).toEqual({
      ...before,
      instructions: 'Be brief.',
      audio: { input, output: { ...output, speed: 1.2 } },
    });
  });

  test('switches features off with null', async () => {
    const { audio, tracing, prompt, include } = await updated(
      {},
      {
        tracing: 'auto',
        prompt: { id: 'pmpt_1' },
        include: ['item.input_audio_transcription.logprobs'],
        audio: {
          input: { transcription: { model: 'whisper-1' }, noise_reduction: { type: 'near_field' } },
        },
      },
      {
        tracing: null,
        prompt: null,
        include: null,
        audio: { input: { transcription: null, noise_reduction: null, turn_detection: null } },
      },
    );
    expect({ tracing, prompt, include }).toEqual({ tracing: null, prompt: null, include: null });
    expect(audio.input).toMatchObject({ transcription: null, noise_reduction: null, turn_detection: null });
  });

  test('leaves alone what null cannot switch off', async () => {
    const set = {
      instructions: 'Be brief.',
      truncation: 'disabled',
      max_output_tokens: 100,
      audio: { output: { voice: 'marin', speed: 1.5, format: { type: 'audio/pcmu' } } },
    };
    const nothing = {
      instructions: null,
      truncation: null,
      max_output_tokens: null,
      tools: null,
      audio: { input: null, output: { voice: null, speed: null, format: null } },
    };
    expect(await updated({}, set, nothing)).toMatchObject(set);
    expect(await updated({}, set, { audio: null })).toMatchObject(set);
  });

  test('takes the documented defaults for what a turn detection leaves open', async () => {
    const { audio } = await updated({}, { audio: { input: { turn_detection: { type: 'server_vad' } } } });
    expect(audio.input.turn_detection).toEqual(serverVad);
    const semantic = await updated({}, { audio: { input: { turn_detection: { type: 'semantic_vad' } } } });
    expect(semantic.audio.input.turn_detection).toEqual({
      type: 'semantic_vad',
      eagerness: 'auto',
      create_response: true,
      interrupt_response: true,
    });
  });

  test('clears the instructions with an empty text, until there are new ones', async () => {
    expect((await updated({}, { instructions: '' })).instructions).toBe('');
    expect((await updated({}, { instructions: '' }, { output_modalities: ['text'] })).instructions).toBe('');
    expect((await updated({}, { instructions: '' }, { instructions: 'Again.' })).instructions).toBe('Again.');
  });

  test('keeps the strength of noise reduction through changes of its type', async () => {
    const noise = (noise_reduction: object | null) => ({ audio: { input: { noise_reduction } } });
    const first = noise({ type: 'near_field', strength: 0.5 });
    const reported = async (...updates: object[]) =>
      (await updated({}, ...updates)).audio.input.noise_reduction;
    expect(await reported(noise({ type: 'near_field' }))).toEqual({ type: 'near_field' });
    expect(await reported(first, noise({ type: 'far_field' }))).toEqual({ type: 'far_field', strength: 0.5 });
    expect(await reported(first, noise({ strength: 1 }))).toEqual({ type: 'near_field', strength: 1 });
    expect(await reported(first, noise(null))).toBeNull();
  });

  test('forgets the type of noise reduction in an update that was refused', async () => {
    const client = new OpenAiClient();
    const update = (noise_reduction: object, model?: string) =>
      client.send({
        type: 'session.update',
        session: { type: 'realtime', model, audio: { input: { noise_reduction } } },
      });
    await client.run(async () => {
      update({ type: 'near_field' }, 'another');
      client.ask({ type: 'session.update', session: { type: 'realtime' } });
      await client.clock.sleep(1000);
      update({ strength: 0.5 });
    });
    expect(client.of('error').map(({ error }) => error.param)).toEqual([
      'session.model',
      'session.audio.input.noise_reduction.type',
    ]);
  });

  test('takes the model back that it told, but no other', async () => {
    expect((await updated({}, { model: 'gpt-realtime' })).model).toBe('gpt-realtime');
    expect(await refused({ model: 'gpt-4o' })).toMatchObject({
      code: 'invalid_value',
      param: 'session.model',
    });
  });

  test('knows custom voices by their id, and the voices of Azure by their names', async () => {
    const voice = async (...voices: unknown[]) =>
      (await updated({}, ...voices.map((each) => ({ audio: { output: { voice: each } } })))).audio.output
        .voice;
    expect(await voice({ id: 'voice_1234' })).toEqual({ id: 'voice_1234' });
    expect(await voice({ id: 'voice_1234' }, 'cedar')).toBe('cedar');
    const client = new OpenAiClient({ pipeline: 'cascaded' });
    const told = client.only('session.created').session.audio.output.voice;
    const session = client.dialect.incoming({
      type: 'session.update',
      session: { type: 'realtime', audio: { output: { voice: told } } },
    })['session'];
    expect(session).toMatchObject({ voice: { type: 'azure-standard', name: told } });
  });

  test('shows each of several updates under way as it was', async () => {
    const client = new OpenAiClient({ profile: 'slow' });
    await client.run(async () => {
      for (const speed of [0.5, 1.25, 0.75]) {
        client.ask({ type: 'session.update', session: { type: 'realtime', audio: { output: { speed } } } });
      }
      // Refused by the inside, and not by the dialect.
      client.send({
        type: 'session.update',
        session: { type: 'realtime', tracing: 'auto', model: 'other' },
      });
      client.ask({ type: 'session.update', session: { type: 'realtime', truncation: 'disabled' } });
      await client.clock.sleep(5000);
    });
    const speeds = client.of('session.updated').map(({ session }) => session.audio.output.speed);
    expect(speeds).toEqual([0.5, 1.25, 0.75, 0.75]);
    expect(client.of('session.updated').at(-1).session).toMatchObject({
      tracing: null,
      truncation: 'disabled',
    });
  });

  test('is told apart from refused ones, however late the answers come', () => {
    const dialect = new OpenAiDialect();
    const update = (session: object) =>
      dialect.incoming({ type: 'session.update', session: { type: 'realtime', ...session } })['session'];
    const first = update({ tracing: 'auto' });
    expect(() => update({ voice: 'alloy' })).toThrow(RequestRefused);
    update({ model: 'refused inside', truncation: 'disabled' });
    const last = update({ audio: { output: { speed: 1.5 } } });
    const error = (message: string, param: string) => ({
      type: 'error' as const,
      error: { type: 'invalid_request_error', message, param },
    });
    const own = error("Unknown parameter: 'session.voice'.", 'session.voice');
    expect(dialect.outgoing(own)).toEqual([own]);
    expect(dialect.outgoing(own)).toMatchObject([{ error: { param: 'session.audio.output.voice' } }]);
    const shown = [first, last].map(
      (session) => dialect.outgoing({ type: 'session.updated', session: session as object })[0] as Frame,
    );
    expect(shown[0].session).toMatchObject({ tracing: 'auto', audio: { output: { speed: 1 } } });
    expect(shown[1].session).toMatchObject({ tracing: 'auto', audio: { output: { speed: 1.5 } } });
    expect(shown[1].session).toMatchObject({ truncation: 'auto' });
    expect(shown[1].session).not.toHaveProperty('metadata');
  });
});

describe('a session update is refused whole', () => {
  test.each([
    [{ type: 'transcription' }, 'invalid_value', 'session.type'],
    [{ type: undefined }, 'missing_required_parameter', 'session.type'],
    [{ voice: 'alloy' }, 'unknown_parameter', 'session.voice'],
    [{ modalities: ['text'] }, 'unknown_parameter', 'session.modalities'],
    [{ temperature: 0.8 }, 'unknown_parameter', 'session.temperature'],
    [{ audio: { input: { echo: {} } } }, 'unknown_parameter', 'session.audio.input.echo'],
    [{ output_modalities: ['text', 'audio'] }, 'invalid_value', 'session.output_modalities'],
    [{ output_modalities: [] }, 'invalid_value', 'session.output_modalities'],
    [{ max_output_tokens: 0 }, 'invalid_value', 'session.max_output_tokens'],
    [{ audio: { output: { speed: 2 } } }, 'invalid_value', 'session.audio.output.speed'],
    [
      { audio: { input: { format: { type: 'audio/pcm', rate: 16000 } } } },
      'integer_below_min_value',
      'session.audio.input.format.rate',
    ],
    [
      { audio: { output: { format: { type: 'audio/pcm', rate: 48000 } } } },
      'integer_above_max_value',
      'session.audio.output.format.rate',
    ],
    [
      { audio: { input: { format: { type: 'audio/opus' } } } },
      'invalid_value',
      'session.audio.input.format.type',
    ],
    [
      { audio: { input: { turn_detection: { type: 'azure_semantic_vad' } } } },
      'invalid_value',
      'session.audio.input.turn_detection.type',
    ],
    [
      { audio: { input: { turn_detection: { type: 'server_vad', eagerness: 'low' } } } },
      'unknown_parameter',
      'session.audio.input.turn_detection.eagerness',
    ],
    [
      {
        tools: [
          { type: 'function', name: 'a' },
          { type: 'function', function: { name: 'b' } },
        ],
      },
      'missing_required_parameter',
      'session.tools[1].name',
    ],
    // The inside refuses these.
    [
      { audio: { input: { transcription: { language: 'en' } } } },
      'missing_required_parameter',
      'session.audio.input.transcription.model',
    ],
    [
      { audio: { input: { noise_reduction: { strength: 1 } } } },
      'missing_required_parameter',
      'session.audio.input.noise_reduction.type',
    ],
  ])('%j', async (session, code, param) => {
    const error = await refused(session);
    expect(error).toMatchObject({ code, param });
  });

  test('in words that name the client’s field, wherever it is refused', async () => {
    const missing = await refused({ audio: { input: { transcription: { language: 'en' } } } });
    expect(missing.message).toBe("Missing required parameter: 'session.audio.input.transcription.model'.");
    const nameless = await refused({ tools: [{ type: 'function' }] });
    expect(nameless.message).toBe("Missing required parameter: 'session.tools[0].name'.");
    const flat = await refused({ input_audio_format: 'pcm16' });
    expect(flat.message).toBe("Unknown parameter: 'session.input_audio_format'.");
    expect(flat.param).toBe('session.input_audio_format');
  });

  test('that comes too late, for the format of audio that was sent', async () => {
    const client = new OpenAiClient();
    await client.run(async () => {
      await client.speak(silence(100));
      const audio = { input: { format: { type: 'audio/pcmu' } } } as const;
      client.ask({ type: 'session.update', session: { type: 'realtime', audio } });
    });
    expect(client.only('error').error).toMatchObject({
      code: 'invalid_value',
      message: 'audio.input.format cannot be changed after audio has been sent.',
      param: 'session.audio.input.format',
    });
  });

  test('semantic_vad on the cascaded pipeline', async () => {
    const error = await refused(
      { audio: { input: { turn_detection: { type: 'semantic_vad' } } } },
      { pipeline: 'cascaded' },
    );
    expect(error).toMatchObject({ code: 'invalid_value', param: 'session.audio.input.turn_detection.type' });
  });
});

describe('whatever a client asks for', () => {
  const flag = fc.boolean();
  const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
  const format = fc.constantFrom(
    { type: 'audio/pcm', rate: 24000 },
    { type: 'audio/pcmu' },
    { type: 'audio/pcma' },
  );
  const turnDetection = fc.oneof(
    fc.record({
      type: fc.constant('server_vad'),
      threshold: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
      prefix_padding_ms: fc.nat(1000),
      silence_duration_ms: fc.nat(2000),
      idle_timeout_ms: fc.option(fc.integer({ min: 5000, max: 30_000 })),
      create_response: flag,
      interrupt_response: flag,
    }),
    fc.record({
      type: fc.constant('semantic_vad'),
      eagerness: fc.constantFrom('low', 'medium', 'high', 'auto'),
      create_response: flag,
      interrupt_response: flag,
    }),
    fc.constant(null),
  );
  const session = fc.record({
    output_modalities: some(fc.constantFrom(['audio'], ['text'])),
    instructions: some(fc.string()),
    max_output_tokens: some(fc.oneof(fc.constant('inf'), fc.integer({ min: 1, max: 4096 }))),
    tool_choice: some(fc.constantFrom('auto', 'none', 'required', { type: 'function', name: 'f' })),
    tools: some(fc.array(fc.record({ type: fc.constant('function'), name: fc.string() }), { maxLength: 2 })),
    tracing: some(fc.constantFrom(null, 'auto', { workflow_name: 'w', metadata: { a: 1 } })),
    truncation: some(fc.constantFrom('auto', 'disabled', { type: 'retention_ratio', retention_ratio: 0.8 })),
    prompt: some(fc.constantFrom(null, { id: 'pmpt_1', version: '2', variables: { city: 'Graz' } })),
    parallel_tool_calls: some(flag),
    reasoning: some(fc.record({ effort: fc.constantFrom('minimal', 'low', 'medium', 'high', 'xhigh') })),
    include: some(fc.constantFrom(null, ['item.input_audio_transcription.logprobs'])),
    audio: some(
      fc.record({
        input: some(
          fc.record({
            format: some(format),
            transcription: some(
              fc.constantFrom(
                null,
                { model: 'whisper-1', language: 'de', prompt: 'names' },
                { model: 'gpt-transcribe', keywords: ['Graz'] },
              ),
            ),
            noise_reduction: some(
              fc.constantFrom(null, { type: 'near_field' }, { type: 'far_field', strength: 0.3 }),
            ),
            turn_detection: some(turnDetection),
          }),
        ),
        output: some(
          fc.record({
            format: some(format),
            voice: some(fc.constantFrom('marin', 'cedar', { id: 'voice_1' })),
            speed: some(fc.integer({ min: 25, max: 150 }).map((hundredths) => hundredths / 100)),
          }),
        ),
      }),
    ),
  });

  test('comes back in session.updated as it was given, in a form that the package knows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(session, { minLength: 1, maxLength: 3 }), async (updates) => {
        const client = new OpenAiClient();
        await client.run(async () => {
          for (const each of updates)
            client.send({ type: 'session.update', session: { type: 'realtime', ...each } });
          await client.clock.sleep(1000);
        });
        const reports = client.of('session.updated');
        expect(client.of('error')).toEqual([]);
        expect(reports.flatMap(faultsOf)).toEqual([]);
        updates.forEach((each, i) => {
          expect(reports[i].session).toMatchObject(JSON.parse(JSON.stringify(each)));
        });
        // What no update names is as it was.
        const { session: initial } = client.only('session.created');
        const named = new Set(updates.flatMap((each) => Object.keys(JSON.parse(JSON.stringify(each)))));
        const untouched = Object.keys(initial).filter((field) => !named.has(field));
        for (const field of untouched) expect(reports.at(-1)?.session[field]).toEqual(initial[field]);
      }),
      { numRuns: 100 },
    );
  });
});
