import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock.ts';
import { type FaultName, parseFault } from '../../../src/mock/faults/faults.ts';
import type { MockFrame } from '../../../src/mock/frame-outbox.ts';
import { MockSession } from '../../../src/mock/mock-session.ts';
import type { Scenario } from '../../../src/mock/scenario/scenario.ts';
import { Random } from '../../../src/random.ts';
import {
  answer,
  type Frame,
  Harness,
  joined,
  quantised,
  received,
  scenario,
  silence,
  speech,
} from '../harness.ts';
import { statuses, talk } from './session-on-mock.ts';

interface Sent {
  readonly atMs: number;
  readonly text: string;
}

/** Asks for a response and writes down every message for ten seconds. */
async function responseWith(faults: readonly string[], fields: Partial<Scenario> = {}) {
  const clock = new VirtualClock();
  const sent: Sent[] = [];
  const frames: MockFrame[] = [];
  const session = new MockSession({
    clock,
    random: new Random(1),
    scenario: scenario({ profile: 'fast', faults: faults.map(parseFault), ...fields }),
    send: (text) => sent.push({ atMs: clock.now(), text }),
    frame: (frame) => frames.push(frame),
  });
  await clock.run(async () => {
    session.start();
    session.receive('{"type":"response.create"}');
    await clock.sleep(10_000);
  });
  return { sent, frames, events: sent.flatMap(({ text }) => parsed(text)) };
}

function parsed(text: string): Frame[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}

const plain = await responseWith([]);
const deltasOf = (events: readonly Frame[]) => events.filter(({ type }) => type === 'response.audio.delta');
const typesOf = (events: readonly Frame[]) => events.map(({ type }) => type);
const bytesOf = (delta: Frame) => Buffer.from(delta.delta, 'base64');
const [, , thirdDelta] = deltasOf(plain.events);
const samplesOfAll = Buffer.concat(deltasOf(plain.events).map(bytesOf)).length / 2;

/** The messages that a fault adds to, and takes from, those of the same session without it. */
function difference({ sent }: { sent: readonly Sent[] }) {
  const before = plain.sent.map(({ text }) => text);
  const after = sent.map(({ text }) => text);
  return {
    added: after.filter((text) => !before.includes(text)),
    missing: before.filter((text) => !after.includes(text)),
  };
}

describe('malformed-json', () => {
  test('sends half of the event, and then the whole of it', async () => {
    const spoiled = await responseWith(['malformed-json']);
    const { added, missing } = difference(spoiled);
    const whole = JSON.stringify(thirdDelta);
    expect(added).toEqual([whole.slice(0, whole.length >> 1)]);
    expect(missing).toEqual([]);
    const at = spoiled.sent.findIndex(({ text }) => text === added[0]);
    expect(spoiled.sent[at + 1]?.text).toBe(whole);
    expect(() => JSON.parse(added[0] as string)).toThrow(SyntaxError);
  });

  test('shows in the record of the session as the text that it is', async () => {
    const whole = JSON.stringify(thirdDelta);
    const half = whole.slice(0, whole.length >> 1);
    const { frames } = await responseWith(['malformed-json']);
    const texts = frames.filter(({ content }) => typeof content === 'string');
    expect(texts.map(({ content, bytes }) => [content, bytes])).toEqual([[half, half.length]]);
  });
});

describe('missing-field', () => {
  test('leaves the last field out', async () => {
    const { added, missing } = difference(await responseWith(['missing-field']));
    const { delta: _, ...rest } = thirdDelta;
    expect(added.map((text) => JSON.parse(text))).toEqual([rest]);
    expect(missing).toEqual([JSON.stringify(thirdDelta)]);
  });
});

describe('unknown-event', () => {
  test('sends an event between those of the session', async () => {
    const { events } = await responseWith(['unknown-event']);
    const types = typesOf(events);
    expect(types[types.indexOf('response.created') + 1]).toBe('response.unheard_of.delta');
    expect(types.filter((type) => type !== 'response.unheard_of.delta')).toEqual(typesOf(plain.events));
    expect(events.find(({ type }) => type === 'response.unheard_of.delta').event_id).toMatch(/^event_/);
  });
});

describe('unknown-field', () => {
  test('adds a field and changes none', async () => {
    const { added, missing } = difference(await responseWith(['unknown-field']));
    const { unheard_of: unknown, ...rest } = JSON.parse(added[0] as string);
    expect(unknown).toEqual({ deeper: [1, null] });
    expect(missing).toEqual([JSON.stringify(rest)]);
    expect(rest.type).toBe('response.created');
  });
});

describe('bad-base64', () => {
  test('puts a character into the audio that base64 has not', async () => {
    const { added } = difference(await responseWith(['bad-base64']));
    const { delta, ...rest } = JSON.parse(added[0] as string);
    expect(delta).toBe(`!${thirdDelta.delta.slice(1)}`);
    expect({ ...rest, delta: thirdDelta.delta }).toEqual(thirdDelta);
  });
});

describe('odd-bytes', () => {
  test('takes the last byte of the audio', async () => {
    const { added } = difference(await responseWith(['odd-bytes']));
    const bytes = bytesOf(JSON.parse(added[0] as string));
    expect(bytes).toEqual(bytesOf(thirdDelta).subarray(0, -1));
    expect(bytes.length % 2).toBe(1);
  });
});

describe('huge-frame', () => {
  test('sends a message of more than two megabytes, or of so many bytes', async () => {
    const [standard] = difference(await responseWith(['huge-frame'])).added;
    expect(standard?.length).toBeGreaterThan(2 * 1024 * 1024);
    expect(JSON.parse(standard as string)).toMatchObject({
      type: 'warning',
      warning: { code: 'huge_frame' },
    });
    const given = await responseWith(['huge-frame=5000@response.done']);
    const warning = given.events.at(-1);
    expect(warning).toMatchObject({ type: 'warning', warning: { message: 'x'.repeat(5000) } });
  });
});

describe('tiny-frames', () => {
  test('cuts the audio into samples until so many frames were sent, and loses none', async () => {
    const { events } = await responseWith(['tiny-frames=3000']);
    const deltas = deltasOf(events);
    const tiny = deltas.filter((delta) => bytesOf(delta).length === 2);
    expect(tiny).toHaveLength(3000);
    expect(deltas.slice(0, 3000)).toEqual(tiny);
    expect(Buffer.concat(deltas.map(bytesOf))).toEqual(Buffer.concat(deltasOf(plain.events).map(bytesOf)));
    const ids = events.map(({ event_id: id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('are ten thousand if nobody says how many', async () => {
    const { events } = await responseWith(['tiny-frames']);
    expect(deltasOf(events).filter((delta) => bytesOf(delta).length === 2)).toHaveLength(10_000);
  });

  test('can begin before the audio does, and with what other faults leave of it', async () => {
    const { events } = await responseWith(['tiny-frames=10@response.created', 'drop@response.audio.delta#1']);
    const bytes = deltasOf(events).map((delta) => bytesOf(delta).length);
    expect(bytes.slice(0, 11).filter((length) => length === 2)).toHaveLength(10);
    const [first] = deltasOf(plain.events);
    expect(bytes.reduce((sum, each) => sum + each)).toBe(samplesOfAll * 2 - bytesOf(first).length);
  });
});

describe('drop', () => {
  test('leaves out response.done, or any other event', async () => {
    expect(typesOf((await responseWith(['drop'])).events)).toEqual(typesOf(plain.events).slice(0, -1));
    const { added, missing } = difference(await responseWith(['drop@response.audio.delta#3']));
    expect([added, missing]).toEqual([[], [JSON.stringify(thirdDelta)]]);
  });
});

describe('duplicate', () => {
  test('sends the same twice, and every time where it is told so', async () => {
    const { events } = await responseWith(['duplicate']);
    expect(events.at(-1)).toEqual(events.at(-2));
    expect(events.slice(0, -1)).toEqual(plain.events);
    const every = await responseWith(['duplicate@response.audio.delta#every']);
    expect(deltasOf(every.events)).toEqual(deltasOf(plain.events).flatMap((delta) => [delta, delta]));
  });
});

describe('out-of-order', () => {
  test('sends the event behind the one that follows it', async () => {
    const { events } = await responseWith(['out-of-order']);
    const at = plain.events.indexOf(thirdDelta);
    const swapped = [...plain.events];
    [swapped[at], swapped[at + 1]] = [swapped[at + 1], swapped[at]];
    expect(events).toEqual(swapped);
  });

  test('of every event swaps them in pairs and loses none', async () => {
    const { events } = await responseWith(['out-of-order@response.audio.delta#every']);
    expect(events).not.toEqual(plain.events);
    expect(events.map(({ event_id: id }) => id).sort()).toEqual(
      plain.events.map(({ event_id: id }) => id).sort(),
    );
    for (const [i, { event_id: id }] of events.entries()) {
      expect(Math.abs(plain.events.findIndex((event) => event.event_id === id) - i)).toBeLessThanOrEqual(1);
    }
  });
});

describe('late-delta', () => {
  test('sends the last audio of the answer again when it is over', async () => {
    const { events } = await responseWith(['late-delta']);
    expect(events.slice(0, -1)).toEqual(plain.events);
    expect(events.at(-1)).toEqual(deltasOf(plain.events).at(-1));
  });

  test('has nothing to send before the first audio', async () => {
    expect((await responseWith(['late-delta@session.created'])).events).toEqual(plain.events);
  });
});

describe('error', () => {
  test('is sent besides, and everything goes on', async () => {
    const { events } = await responseWith(['error=content_filter@response.audio.delta#2+30']);
    const error = events.find(({ type }) => type === 'error');
    expect(error.error).toMatchObject({ type: 'server_error', code: 'content_filter', event_id: null });
    expect(typesOf(events.filter((event) => event !== error))).toEqual(typesOf(plain.events));
  });

  test('is a rate limit if nobody says which', async () => {
    const { events } = await responseWith(['error']);
    expect(events.find(({ type }) => type === 'error').error).toMatchObject({
      type: 'rate_limit_error',
      code: 'rate_limit_exceeded',
    });
  });
});

describe('fail and incomplete', () => {
  test('fail ends a response that has said nothing', async () => {
    const { events } = await responseWith(['fail']);
    expect(typesOf(events)).toEqual(['session.created', 'response.created', 'response.done']);
    expect(events.at(-1).response).toMatchObject({
      status: 'failed',
      status_details: { type: 'failed', error: { type: 'rate_limit_error', code: 'rate_limit_exceeded' } },
      output: [],
      usage: null,
    });
  });

  test('fail in mid-answer closes what was open first', async () => {
    const { events } = await responseWith(['fail=server_error@response.audio.delta#2']);
    expect(typesOf(events).slice(-5)).toEqual([
      'response.audio.done',
      'response.audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
    ]);
    expect(events.at(-1).response).toMatchObject({ status: 'failed', output: [{ status: 'incomplete' }] });
  });

  test('incomplete cuts the answer off, for the reason given', async () => {
    const { events } = await responseWith(['incomplete']);
    expect(deltasOf(events).length).toBeLessThan(deltasOf(plain.events).length);
    expect(events.at(-1).response).toMatchObject({
      status: 'incomplete',
      status_details: { type: 'incomplete', reason: 'content_filter' },
      output: [{ status: 'incomplete' }],
    });
    const limited = await responseWith(['incomplete=max_output_tokens@response.created']);
    expect(limited.events.at(-1).response.status_details.reason).toBe('max_output_tokens');
  });

  test('do nothing where no response runs', async () => {
    expect((await responseWith(['fail@response.done', 'incomplete@response.done'])).events).toEqual(
      plain.events,
    );
  });
});

describe('stall', () => {
  test('holds back everything, and then sends it at once and in order', async () => {
    const { sent } = await responseWith(['stall=1000']);
    expect(sent.map(({ text }) => text)).toEqual(plain.sent.map(({ text }) => text));
    const at = plain.sent.findIndex(({ text }) => text === JSON.stringify(thirdDelta));
    const beginsMs = plain.sent[at]?.atMs ?? Number.NaN;
    expect(sent.slice(0, at + 1)).toEqual(plain.sent.slice(0, at + 1));
    for (const [i, { atMs }] of sent.entries()) {
      if (i > at) expect(atMs).toBe(Math.max(beginsMs + 1000, plain.sent[i]?.atMs ?? Number.NaN));
    }
  });

  test('lasts three seconds if nobody says how long', async () => {
    const { sent } = await responseWith(['stall']);
    const times = sent.map(({ atMs }) => atMs);
    expect(Math.max(...times.slice(1).map((atMs, i) => atMs - (times[i] as number)))).toBe(3000);
  });

  test('of two ends with the later one', async () => {
    const { sent } = await responseWith([
      'stall=4000@response.created',
      'stall=500@response.output_item.added',
    ]);
    const createdMs = sent.find(({ text }) => text.includes('"response.created"'))?.atMs ?? Number.NaN;
    expect(sent.at(-1)?.atMs).toBe(createdMs + 4000);
  });
});

describe('transcription-failed', () => {
  async function spoken(pipeline: 'cascaded' | 'native', faults = ['transcription-failed']) {
    const mock = new Harness(
      { pipeline, profile: 'fast', faults: faults.map(parseFault) },
      { transcript: () => 'Hello?' },
    );
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { input_audio_transcription: { model: 'whisper-1' } } });
      for (let turn = 0; turn < 2; turn++) {
        await mock.speak(joined(silence(300), speech(700)));
        await mock.until('response.done');
        await mock.speak(silence(500));
      }
    });
    return mock;
  }

  test.each(['cascaded', 'native'] as const)(
    'is told in place of the words, once, and the turn is answered (%s)',
    async (pipeline) => {
      const mock = await spoken(pipeline);
      const failed = mock.only('conversation.item.input_audio_transcription.failed');
      const [first, second] = mock.of('input_audio_buffer.committed');
      expect(failed).toMatchObject({
        item_id: first.item_id,
        content_index: 0,
        error: { code: 'transcription_failed' },
      });
      expect(mock.only('conversation.item.input_audio_transcription.completed')).toMatchObject({
        item_id: second.item_id,
        transcript: 'Hello?',
      });
      expect(mock.of('conversation.item.created')[0].item.content[0].transcript).toBe(null);
      expect(mock.of('response.done')).toHaveLength(2);
    },
  );

  test('can strike a later turn, with another code', async () => {
    const mock = await spoken('cascaded', [
      'transcription-failed=audio_unintelligible@input_audio_buffer.committed#2',
    ]);
    const failed = mock.only('conversation.item.input_audio_transcription.failed');
    expect(failed.item_id).toBe(mock.of('input_audio_buffer.committed')[1].item_id);
    expect(failed.error.code).toBe('audio_unintelligible');
  });
});

describe('reject', () => {
  test('refuses a session.update, which changes nothing, and takes the next one', async () => {
    const mock = new Harness({ profile: 'fast', faults: [parseFault('reject')] });
    await mock.run(async () => {
      mock.send({ type: 'session.update', event_id: 'mine', session: { instructions: 'First.' } });
      await mock.clock.sleep(1000);
      expect(mock.types).toEqual(['session.created', 'error']);
      mock.send({ type: 'session.update', session: { modalities: ['text'] } });
      await mock.until('session.updated');
    });
    expect(mock.only('error').error).toMatchObject({ code: 'invalid_value', event_id: 'mine' });
    const { session } = mock.only('session.updated');
    expect(session.modalities).toEqual(['text']);
    expect(session.instructions).not.toBe('First.');
  });

  test('can refuse any event, with any code, every time', async () => {
    const mock = new Harness({
      profile: 'fast',
      faults: [parseFault('reject=rate_limit_exceeded@response.create#every')],
    });
    mock.send({ type: 'response.create' });
    mock.send({ type: 'response.create' });
    expect(mock.of('error').map(({ error }) => error.code)).toEqual([
      'rate_limit_exceeded',
      'rate_limit_exceeded',
    ]);
    expect(mock.types).not.toContain('response.created');
  });
});

describe('the connections that a fault strikes', () => {
  test.each([
    [0, true],
    [1, true],
    [2, false],
  ])('are the first ones: of two, number %i is struck: %s', (connection, isStruck) => {
    const mock = new Harness({ faults: [parseFault('error@session.created/2')] }, { connection });
    expect(mock.types.includes('error')).toBe(isStruck);
  });
});

describe('the client of this library', () => {
  const harmless: readonly (readonly [fault: string, malformed: number])[] = [
    ['malformed-json', 1],
    ['missing-field', 1],
    ['missing-field@response.output_item.done', 1],
    ['unknown-event', 0],
    ['unknown-field', 0],
    ['bad-base64', 1],
    ['odd-bytes', 0],
    ['huge-frame', 0],
    ['tiny-frames', 0],
    ['duplicate', 0],
    ['out-of-order', 0],
    ['late-delta', 0],
    ['error', 0],
    ['fail', 0],
    ['incomplete', 0],
    ['stall=4000', 0],
    ['drop@response.audio.done', 0],
    ['drop@response.output_item.added', 0],
  ];
  test.each(harmless)('survives %s, and the next line is answered in full', async (written, malformed) => {
    const survived = await talk({ faults: [parseFault(written)] }, ['One?', 'Two?']);
    expect(survived.counters.malformed).toBe(malformed);
    expect(statuses(survived).at(-1)).toBe('completed');
    expect(survived.audio.at(-1)).toEqual(quantised(speech(800)));
    expect(survived.closed?.error).toBeUndefined();
  });

  test('survives them all at once, at every event', async () => {
    const everywhere = [
      'malformed-json@response.audio.delta#every',
      'unknown-field@response.created#every',
      'unknown-event@response.audio.delta#every',
      'duplicate@response.audio_transcript.delta#every',
      'out-of-order@response.audio_transcript.delta#every',
      'error@response.audio.delta#every',
    ];
    const survived = await talk({ faults: everywhere.map(parseFault) }, ['One?', 'Two?']);
    expect(statuses(survived)).toEqual(['completed', 'completed']);
    expect(survived.audio).toEqual([quantised(speech(2000)), quantised(speech(800))]);
    expect(survived.counters.malformed).toBeGreaterThan(10);
    expect(survived.counters.unknownEvents).toEqual({
      'response.unheard_of.delta': survived.counters.malformed,
    });
    // However often: once for each kind of what cannot be read.
    expect(survived.notices.filter(({ code }) => code === 'malformed-message')).toHaveLength(1);
  });

  test('hears everything else of an answer of which one piece is spoiled', async () => {
    const whole = quantised(speech(2000));
    for (const name of ['missing-field', 'bad-base64', 'drop'] satisfies FaultName[]) {
      const fault = parseFault(`${name}@response.audio.delta#3`);
      const [heard = new Float32Array(0)] = (await talk({ faults: [fault] }, ['One?'])).audio;
      const lost = whole.length - heard.length;
      expect(lost).toBeGreaterThan(0);
      const from = heard.findIndex((sample, i) => sample !== whole[i]);
      expect(heard.subarray(from)).toEqual(whole.subarray(from + lost));
    }
  });

  test('says what the service refused', async () => {
    await expect(talk({ faults: [parseFault('reject')] }, [])).rejects.toMatchObject({
      code: 'session-refused',
    });
    const told = await talk({ faults: [parseFault('error=content_filter')] }, ['One?']);
    expect(told.notices).toEqual([expect.objectContaining({ level: 'error', code: 'content_filter' })]);
  });
});

test('a fault of the answer leaves what the user hears elsewhere alone', async () => {
  const mock = new Harness({
    profile: 'fast',
    faults: [parseFault('duplicate@response.audio.delta#1')],
    answers: [answer('A.', 500)],
  });
  await mock.run(async () => {
    mock.send({ type: 'response.create' });
    await mock.until('response.done');
  });
  const first = mock.of('response.audio.delta')[0];
  expect(received(mock).length).toBe(12_000 + bytesOf(first).length / 2);
});
