import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resampleWhole } from '../../../src/audio/resample-whole.ts';
import {
  bytesPerSample,
  decodeSamples,
  encodeSamples,
  outputWireFormat,
  type SampleFormat,
} from '../../../src/audio/sample-format.ts';
import { loadScenario } from '../../../src/mock/scenario/load-scenario.ts';
import type { Scenario, ScenarioAnswer } from '../../../src/mock/scenario/scenario.ts';
import type { OutputAudioFormat } from '../../../src/protocol/events.ts';
import { answer, type Frame, Harness, joined, received, shape, silence, speech } from '../harness.ts';

const outputFormats = [
  'pcm16',
  'pcm16_16000hz',
  'pcm16_8000hz',
  'g711_ulaw',
  'g711_alaw',
] as const satisfies OutputAudioFormat[];

function encoded(format: SampleFormat, samples: Float32Array): Buffer {
  const bytes = Buffer.alloc(samples.length * bytesPerSample(format));
  encodeSamples(format, samples, bytes);
  return bytes;
}

function decoded(format: SampleFormat, bytes: Uint8Array): Float32Array {
  const samples = new Float32Array(bytes.length / bytesPerSample(format));
  decodeSamples(format, bytes, samples);
  return samples;
}

/** The audio of one response, or of all. */
function audioOf(mock: Harness, responseId?: string): Buffer {
  const deltas = mock.of('response.audio.delta').filter(({ response_id: id }) => id === (responseId ?? id));
  return Buffer.concat(deltas.map(({ delta }) => Buffer.from(delta, 'base64')));
}

/** Asks for one response after the other, each with its own parameters. */
async function ask(
  fields: Partial<Scenario>,
  ...requests: readonly (object | undefined)[]
): Promise<Harness> {
  const mock = new Harness({ profile: 'fast', ...fields });
  await mock.run(async () => {
    for (const response of requests) {
      mock.send({ type: 'response.create', response });
      await mock.until('response.done');
    }
  });
  return mock;
}

const responses = (mock: Harness): Frame[] => mock.of('response.done').map(({ response }) => response);
const output = (callId: string) => ({ type: 'function_call_output', call_id: callId, output: '42' });

describe('a recorded answer', () => {
  test.each(
    outputFormats.flatMap(
      (format) =>
        [
          [format, false],
          [format, true],
        ] as const,
    ),
  )('comes in %s to the byte (cut inside samples: %s)', async (format, oddSplits) => {
    const mock = new Harness({ profile: 'fast', oddSplits, answers: [answer('Yes, of course.', 800)] });
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { output_audio_format: format } });
      await mock.until('session.updated');
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
    });
    const wire = outputWireFormat(format);
    const samples = resampleWhole(speech(800), 24_000, wire.rateHz);
    expect(audioOf(mock)).toEqual(encoded(wire.format, samples));
    expect(mock.only('response.done').response.output_audio_format).toBe(format);
    expect(mock.traces.findLast(({ kind }) => kind === 'audio-sent')).toMatchObject({
      samples: samples.length,
    });
  });

  test('can be asked for in another format than the session has', async () => {
    const mock = await ask({}, { output_audio_format: 'g711_ulaw' }, undefined);
    const [first, second] = responses(mock);
    expect(audioOf(mock, first.id)).toHaveLength(2000 * 8);
    expect(audioOf(mock, second.id)).toHaveLength(800 * 48);
    expect([first.output_audio_format, second.output_audio_format]).toEqual(['g711_ulaw', 'pcm16']);
  });
});

describe('an echo', () => {
  const echo: readonly ScenarioAnswer[] = [{ text: '', speech: 'echo' }];
  const turns = [{ startMs: 500, endMs: 1300 }];

  interface Ways {
    readonly input: SampleFormat;
    readonly inputHz: number;
    readonly output: OutputAudioFormat;
  }

  /** Says something, and gives what was said and what came back. */
  async function echoed({ input, inputHz, output: format }: Ways, fields: Partial<Scenario> = {}) {
    const mock = new Harness(
      { profile: 'fast', turns, answers: echo, ...fields },
      { transcript: () => 'One two.' },
    );
    const turn_detection = { type: 'server_vad', prefix_padding_ms: 200, silence_duration_ms: 300 };
    const said = joined(silence(500, inputHz), speech(800, inputHz), silence(1500, inputHz));
    const bytes = encoded(input, said);
    const block = (bytesPerSample(input) * inputHz) / 50;
    await mock.run(async () => {
      mock.send({
        type: 'session.update',
        session: {
          input_audio_format: input,
          input_audio_sampling_rate: inputHz,
          output_audio_format: format,
          turn_detection,
        },
      });
      for (let at = 0; at < bytes.length; at += block) {
        await mock.clock.sleep(20);
        mock.send({ type: 'input_audio_buffer.append', audio: bytes.toString('base64', at, at + block) });
      }
      await mock.clock.sleep(5000);
    });
    const perMs = (bytesPerSample(input) * inputHz) / 1000;
    return { mock, heard: decoded(input, bytes.subarray(300 * perMs, 1600 * perMs)), back: audioOf(mock) };
  }

  const alike: Ways[] = [
    { input: 'pcm16', inputHz: 24_000, output: 'pcm16' },
    { input: 'pcm16', inputHz: 16_000, output: 'pcm16_16000hz' },
    ...(['pcm16', 'g711_ulaw', 'g711_alaw'] as const).flatMap((input) =>
      (['pcm16_8000hz', 'g711_ulaw', 'g711_alaw'] as const).map((output) => ({
        input,
        inputHz: 8000,
        output,
      })),
    ),
  ];
  test.each(alike)('of $input at $inputHz Hz comes back as $output, sample for sample', async (ways) => {
    const { mock, heard, back } = await echoed(ways);
    const { format } = outputWireFormat(ways.output);
    const samples = decoded(format, back);
    expect(samples).toHaveLength(heard.length);
    if (format === 'pcm16')
      for (const [i, sample] of samples.entries()) expect(sample).toBeCloseTo(heard[i] as number, 5);
    expect(back).toEqual(encoded(format, heard));
    expect(Math.max(...samples)).toBeGreaterThan(0.3);
    expect(mock.only('response.audio_transcript.done').transcript).toBe('One two.');
  });

  test('at another rate is resampled, and as long', async () => {
    const { heard, back } = await echoed({ input: 'pcm16', inputHz: 8000, output: 'pcm16' });
    expect(back).toEqual(encoded('pcm16', resampleWhole(heard, 8000, 24_000)));
    expect(back.length / 48).toBe(1300);
  });

  test('of a native session, and of deltas that are cut inside samples, is the same', async () => {
    const ways: Ways = { input: 'pcm16', inputHz: 24_000, output: 'pcm16' };
    for (const fields of [{ pipeline: 'native' }, { oddSplits: true }] as const) {
      const { heard, back } = await echoed(ways, fields);
      expect(back).toEqual(encoded('pcm16', heard));
    }
  });

  test('can have words of its own', async () => {
    const { mock } = await echoed(
      { input: 'pcm16', inputHz: 24_000, output: 'pcm16' },
      { answers: [{ text: 'You said that.', speech: 'echo' }] },
    );
    expect(mock.only('response.audio_transcript.done').transcript).toBe('You said that.');
  });

  test('of what was typed is text, for it has no sound', async () => {
    const mock = new Harness({ profile: 'fast', answers: echo });
    const content = [{ type: 'input_text', text: 'Say this.' }];
    await mock.run(async () => {
      mock.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
    });
    expect(mock.only('response.text.done').text).toBe('Say this.');
    expect(mock.types).not.toContain('response.audio.delta');
  });

  test('of nothing is nothing', async () => {
    expect(responses(await ask({ answers: echo }, undefined))).toMatchObject([
      { status: 'completed', output: [] },
    ]);
  });

  test('of a turn that the client commits is all that lay in the buffer', async () => {
    const mock = new Harness({ profile: 'fast', answers: echo });
    const said = speech(600);
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { turn_detection: null } });
      await mock.speak(speech(400, 24_000, 0.2));
      mock.send({ type: 'input_audio_buffer.clear' });
      await mock.speak(said);
      mock.send({ type: 'input_audio_buffer.commit' });
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
    });
    expect(audioOf(mock)).toEqual(encoded('pcm16', said));
  });
});

test('a tone is as high, as long and as loud as the scenario says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'voiceloop-tone-'));
  try {
    const path = join(folder, 'tone.jsonc');
    writeFileSync(path, '{ "profile": "fast", "answers": [{ "tone": { "hz": 1000, "ms": 500 } }] }');
    const mock = await ask(await loadScenario(path), undefined);
    const samples = received(mock);
    expect(samples).toHaveLength(12_000);
    const rising = samples.filter((sample, i) => sample >= 0 && (samples[i - 1] ?? 0) < 0).length;
    expect(rising).toBeGreaterThanOrEqual(498);
    expect(rising).toBeLessThanOrEqual(500);
    const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    // -20 dBFS.
    expect(rms).toBeCloseTo(0.1, 2);
    expect(mock.only('response.audio_transcript.done').transcript).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an answer without sound is text, though the session has audio', async () => {
  const mock = await ask({ answers: [{ text: 'You are welcome.' }] }, undefined);
  expect(mock.only('response.text.done').text).toBe('You are welcome.');
  expect(mock.types.filter((type) => type.includes('audio'))).toEqual([]);
  expect(responses(mock)[0].usage.output_token_details.audio_tokens).toBe(0);
});

describe('an answer with calls', () => {
  const calls = [
    { name: 'find_loan', arguments: '{"title":"The Sea","branch":3}' },
    { name: 'renew_loan', arguments: '{}' },
  ];
  const afterCalls = answer('It is renewed.', 600);
  const next = answer('Next.', 300);

  test('makes them in the order of the service, arguments piece by piece', async () => {
    const mock = await ask({ answers: [{ text: '', calls: calls.slice(0, 1) }] }, undefined);
    expect(shape(mock.types)).toEqual([
      'session.created',
      'response.created',
      'response.output_item.added',
      'conversation.item.created',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.done',
    ]);
    const { item } = mock.only('response.output_item.added');
    expect(item).toMatchObject({
      type: 'function_call',
      name: 'find_loan',
      arguments: '',
      status: 'in_progress',
    });
    expect(mock.only('conversation.item.created').item).toEqual(item);
    const deltas = mock.of('response.function_call_arguments.delta');
    expect(deltas.length).toBeGreaterThan(5);
    expect(deltas.map(({ delta }) => delta).join('')).toBe(calls[0]?.arguments);
    const place = {
      response_id: responses(mock)[0].id,
      item_id: item.id,
      output_index: 0,
      call_id: item.call_id,
    };
    for (const delta of deltas) expect(delta).toMatchObject(place);
    expect(mock.only('response.function_call_arguments.done')).toMatchObject({ ...place, ...calls[0] });
    expect(responses(mock)[0].output).toEqual([
      { ...item, status: 'completed', arguments: calls[0]?.arguments },
    ]);
  });

  test('makes several one after the other, each with an id of its own', async () => {
    const mock = await ask({ answers: [{ text: '', calls }] }, undefined);
    const done = mock.of('response.output_item.done');
    expect(done.map(({ output_index: index, item }) => [index, item.name])).toEqual([
      [0, 'find_loan'],
      [1, 'renew_loan'],
    ]);
    expect(new Set(done.map(({ item }) => item.call_id)).size).toBe(2);
    expect(mock.types.indexOf('response.output_item.done')).toBeLessThan(
      mock.types.lastIndexOf('response.output_item.added'),
    );
    expect(responses(mock)[0].output).toEqual(done.map(({ item }) => item));
    const [first, second] = mock.of('conversation.item.created');
    expect(second.previous_item_id).toBe(first.item.id);
  });

  test('says its words first', async () => {
    const mock = await ask({ answers: [{ ...answer('One moment.', 400), calls }] }, undefined);
    const done = mock.of('response.output_item.done');
    expect(done.map(({ output_index: index, item }) => [index, item.type, item.status])).toEqual([
      [0, 'message', 'completed'],
      [1, 'function_call', 'completed'],
      [2, 'function_call', 'completed'],
    ]);
    const messageDone = mock.types.indexOf('response.output_item.done');
    expect(mock.types.lastIndexOf('response.audio.delta')).toBeLessThan(messageDone);
    expect(mock.types.indexOf('response.function_call_arguments.delta')).toBeGreaterThan(messageDone);
    expect(responses(mock)[0].output).toHaveLength(3);
  });

  /** Asks, gives the outputs of so many calls, and asks again. */
  async function called(answers: readonly ScenarioAnswer[], outputs: number, request?: object) {
    const mock = new Harness({ profile: 'fast', answers });
    await mock.run(async () => {
      mock.send({ type: 'response.create', response: request });
      await mock.until('response.done');
      for (const { call_id: callId } of mock.of('response.function_call_arguments.done').slice(0, outputs)) {
        mock.send({ type: 'conversation.item.create', item: output(callId) });
      }
      for (let i = 0; i < 2; i++) {
        mock.send({ type: 'response.create' });
        await mock.until('response.done');
      }
    });
    return mock.of('response.audio_transcript.done').map(({ transcript }) => transcript);
  }

  test('is followed by what belongs to it once all outputs are there, and then by the next', async () => {
    expect(await called([{ text: '', calls, afterCalls }, next], 2)).toEqual(['It is renewed.', 'Next.']);
  });

  test('is followed by the next where nothing belongs to it', async () => {
    expect(await called([{ text: '', calls }, next, answer('Last.', 300)], 2)).toEqual(['Next.', 'Last.']);
  });

  test('is followed by the next as long as an output is missing', async () => {
    expect(await called([{ text: '', calls, afterCalls }, next, answer('Last.', 300)], 1)).toEqual([
      'Next.',
      'Last.',
    ]);
  });

  test('is not called for with tool_choice none, in the response or in the session', async () => {
    const answers = [{ ...answer('One moment.', 400), calls, afterCalls }, next];
    expect(await called(answers, 0, { tool_choice: 'none' })).toEqual([
      'One moment.',
      'Next.',
      'One moment.',
    ]);
    const mock = new Harness({ profile: 'fast', answers: [{ text: '', calls }] });
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { tool_choice: 'none' } });
      await mock.until('session.updated');
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
    });
    expect(responses(mock)).toMatchObject([{ status: 'completed', output: [] }]);
  });

  test('that is cancelled leaves an incomplete call, and nothing belongs to that', async () => {
    const mock = new Harness({ profile: 'slow', answers: [{ text: '', calls, afterCalls }, next] });
    await mock.run(async () => {
      mock.send({ type: 'response.create' });
      const { call_id: callId } = await mock.until('response.function_call_arguments.delta');
      mock.send({ type: 'response.cancel' });
      mock.send({ type: 'conversation.item.create', item: output(callId) });
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
    });
    const [first, second] = responses(mock);
    expect(first).toMatchObject({
      status: 'cancelled',
      output: [{ type: 'function_call', status: 'incomplete' }],
    });
    expect(first.output[0].arguments.length).toBeLessThan(calls[0]?.arguments.length as number);
    expect(second.output[0].content[0].transcript).toBe('Next.');
  });

  test('counts what it writes', async () => {
    const mock = await ask({ answers: [{ text: '', calls }] }, undefined);
    const { usage } = responses(mock)[0];
    expect(usage.output_token_details.text_tokens).toBe(
      Math.ceil(calls.map((call) => call.arguments).join('').length / 4),
    );
  });
});

describe('a greeting', () => {
  const greeting = answer('Welcome!', 500);

  test('is said once, after the first update, and uses up no answer', async () => {
    const mock = new Harness({ profile: 'fast', greeting });
    await mock.run(async () => {
      await mock.clock.sleep(3000);
      expect(mock.types).toEqual(['session.created']);
      mock.send({ type: 'session.update', session: { tool_choice: 'auto' } });
      await mock.until('response.done');
      mock.send({ type: 'session.update', session: { tool_choice: 'auto' } });
      await mock.until('session.updated');
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
    });
    const texts = mock.of('response.audio_transcript.done').map(({ transcript }) => transcript);
    expect(texts).toEqual(['Welcome!', 'It opens at ten, on Sundays too.']);
    expect(mock.types.indexOf('response.created')).toBe(mock.types.indexOf('session.updated') + 1);
    expect(mock.of('conversation.item.created')[0].item.role).toBe('assistant');
  });

  test('speaks as the session has asked', async () => {
    const mock = new Harness({ profile: 'fast', greeting });
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { modalities: ['text'] } });
      await mock.until('response.done');
    });
    expect(mock.only('response.text.done').text).toBe('Welcome!');
  });
});

describe('words that the client gives', () => {
  const said = (text: string) => ({
    pre_generated_assistant_message: {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text }],
    },
  });

  test('sound as the scenario knows them, else like the next answer', async () => {
    const greeting = answer('Welcome!', 500);
    const mock = await ask({ greeting }, said('Welcome!'), said('Yes, of course.'), said('Never heard.'));
    const lengths = responses(mock).map(({ id }) => audioOf(mock, id).length / 48);
    expect(lengths).toEqual([500, 800, 2000]);
    const texts = mock.of('response.audio_transcript.done').map(({ transcript }) => transcript);
    expect(texts).toEqual(['Welcome!', 'Yes, of course.', 'Never heard.']);
  });

  test('take no time to think up', async () => {
    const mock = await ask({ profile: 'slow' }, said('Welcome!'));
    expect(mock.atMs('response.output_item.added')).toBe(mock.atMs('response.created'));
  });

  test('are written where nothing in the scenario has a voice', async () => {
    const mock = await ask({ answers: [{ text: 'No voice.' }] }, said('Welcome!'));
    expect(mock.only('response.text.done').text).toBe('Welcome!');
  });
});

describe('a limit of tokens', () => {
  test.each([
    ['of the response', { max_output_tokens: 20 }, undefined],
    ['of the response by its other name', { max_response_output_tokens: 20 }, undefined],
    ['of the session', undefined, { max_response_output_tokens: 20 }],
  ])('%s cuts the answer off', async (_whose, response, session) => {
    const mock = new Harness({ profile: 'fast' });
    await mock.run(async () => {
      if (session) {
        mock.send({ type: 'session.update', session });
        await mock.until('session.updated');
      }
      mock.send({ type: 'response.create', response });
      await mock.until('response.done');
    });
    const [done] = responses(mock);
    expect(done).toMatchObject({
      status: 'incomplete',
      status_details: { type: 'incomplete', reason: 'max_output_tokens' },
      max_output_tokens: 20,
      output: [{ status: 'incomplete' }],
    });
    // The piece that reaches the limit is still sent.
    expect(done.usage.output_tokens).toBeGreaterThanOrEqual(20);
    expect(done.usage.output_tokens).toBeLessThanOrEqual(23);
    expect(shape(mock.types).slice(-5)).toEqual([
      'response.audio.done',
      'response.audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
    ]);
    expect(done.output[0].content[0].transcript).toBe(mock.only('response.audio_transcript.done').transcript);
  });

  test('that is not reached, or that is infinite, changes nothing', async () => {
    const mock = await ask({}, { max_output_tokens: 4096 }, { max_output_tokens: 'inf' });
    expect(responses(mock).map(({ status, max_output_tokens: most }) => [status, most])).toEqual([
      ['completed', 4096],
      ['completed', 'inf'],
    ]);
  });

  test('holds for text alone', async () => {
    const mock = await ask({}, { modalities: ['text'], max_output_tokens: 2 });
    expect(mock.only('response.text.done').text).toBe('It opens');
    expect(responses(mock)[0].status).toBe('incomplete');
  });
});

describe('a response outside of the conversation', () => {
  test('leaves no item in it, and has no conversation', async () => {
    const mock = await ask({}, { conversation: 'none', metadata: { topic: 'aside' } });
    const [done] = responses(mock);
    expect(done).toMatchObject({ status: 'completed', conversation_id: null, metadata: { topic: 'aside' } });
    expect(done.output).toHaveLength(1);
    expect(audioOf(mock)).toHaveLength(2000 * 48);
    expect(mock.types).not.toContain('conversation.item.created');
    mock.send({ type: 'conversation.item.retrieve', item_id: done.output[0].id });
    mock.send({
      type: 'conversation.item.truncate',
      item_id: done.output[0].id,
      content_index: 0,
      audio_end_ms: 0,
    });
    expect(mock.of('error').map(({ error }) => error.param)).toEqual(['item_id', 'item_id']);
  });

  test('makes its calls there, too', async () => {
    const calls = [{ name: 'f', arguments: '{}' }];
    const mock = await ask({ answers: [{ text: '', calls }] }, { conversation: 'none' });
    expect(responses(mock)[0].output).toMatchObject([{ type: 'function_call', status: 'completed' }]);
    expect(mock.types).not.toContain('conversation.item.created');
  });

  test('is no part of what the next response reads', async () => {
    const withAside = responses(await ask({}, { conversation: 'none' }, undefined));
    const alone = responses(await ask({}, undefined));
    expect(withAside[1].usage.input_tokens).toBe(alone[0].usage.input_tokens);
  });
});

describe('the usage', () => {
  const instructions = 'x'.repeat(40);
  const message = (length: number) => ({
    type: 'message',
    role: 'user',
    content: [{ type: 'input_text', text: 'y'.repeat(length) }],
  });

  async function inputTokens(response: object): Promise<number> {
    const mock = new Harness({ profile: 'fast' });
    await mock.run(async () => {
      mock.send({ type: 'conversation.item.create', item: message(400) });
      mock.send({ type: 'response.create', response: { instructions, ...response } });
      await mock.until('response.done');
    });
    return responses(mock)[0].usage.input_tokens;
  }

  test('counts the conversation, items beside it, and items in its place', async () => {
    expect(await inputTokens({})).toBe(10 + 100);
    expect(await inputTokens({ append_input_items: [message(80)] })).toBe(10 + 100 + 20);
    expect(await inputTokens({ input_items: [message(80), message(4)] })).toBe(10 + 21);
    expect(await inputTokens({ input_items: [] })).toBe(10);
  });

  test('counts what was heard and what was said by its length', async () => {
    const mock = new Harness({ profile: 'fast', turns: [{ startMs: 500, endMs: 2000 }] });
    await mock.run(async () => {
      mock.send({
        type: 'session.update',
        session: { turn_detection: { type: 'server_vad', prefix_padding_ms: 500 } },
      });
      await mock.speak(silence(4000));
    });
    const { usage } = responses(mock)[0];
    // From 0 to 2500 ms at ten tokens a second; two seconds of answer at twenty.
    expect(usage.input_token_details.audio_tokens).toBe(25);
    expect(usage.output_token_details.audio_tokens).toBe(40);
    expect(usage.total_tokens).toBe(usage.input_tokens + usage.output_tokens);
  });

  test('of items that cannot be refuses the response, and ends nothing else', async () => {
    const wrong = { type: 'message', role: 'assistant', content: [{ type: 'input_audio', audio: '' }] };
    for (const field of ['input_items', 'append_input_items']) {
      const mock = new Harness({ profile: 'fast' });
      await mock.run(async () => {
        mock.send({ type: 'response.create', event_id: 'mine', response: { [field]: [wrong] } });
        await mock.clock.sleep(5000);
      });
      expect(mock.types).toEqual(['session.created', 'error']);
      expect(mock.only('error').error).toMatchObject({ code: 'invalid_value', event_id: 'mine' });
    }
  });
});

describe('word timestamps', () => {
  async function timed(fields: Partial<Scenario> = {}, session: object = {}) {
    const mock = new Harness({ profile: 'fast', ...fields });
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { output_audio_timestamp_types: ['word'], ...session } });
      await mock.until('session.updated');
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
    });
    return mock;
  }

  test.each(outputFormats)('come in order, inside the audio, one for each word (%s)', async (format) => {
    const mock = await timed({}, { output_audio_format: format });
    const words = mock.of('response.audio_timestamp.delta');
    expect(words.map(({ text }) => text)).toEqual(['It', 'opens', 'at', 'ten,', 'on', 'Sundays', 'too.']);
    let endMs = 0;
    for (const { audio_offset_ms: offsetMs, audio_duration_ms: durationMs, timestamp_type: type } of words) {
      expect(type).toBe('word');
      expect(offsetMs).toBeGreaterThanOrEqual(endMs);
      expect(durationMs).toBeGreaterThan(0);
      endMs = offsetMs + durationMs;
    }
    expect(endMs).toBeGreaterThan(1900);
    expect(endMs).toBeLessThanOrEqual(2000);
    const { response_id, item_id, content_index } = mock.only('response.audio.done');
    for (const word of words) expect(word).toMatchObject({ response_id, item_id, content_index });
  });

  test('are told with the audio that they belong to, and are done before the part is', async () => {
    const mock = await timed();
    let sentMs = 0;
    for (const event of mock.events) {
      if (event.type === 'response.audio.delta') sentMs += Buffer.from(event.delta, 'base64').length / 48;
      if (event.type === 'response.audio_timestamp.delta') expect(event.audio_offset_ms).toBeLessThan(sentMs);
    }
    const types = mock.types;
    expect(types.filter((type) => type === 'response.audio_timestamp.done')).toHaveLength(1);
    expect(types.indexOf('response.audio_timestamp.done')).toBeGreaterThan(
      types.lastIndexOf('response.audio_timestamp.delta'),
    );
    expect(types.indexOf('response.audio_timestamp.done')).toBeLessThan(
      types.indexOf('response.content_part.done'),
    );
    expect(types.lastIndexOf('response.audio_timestamp.delta')).toBeLessThan(
      types.indexOf('response.audio.done'),
    );
  });

  test('change nothing else', async () => {
    const plain = await ask({}, undefined);
    const mock = await timed();
    expect(received(mock)).toEqual(received(plain));
  });

  test('of an answer that was cut off stop where it does', async () => {
    const mock = new Harness({ profile: 'slow' });
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { output_audio_timestamp_types: ['word'] } });
      mock.send({ type: 'response.create' });
      await mock.until('response.audio_timestamp.delta');
      mock.send({ type: 'response.cancel' });
    });
    expect(mock.of('response.audio_timestamp.delta').length).toBeLessThan(7);
    expect(mock.only('response.audio_timestamp.done').response_id).toBe(responses(mock)[0].id);
  });

  test('are not told unless they are asked for, nor where nothing is spoken', async () => {
    for (const mock of [await ask({}, undefined), await timed({}, { modalities: ['text'] })]) {
      expect(mock.types.filter((type) => type.includes('timestamp'))).toEqual([]);
    }
  });
});
