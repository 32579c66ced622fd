import { describe, expect, test } from 'vitest';
import { parseFault } from '../../../src/mock/faults/faults.ts';
import type { MockFrame } from '../../../src/mock/frame-outbox.ts';
import { OpenAiDialect } from '../../../src/mock/openai/openai-dialect.ts';
import { SessionLog } from '../../../src/mock/server/session-log.ts';
import { Harness, silence, speech } from '../harness.ts';

const admitted = {
  isAdmitted: true,
  dialect: 'voice-live',
  model: 'gpt-4o',
  agent: undefined,
  apiVersion: '2026-07-15',
} as const;

function log(keptFrames = 100): SessionLog {
  return new SessionLog('session-1', admitted, 5, keptFrames);
}

function frame(direction: MockFrame['direction'], content: object | string, atMs = 0): MockFrame {
  return { atMs, direction, content, bytes: JSON.stringify(content).length };
}

describe('the log of a session', () => {
  test('says whose it is', () => {
    const session = log();
    expect(session).toMatchObject({
      name: 'session-1',
      dialect: 'voice-live',
      model: 'gpt-4o',
      apiVersion: '2026-07-15',
      openedAtMs: 5,
    });
    expect(session.closed).toBeUndefined();
    session.close(1001, 70);
    expect(session.closed).toEqual({ code: 1001, atMs: 70 });
  });

  test('counts what passes, each way', () => {
    const session = log();
    const append = frame('received', { type: 'input_audio_buffer.append', audio: 'AAAA' });
    const delta = frame('sent', { type: 'response.audio.delta', delta: 'AAAAAAAA' });
    for (const each of [
      append,
      append,
      frame('received', { type: 'response.create' }),
      delta,
      frame('sent', 'half'),
    ]) {
      session.add(each);
    }
    expect(session.counters).toMatchObject({
      framesReceived: 3,
      audioFramesReceived: 2,
      bytesReceived: 2 * append.bytes + 26,
      framesSent: 2,
      audioFramesSent: 1,
      bytesSent: delta.bytes + 6,
    });
  });

  test('counts turns, responses, those that were cancelled, and errors', () => {
    const session = log();
    const done = (status: string) => ({ type: 'response.done', response: { status } });
    const sent = [
      { type: 'input_audio_buffer.committed' },
      { type: 'response.created' },
      done('cancelled'),
      { type: 'response.created' },
      done('completed'),
      done('failed'),
      { type: 'error' },
    ];
    for (const content of sent) session.add(frame('sent', content));
    // What the client sends is no doing of the session's.
    session.add(frame('received', { type: 'error' }));
    expect(session.counters).toMatchObject({ turns: 1, responses: 2, cancelled: 1, errors: 1 });
  });

  test.each([
    ['received', { type: 'input_audio_buffer.append', audio: 'A'.repeat(640) }, 'audio'],
    ['sent', { type: 'response.audio.delta', item_id: 'a', delta: 'A'.repeat(640) }, 'delta'],
    ['sent', { type: 'response.output_audio.delta', item_id: 'a', delta: 'A'.repeat(640) }, 'delta'],
  ] as const)('keeps of audio that is %s its length', (direction, content, field) => {
    const session = log();
    session.add(frame(direction, content, 3));
    expect(session.frames).toEqual([
      { ...frame(direction, content, 3), content: { ...content, [field]: '(640 characters of base64)' } },
    ]);
  });

  test('keeps everything else as it was', () => {
    const session = log();
    const frames = [
      frame('sent', { type: 'response.audio_transcript.delta', delta: 'Yes' }),
      frame('received', { type: 'input_audio_buffer.append', audio: 5 }),
      frame('received', 'no JSON'),
      frame('received', {}),
    ];
    for (const each of frames) session.add(each);
    expect(session.frames).toEqual(frames);
    expect(session.counters.audioFramesReceived).toBe(0);
  });

  test.each([0, 1, 10])('keeps the latest %i frames, and knows how many there were', (kept) => {
    const session = log(kept);
    for (let i = 0; i < 57; i++) {
      session.add(frame('sent', { n: i }, i));
      expect(session.frames.length + session.forgottenFrames).toBe(i + 1);
      expect(session.frames.map(({ atMs }) => atMs)).toEqual(
        Array.from({ length: Math.min(kept, i + 1) }, (_, k) => i + 1 - Math.min(kept, i + 1) + k),
      );
    }
    expect(session.counters.framesSent).toBe(57);
  });

  test('gives counters that do not change in the hands of who has them', () => {
    const session = log();
    const before = session.counters;
    session.add(frame('sent', {}));
    expect(before.framesSent).toBe(0);
  });
});

describe('the frames of a session', () => {
  async function logged(options = {}, fields = {}) {
    const session = log(5000);
    const sent: string[] = [];
    const mock = new Harness(
      { profile: 'fast', ...fields },
      { frame: (each) => session.add(each), transcript: () => 'Öffnet es um 10 – ja?', ...options },
    );
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { instructions: 'Grüße!' } });
      await mock.speak(speech(600));
      await mock.speak(silence(2500));
      mock.session.receive('no JSON: é');
    });
    return { mock, session, sent };
  }

  test('are all that was received and sent, at their times, with their bytes', async () => {
    const { mock, session } = await logged();
    const sent = session.frames.filter(({ direction }) => direction === 'sent');
    expect(sent.map(({ atMs, content }) => [atMs, (content as { event_id: string }).event_id])).toEqual(
      mock.received.map(({ atMs, event }) => [atMs, event.event_id]),
    );
    const bytes = mock.events.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
    expect(session.counters.bytesSent).toBe(bytes);
    const last = session.frames.findLast(({ direction }) => direction === 'received');
    expect(last).toMatchObject({ content: 'no JSON: é', bytes: Buffer.byteLength('no JSON: é') });
    expect(session.counters).toMatchObject({
      turns: 1,
      responses: 1,
      cancelled: 0,
      errors: 1,
      audioFramesReceived: 155,
    });
    expect(session.counters.audioFramesSent).toBe(mock.of('response.audio.delta').length);
  });

  test('show what a fault has made of an event', async () => {
    const { session } = await logged({}, { faults: [parseFault('drop@response.created')] });
    expect(session.counters.responses).toBe(0);
    expect(session.frames.map(({ content }) => (content as { type?: string }).type)).not.toContain(
      'response.created',
    );
  });

  test('are those of the wire in the other dialect', async () => {
    const { session } = await logged({ dialect: new OpenAiDialect() });
    const types = session.frames.map(({ content }) => (content as { type?: string }).type);
    expect(types).toContain('response.output_audio.delta');
    expect(types).not.toContain('response.audio.delta');
    expect(session.counters.audioFramesSent).toBeGreaterThan(10);
    expect(session.counters).toMatchObject({ turns: 1, responses: 1 });
  });
});
