import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { faultNames, needsSocket, parseFault } from '../../src/mock/faults/faults.ts';
import type { MockFrame } from '../../src/mock/frame-outbox.ts';
import { MockSession } from '../../src/mock/mock-session.ts';
import type { Scenario } from '../../src/mock/scenario/scenario.ts';
import { networkModels } from '../../src/protocol/network-link.ts';
import { Random } from '../../src/random.ts';
import { memoryTransport } from '../../src/stages/memory-transport.ts';
import { answer, base64, type Frame, scenario, speech } from './harness.ts';

/** Everything that happens to events; what ends the connection comes last. */
const faults = [
  'stall=700@response.audio.delta#4',
  'malformed-json@response.audio.delta#6',
  'missing-field@response.audio_transcript.delta#5',
  'unknown-event@response.created#2',
  'unknown-field@response.created#2',
  'bad-base64@response.audio.delta#9',
  'odd-bytes@response.audio.delta#12',
  'huge-frame=20000@response.created#3',
  'tiny-frames=40@response.audio.delta#15',
  'drop@response.content_part.done#2',
  'duplicate@response.done#2',
  'out-of-order@response.audio.delta#20',
  'late-delta@response.done#3',
  'error=content_filter@response.created#4+30',
  'fail@response.content_part.added#7+150',
  'incomplete@response.audio.delta#60',
  'transcription-failed@input_audio_buffer.committed#3',
  'reject=invalid_value@conversation.item.truncate#1',
  'session-expired@input_audio_buffer.append#2900',
];

const played: Scenario = scenario({
  profile: 'spiky',
  network: 'mobile',
  oddSplits: true,
  greeting: answer('Welcome to the desk.', 900),
  turns: Array.from({ length: 12 }, (_, i) => ({
    startMs: 1000 + i * 4700,
    endMs: 1900 + i * 4700 + i * 37,
  })),
  answers: [
    { ...answer('It opens at ten, on Sundays too.', 2000), heard: 'When does it open?' },
    { text: '', speech: 'echo', heard: 'Say this back' },
    {
      ...answer('One moment.', 400),
      calls: [
        { name: 'find_loan', arguments: '{"title":"The Sea","branch":3}' },
        { name: 'renew_loan', arguments: '{}' },
      ],
      afterCalls: answer('It is renewed.', 700),
    },
    { text: 'You are welcome.', heard: 'Thank you and' },
    answer('This story is long and has no end.', 5000),
  ],
  events: [
    {
      moment: { at: 'response.created', occurrence: 'every', delayMs: 20 },
      send: [{ type: 'rate_limits.updated', response_id: '{response_id}', rate_limits: [] }],
    },
    {
      moment: { at: 'input_audio_buffer.committed', occurrence: 2, delayMs: 0 },
      send: [{ type: 'a', id: '{item_id}' }, { type: 'b' }],
    },
  ],
  faults: faults.map(parseFault),
});

interface Arrived {
  readonly atMs: number;
  readonly text: string;
}

interface Story {
  readonly frames: readonly MockFrame[];
  readonly arrived: readonly Arrived[];
}

/** A minute of talk over the network: spoken, typed, cancelled, cut, with the outputs of calls. */
async function story(seed: number): Promise<Story> {
  const clock = new VirtualClock();
  const random = new Random(seed);
  const network = memoryTransport({
    clock,
    model: networkModels[played.network],
    random: random.fork('network'),
  });
  const frames: MockFrame[] = [];
  const arrived: Arrived[] = [];
  let isOver = false;
  const send = (event: object) => client.send(JSON.stringify(event));
  const react = (event: Frame) => {
    if (event.type === 'response.function_call_arguments.done') {
      send({
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id: event.call_id, output: '42' },
      });
    }
    if (event.type === 'response.done' && event.response?.output?.[1]) send({ type: 'response.create' });
    if (event.type === 'response.audio.done') {
      send({
        type: 'conversation.item.truncate',
        item_id: event.item_id,
        content_index: 0,
        audio_end_ms: 100,
      });
    }
    if (event.type === 'conversation.item.created' && event.item?.role === 'user') {
      send({ type: 'conversation.item.retrieve', item_id: event.item.id });
    }
  };
  const client = network.client({
    onMessage: (text, atMs) => {
      arrived.push({ atMs, text });
      try {
        react(JSON.parse(text));
      } catch {
        // Half an event: see the faults.
      }
    },
    onClose: ({ code }) => {
      arrived.push({ atMs: clock.now(), text: String(code) });
      isOver = true;
    },
  });
  const server = network.server({ onMessage: (text) => mock.receive(text), onClose: () => mock.stop() });
  const mock = new MockSession({
    clock,
    random: random.fork('mock'),
    scenario: played,
    send: (text) => server.send(text),
    close: (code, reason) => void server.close(code, reason),
    frame: (frame) => frames.push(frame),
    transcript: (turn) => `Turn ${turn}`,
  });
  const typed = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'And by hand?' }] };
  const atFrame: Readonly<Record<number, () => void>> = {
    400: () => send({ type: 'conversation.item.create', item: typed }),
    410: () =>
      send({
        type: 'response.create',
        response: { conversation: 'none', output_audio_format: 'pcm16_8000hz' },
      }),
    900: () =>
      send({ type: 'response.create', response: { max_output_tokens: 12, append_input_items: [typed] } }),
    1500: () => send({ type: 'response.cancel' }),
    2000: () => send({ type: 'response.create', response: { modalities: ['text'], cancel_previous: false } }),
  };
  await clock.run(async () => {
    mock.start();
    send({
      type: 'session.update',
      session: {
        output_audio_timestamp_types: ['word'],
        turn_detection: {
          type: 'azure_semantic_vad',
          auto_truncate: true,
          end_of_utterance_detection: {
            model: 'semantic_detection_v1',
            threshold_level: 'medium',
            timeout_ms: 600,
          },
        },
      },
    });
    const voice = speech(20);
    for (let i = 0; i < 3200 && !isOver; i++) {
      await clock.sleep(20);
      atFrame[i]?.();
      send({ type: 'input_audio_buffer.append', audio: base64(voice) });
    }
    await clock.sleep(5000);
  });
  return { frames, arrived };
}

let first: Story;
beforeAll(async () => {
  first = await story(7);
});

describe('a long scenario on a virtual clock', () => {
  test('holds everything that a mock can do', () => {
    const types = new Set(first.frames.map(({ content }) => (content as { type?: string }).type));
    for (const type of [
      'session.updated',
      'input_audio_buffer.speech_started',
      'conversation.item.input_audio_transcription.completed',
      'conversation.item.input_audio_transcription.failed',
      'conversation.item.retrieved',
      'conversation.item.truncated',
      'response.audio_timestamp.delta',
      'response.text.done',
      'response.function_call_arguments.done',
      'rate_limits.updated',
      'response.unheard_of.delta',
      'warning',
      'error',
      'a',
    ]) {
      expect(types).toContain(type);
    }
    const statuses = new Set(
      first.frames.map(({ content }) => (content as { response?: { status?: string } }).response?.status),
    );
    for (const status of ['completed', 'cancelled', 'incomplete', 'failed'])
      expect(statuses).toContain(status);
    expect(first.arrived.at(-1)?.text).toBe('1001');
    expect(first.arrived.length).toBeGreaterThan(400);
  });

  test('holds every fault that changes events', () => {
    const elsewhere = ['accept-then-close', 'close', 'reset', 'half-open', 'black-hole'];
    const missing = faultNames.filter((name) => {
      const fault = parseFault(name);
      return (
        !needsSocket(fault) &&
        !elsewhere.includes(name) &&
        !faults.some((each) => parseFault(each).name === name)
      );
    });
    expect(missing).toEqual([]);
  });

  test('gives the same frames at the same times with the same seed', async () => {
    const again = await story(7);
    expect(again.frames).toEqual(first.frames);
    expect(again.arrived).toEqual(first.arrived);
  });

  test('gives others with another seed', async () => {
    const other = await story(8);
    expect(other.frames).not.toEqual(first.frames);
  });

  test('gives the same on every runtime', () => {
    const hash = createHash('sha256').update(JSON.stringify(first)).digest('hex');
    expect(hash).toBe('8a5dad329899c8016fd8469aeee0ffa85f5b524884546aa22fcebf7c9be28ddb');
  });
});
