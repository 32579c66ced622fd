import { describe, expect, test } from 'vitest';
import { decodeSamples } from '../../../src/audio/sample-format.ts';
import { base64, type Frame, Harness, joined, quantised, silence, speech } from '../harness.ts';

function retrieved(mock: Harness, itemId: string): Frame {
  mock.send({ type: 'conversation.item.retrieve', item_id: itemId });
  return mock.events.at(-1).item;
}

describe('text that is typed piece by piece', () => {
  function typing(content: readonly object[] = [{ type: 'input_text', text: '' }]): Harness {
    const mock = new Harness({ profile: 'fast' });
    mock.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', id: 'typed', content },
    });
    return mock;
  }

  test('grows in the item that was made for it, without a word of the service', () => {
    const mock = typing();
    for (const delta of ['When ', 'does it', ' open?'])
      mock.send({ type: 'input_text.delta', id: 'typed', delta });
    mock.send({ type: 'input_text.done', id: 'typed' });
    expect(mock.types).toEqual(['session.created', 'conversation.item.created']);
    expect(retrieved(mock, 'typed').content).toEqual([{ type: 'input_text', text: 'When does it open?' }]);
  });

  test('follows what was there, in the part that is named', () => {
    const mock = typing([
      { type: 'input_text', text: 'First. ' },
      { type: 'input_text', text: 'Second' },
    ]);
    mock.send({ type: 'input_text.delta', id: 'typed', content_index: 1, delta: ' part.' });
    mock.send({ type: 'input_text.done', id: 'typed', content_index: 1 });
    expect(retrieved(mock, 'typed').content.map(({ text }: Frame) => text)).toEqual([
      'First. ',
      'Second part.',
    ]);
  });

  test('is read by the next response', async () => {
    const mock = typing();
    mock.send({ type: 'input_text.delta', id: 'typed', delta: 'x'.repeat(400) });
    await mock.run(async () => {
      mock.send({ type: 'response.create', response: { instructions: '' } });
      await mock.until('response.done');
    });
    expect(mock.only('response.done').response.usage.input_tokens).toBe(100);
  });

  test.each([
    ['an item that is not there', { id: 'other', delta: 'x' }, 'id'],
    ['no item', { delta: 'x' }, 'id'],
    ['a part that is not there', { id: 'typed', delta: 'x', content_index: 1 }, 'content_index'],
    ['a part before the first', { id: 'typed', delta: 'x', content_index: -1 }, 'content_index'],
    ['no text', { id: 'typed' }, 'delta'],
  ])('is refused for %s', (_what, fields, param) => {
    const mock = typing();
    mock.send({ type: 'input_text.delta', event_id: 'mine', ...fields });
    expect(mock.only('error').error).toMatchObject({ param, event_id: 'mine' });
    expect(retrieved(mock, 'typed').content).toEqual([{ type: 'input_text', text: '' }]);
  });

  test('does not end in an item that is not there, nor in one that holds no text', () => {
    const mock = typing([{ type: 'input_audio', audio: 'AAAA' }]);
    for (const id of ['other', 'typed']) mock.send({ type: 'input_text.done', id });
    expect(mock.of('error').map(({ error }) => error.param)).toEqual(['id', 'content_index']);
  });
});

describe('a turn that is retrieved', () => {
  async function spoken(session: object = {}, turns = [{ startMs: 500, endMs: 1500 }]) {
    const mock = new Harness({ profile: 'fast', turns }, { transcript: (turn) => ['One?', 'Two?'][turn] });
    const said = joined(silence(500), speech(1000), silence(1500), speech(500, 24_000, 0.2), silence(2500));
    await mock.run(async () => {
      const turn_detection = { type: 'server_vad', prefix_padding_ms: 100, silence_duration_ms: 400 };
      mock.send({ type: 'session.update', session: { turn_detection, ...session } });
      await mock.speak(said);
    });
    return { mock, said };
  }

  function audioOf(item: Frame): Float32Array {
    const bytes = Buffer.from(item.content[0].audio, 'base64');
    const samples = new Float32Array(bytes.length / 2);
    decodeSamples('pcm16', bytes, samples);
    return samples;
  }

  test('has its audio, from the padding before it to the silence behind it', async () => {
    const { mock, said } = await spoken();
    const { item_id: itemId } = mock.only('input_audio_buffer.committed');
    const item = retrieved(mock, itemId);
    expect(item).toMatchObject({
      id: itemId,
      role: 'user',
      content: [{ type: 'input_audio', transcript: 'One?' }],
    });
    expect(audioOf(item)).toEqual(quantised(said.subarray(400 * 24, 1900 * 24)));
  });

  test('has none of it in any other event', async () => {
    const { mock } = await spoken();
    for (const { item } of mock.of('conversation.item.created')) {
      for (const part of item.content) expect(part).not.toHaveProperty('audio');
    }
  });

  test('has it as long as it is the last one', async () => {
    const { mock, said } = await spoken({}, [
      { startMs: 500, endMs: 1500 },
      { startMs: 3000, endMs: 3500 },
    ]);
    const [first, second] = mock.of('input_audio_buffer.committed').map(({ item_id: id }) => id);
    expect(retrieved(mock, first).content).toEqual([{ type: 'input_audio', transcript: 'One?' }]);
    expect(audioOf(retrieved(mock, second))).toEqual(quantised(said.subarray(2900 * 24, 3900 * 24)));
  });

  test('in G.711 is the bytes that were sent', async () => {
    const mock = new Harness({ profile: 'fast', turns: [{ startMs: 20, endMs: 100 }] });
    const bytes = Buffer.from(Array.from({ length: 8000 }, (_, i) => (i * 7) % 127));
    await mock.run(async () => {
      const turn_detection = { type: 'server_vad', prefix_padding_ms: 20, silence_duration_ms: 100 };
      mock.send({ type: 'session.update', session: { input_audio_format: 'g711_ulaw', turn_detection } });
      mock.send({ type: 'input_audio_buffer.append', audio: bytes.toString('base64') });
      await mock.clock.sleep(2000);
    });
    const { audio } = retrieved(mock, mock.only('input_audio_buffer.committed').item_id).content[0];
    expect(Buffer.from(audio, 'base64')).toEqual(bytes.subarray(0, 200 * 8));
  });

  test('after something was typed has none any more', async () => {
    const { mock } = await spoken();
    const content = [{ type: 'input_text', text: 'And now?' }];
    mock.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', id: 'typed', content },
    });
    expect(retrieved(mock, mock.only('input_audio_buffer.committed').item_id).content[0]).not.toHaveProperty(
      'audio',
    );
    expect(retrieved(mock, 'typed').content).toEqual(content);
  });

  test('that the client committed has all of the buffer', async () => {
    const mock = new Harness({ profile: 'fast' });
    const said = speech(300);
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { turn_detection: null } });
      mock.send({ type: 'input_audio_buffer.append', audio: base64(said) });
      mock.send({ type: 'input_audio_buffer.commit' });
      await mock.clock.sleep(1000);
    });
    expect(audioOf(retrieved(mock, mock.only('input_audio_buffer.committed').item_id))).toEqual(
      quantised(said),
    );
  });
});

test('words that stream in are what an echo says', async () => {
  const mock = new Harness({ profile: 'fast', answers: [{ text: '', speech: 'echo' }] });
  await mock.run(async () => {
    const content = [{ type: 'input_text', text: '' }];
    const item = { type: 'message', role: 'user', id: 'typed', content };
    mock.send({ type: 'conversation.item.create', item });
    for (const delta of ['Is it', ' open?']) mock.send({ type: 'input_text.delta', id: 'typed', delta });
    mock.send({ type: 'input_text.done', id: 'typed' });
    mock.send({ type: 'response.create' });
    await mock.until('response.done');
  });
  expect(mock.only('response.text.done').text).toBe('Is it open?');
});
