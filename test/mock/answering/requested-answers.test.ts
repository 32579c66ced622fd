import { describe, expect, test } from 'vitest';
import { Harness, joined, shape, silence, speech } from '../harness.ts';

const said = joined(silence(500), speech(1000));

describe('a turn that the client ends', () => {
  test.each(['cascaded', 'native'] as const)(
    'is committed, and answered on request (%s)',
    async (pipeline) => {
      const mock = new Harness({ pipeline, profile: 'fast' });
      await mock.run(async () => {
        mock.send({ type: 'session.update', session: { turn_detection: null } });
        await mock.speak(said);
        await mock.speak(silence(1000));
        mock.send({ type: 'input_audio_buffer.commit' });
        mock.send({ type: 'response.create' });
        await mock.until('response.done');
      });
      const types = mock.types.filter((type) => !type.includes('transcription'));
      expect(types.slice(2, pipeline === 'native' ? 6 : 5)).toEqual([
        'input_audio_buffer.committed',
        'conversation.item.created',
        ...(pipeline === 'native' ? ['conversation.item.done'] : []),
        'response.created',
      ]);
      expect(mock.types).not.toContain('input_audio_buffer.speech_started');
    },
  );

  test('stays silent without commit and response.create', async () => {
    const mock = new Harness({ profile: 'fast' });
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { turn_detection: null } });
      await mock.speak(said);
      await mock.speak(silence(5000));
    });
    expect(mock.types).toEqual(['session.created', 'session.updated']);
  });

  test('is committed by response.create itself, unless that says not to', async () => {
    for (const commit of [undefined, false]) {
      const mock = new Harness({ profile: 'fast' });
      await mock.run(async () => {
        mock.send({ type: 'session.update', session: { turn_detection: null } });
        await mock.speak(said);
        mock.send({ type: 'response.create', response: { commit } });
        await mock.until('response.done');
      });
      expect(mock.types.includes('input_audio_buffer.committed')).toBe(commit === undefined);
    }
  });

  test('needs a tenth of a second of audio, and says how much there is', async () => {
    const mock = new Harness();
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { turn_detection: null } });
      await mock.speak(speech(80));
      mock.send({ type: 'input_audio_buffer.commit', event_id: 'mine' });
    });
    expect(mock.only('error').error).toMatchObject({
      code: 'input_audio_buffer_commit_empty',
      message: expect.stringContaining('80ms'),
      event_id: 'mine',
    });
  });

  test('is gone after a clear', async () => {
    const mock = new Harness();
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { turn_detection: null } });
      await mock.speak(said);
      mock.send({ type: 'input_audio_buffer.clear' });
      mock.send({ type: 'input_audio_buffer.commit' });
    });
    mock.only('input_audio_buffer.cleared');
    expect(mock.only('error').error.code).toBe('input_audio_buffer_commit_empty');
  });
});

describe('an answer in text', () => {
  test.each(['cascaded', 'native'] as const)('comes as response.text (%s)', async (pipeline) => {
    const mock = new Harness({ pipeline, profile: 'fast' });
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { modalities: ['text'] } });
      const content = [{ type: 'input_text', text: 'Say a short greeting.' }];
      mock.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
    });
    const types = mock.types.filter((type) => type !== 'session.updated');
    expect(shape(types)).toEqual([
      'session.created',
      'conversation.item.created',
      'response.created',
      'response.output_item.added',
      'conversation.item.created',
      'response.content_part.added',
      'response.text.delta',
      'response.text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
    ]);
    const text = 'It opens at ten, on Sundays too.';
    expect(mock.only('response.text.done').text).toBe(text);
    expect(mock.only('response.content_part.done').part).toEqual({ type: 'text', text: '' });
    expect(mock.only('response.done').response.output[0].content).toEqual([{ type: 'text', text }]);
    expect(mock.only('response.done').response.usage.output_token_details.audio_tokens).toBe(0);
  });

  test('can be asked for with one response only', async () => {
    const mock = new Harness({ profile: 'fast' });
    await mock.run(async () => {
      mock.send({ type: 'response.create', response: { modalities: ['text'], metadata: { a: 'b' } } });
      await mock.until('response.done');
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
    });
    expect(mock.of('response.text.done')).toHaveLength(1);
    expect(mock.of('response.audio.done')).toHaveLength(1);
    const [first, second] = mock.of('response.done').map(({ response }) => response);
    expect(first).toMatchObject({ modalities: ['text'], metadata: { a: 'b' } });
    expect(second).toMatchObject({ modalities: ['audio', 'text'], metadata: null });
  });
});

test('given words are spoken as they are and use up no answer', async () => {
  const mock = new Harness({ profile: 'fast' });
  const message = { type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Welcome!' }] };
  await mock.run(async () => {
    mock.send({ type: 'response.create', response: { pre_generated_assistant_message: message } });
    await mock.until('response.done');
    mock.send({ type: 'response.create' });
    await mock.until('response.done');
  });
  const texts = mock.of('response.audio_transcript.done').map(({ transcript }) => transcript);
  expect(texts).toEqual(['Welcome!', 'It opens at ten, on Sundays too.']);
});
