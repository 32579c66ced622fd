import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../../src/mock/scenario/scenario.ts';
import { answer, Harness, joined, quantised, received, shape, silence, speech } from '../harness.ts';

const said = joined(silence(500), speech(1000));

describe('a spoken turn on the cascaded pipeline', () => {
  async function turn(options = {}, fields: Partial<Scenario> = {}) {
    const mock = new Harness(fields, { transcript: (turn) => ['When does it open?'][turn], ...options });
    await mock.run(async () => {
      await mock.speak(said);
      await mock.until('response.done');
    });
    return mock;
  }

  test('has the order of events of the service', async () => {
    const mock = await turn();
    const inOrder = mock.types.filter((type) => type !== 'response.audio_transcript.delta');
    expect(shape(inOrder)).toEqual([
      'session.created',
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.input_audio_transcription.completed',
      'conversation.item.created',
      'response.created',
      'response.output_item.added',
      'conversation.item.created',
      'response.content_part.added',
      'response.audio.delta',
      'response.audio.done',
      'response.audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
    ]);
    expect(mock.types.indexOf('response.audio_transcript.delta')).toBe(
      mock.types.indexOf('response.content_part.added') + 1,
    );
    expect(mock.types.lastIndexOf('response.audio_transcript.delta')).toBeGreaterThan(
      mock.types.indexOf('response.audio.delta'),
    );
  });

  test('belongs together by its ids', async () => {
    const mock = await turn();
    const [user, agent] = mock.of('conversation.item.created');
    const started = mock.only('input_audio_buffer.speech_started');
    expect(started.item_id).toMatch(/^item_/);
    expect(user).toMatchObject({
      previous_item_id: '',
      item: {
        id: started.item_id,
        role: 'user',
        status: 'completed',
        content: [{ type: 'input_audio', transcript: 'When does it open?' }],
      },
    });
    expect(agent).toMatchObject({
      previous_item_id: started.item_id,
      item: { role: 'assistant', status: 'incomplete', content: [] },
    });
    expect(agent.item.id).toMatch(/^msg_/);
    const done = mock.only('response.done').response;
    expect(done).toMatchObject({
      id: mock.only('response.created').response.id,
      status: 'completed',
      status_details: null,
      conversation_id: '',
      max_output_tokens: null,
      temperature: 0.8,
      output: [
        {
          id: agent.item.id,
          status: 'completed',
          content: [{ transcript: 'It opens at ten, on Sundays too.' }],
        },
      ],
    });
    expect(done.usage.total_tokens).toBe(done.usage.input_tokens + done.usage.output_tokens);
    expect(done.usage.output_token_details.audio_tokens).toBe(40);
    const ids = mock.events.map(({ event_id }) => event_id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('gives the text in pieces that make it up, and the audio to the sample', async () => {
    const mock = await turn();
    const text = mock.of('response.audio_transcript.delta').map(({ delta }) => delta);
    expect(text.length).toBeGreaterThan(5);
    expect(text.join('')).toBe('It opens at ten, on Sundays too.');
    expect(received(mock)).toEqual(quantised(speech(2000)));
  });

  test('takes as long as the stages of the profile, one after the other', async () => {
    const mock = await turn();
    const transcribeMs = mock.atMs('response.created') - mock.atMs('input_audio_buffer.speech_stopped');
    const firstTextMs = mock.atMs('response.output_item.added') - mock.atMs('response.created');
    const firstAudioMs = mock.atMs('response.audio.delta') - mock.atMs('response.output_item.added');
    expect(transcribeMs).toBeGreaterThanOrEqual(190);
    expect(transcribeMs).toBeLessThanOrEqual(680);
    expect(firstTextMs).toBeGreaterThanOrEqual(290);
    expect(firstTextMs).toBeLessThanOrEqual(900);
    expect(firstAudioMs).toBeGreaterThanOrEqual(130);
    expect(firstAudioMs).toBeLessThanOrEqual(420);
  });

  test('delivers audio faster than real time, in bursts', async () => {
    const mock = await turn();
    const times = mock.received
      .filter(({ event }) => event.type === 'response.audio.delta')
      .map(({ atMs }) => atMs);
    const spanMs = (times.at(-1) as number) - (times[0] as number);
    expect(spanMs).toBeLessThan(1200);
    expect(new Set(times).size).toBeLessThanOrEqual(Math.ceil(times.length / 2));
  });

  test('speaks each of the answers in turn, and then the first again', async () => {
    const mock = new Harness({ profile: 'fast' });
    await mock.run(async () => {
      for (let i = 0; i < 4; i++) {
        await mock.speak(said);
        await mock.until('response.done');
        await mock.speak(silence(500));
      }
    });
    const texts = mock.of('response.audio_transcript.done').map(({ transcript }) => transcript);
    expect(texts).toEqual([
      'It opens at ten, on Sundays too.',
      'Yes, of course.',
      'This story is long and has no end.',
      'It opens at ten, on Sundays too.',
    ]);
  });

  test('knows what the user said from the scenario, else from the transcripts, else not', async () => {
    const answers = [{ ...answer('One.', 300), heard: 'from the scenario' }, answer('Two.', 300)];
    const mock = new Harness(
      { profile: 'fast', answers },
      { transcript: (turn) => ['not used', 'from the list'][turn] },
    );
    await mock.run(async () => {
      for (let i = 0; i < 4; i++) {
        await mock.speak(said);
        await mock.until('response.done');
        await mock.speak(silence(400));
      }
    });
    const transcripts = mock
      .of('conversation.item.input_audio_transcription.completed')
      .map(({ transcript }) => transcript);
    expect(transcripts).toEqual(['from the scenario', 'from the list', 'from the scenario', '']);
  });

  test('tells through its trace what splits the latency exactly', async () => {
    const mock = await turn();
    const stopped = mock.only('input_audio_buffer.speech_stopped');
    const ended = mock.traces.find(({ kind }) => kind === 'turn-ended');
    expect(ended).toEqual({
      kind: 'turn-ended',
      itemId: stopped.item_id,
      audioEndMs: stopped.audio_end_ms,
      atMs: mock.atMs('input_audio_buffer.speech_stopped'),
    });
    const done = mock.only('response.done').response;
    expect(mock.traces.find(({ kind }) => kind === 'first-audio')).toEqual({
      kind: 'first-audio',
      responseId: done.id,
      itemId: done.output[0].id,
      atMs: mock.atMs('response.audio.delta'),
    });
    const sent = mock.traces.filter(({ kind }) => kind === 'audio-sent');
    expect(sent.at(-1)).toMatchObject({ itemId: done.output[0].id, samples: 48_000 });
    expect(sent).toHaveLength(mock.of('response.audio.delta').length);
    expect(mock.traces[0]).toEqual({ kind: 'audio', audioEndMs: 20, atMs: 20 });
  });

  test('is the same to the byte with the same seed, and another with another', async () => {
    const [first, again, other] = [await turn({ seed: 7 }), await turn({ seed: 7 }), await turn({ seed: 8 })];
    expect(again.received).toEqual(first.received);
    expect(other.received).not.toEqual(first.received);
  });

  test('is the same to the byte on every runtime', async () => {
    const mock = await turn({ seed: 7 });
    const hash = createHash('sha256').update(JSON.stringify(mock.received)).digest('hex');
    expect(hash).toBe('40523fa656637aaef510eb80b65803e346b408ed5a1df106c1216ec9f959aa44');
  });

  test('survives deltas that are cut inside samples', async () => {
    const mock = await turn({}, { oddSplits: true });
    const lengths = mock.of('response.audio.delta').map(({ delta }) => Buffer.from(delta, 'base64').length);
    expect(lengths.some((length) => length % 2 === 1)).toBe(true);
    expect(received(mock)).toEqual(quantised(speech(2000)));
  });

  test('waits for response.create where the session does not answer by itself', async () => {
    const mock = new Harness();
    await mock.run(async () => {
      mock.send({
        type: 'session.update',
        session: { turn_detection: { type: 'server_vad', create_response: false } },
      });
      await mock.speak(said);
      await mock.until('conversation.item.created');
      await mock.speak(silence(3000));
      expect(mock.types).not.toContain('response.created');
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
    });
  });
});

describe('a spoken turn on the native pipeline', () => {
  test('answers by ear and gives the user transcript after the first audio', async () => {
    const mock = new Harness({ pipeline: 'native' }, { transcript: (turn) => ['Hello?'][turn] });
    await mock.run(async () => {
      const transcription = { model: 'whisper-1' };
      mock.send({ type: 'session.update', session: { input_audio_transcription: transcription } });
      await mock.speak(said);
      await mock.until('response.done');
    });
    const streams = ['response.audio_transcript.delta', 'response.audio.delta'];
    const transcript = 'conversation.item.input_audio_transcription.';
    const types = mock.types.filter((type) => !streams.includes(type) && !type.startsWith(transcript));
    expect(types).toEqual([
      'session.created',
      'session.updated',
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.created',
      'conversation.item.done',
      'response.created',
      'response.output_item.added',
      'conversation.item.created',
      'response.content_part.added',
      'response.audio.done',
      'response.audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
    ]);
    expect(mock.atMs(`${transcript}delta`)).toBeGreaterThanOrEqual(mock.atMs(streams[0] as string));
    expect(mock.atMs(`${transcript}completed`)).toBeGreaterThan(mock.atMs(streams[1] as string));
    expect(mock.only(`${transcript}completed`).transcript).toBe('Hello?');
    const [user, agent] = mock.of('conversation.item.created');
    expect(user).toMatchObject({ previous_item_id: null, item: { content: [{ transcript: null }] } });
    expect(agent.item).toMatchObject({ id: expect.stringMatching(/^item_/), status: 'in_progress' });
    expect(mock.only('response.done').response).toMatchObject({
      conversation_id: expect.stringMatching(/^conv_/),
      max_output_tokens: 'inf',
      temperature: null,
    });
  });

  test('has no user transcript unless the session asks for one', async () => {
    const mock = new Harness(
      { pipeline: 'native', profile: 'fast' },
      { transcript: (turn) => ['Hello?'][turn] },
    );
    await mock.run(async () => {
      await mock.speak(said);
      await mock.until('response.done');
      await mock.speak(silence(1000));
    });
    expect(mock.types.filter((type) => type.includes('transcription'))).toEqual([]);
  });

  test('waits for 200 ms of silence until the first update, which makes that 500', async () => {
    for (const [update, silenceMs] of [
      [undefined, 200],
      [{ type: 'server_vad' }, 500],
    ] as const) {
      const mock = new Harness({ pipeline: 'native', profile: 'fast' });
      await mock.run(async () => {
        if (update) mock.send({ type: 'session.update', session: { turn_detection: update } });
        await mock.speak(said);
        await mock.until('input_audio_buffer.speech_stopped');
      });
      const { audio_end_ms: endMs } = mock.only('input_audio_buffer.speech_stopped');
      expect(Math.abs(endMs - 1500 - silenceMs)).toBeLessThanOrEqual(10);
    }
  });
});
