/** Holds the mock's frames against recordings of the real service, where those are at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Frame, Harness, joined, silence, speech } from './harness.ts';

const folder = fileURLToPath(new URL('../../../shared/recordings/', import.meta.url));

function recorded(name: string): Frame[] {
  const { interactions } = parse(readFileSync(`${folder}${name}.yaml`, 'utf8'));
  return interactions
    .filter(({ direction }: Frame) => direction === 'received')
    .map(({ data }: Frame) => data);
}

function sentUpdate(name: string): object {
  const { interactions } = parse(readFileSync(`${folder}${name}.yaml`, 'utf8'));
  return interactions.find(({ direction }: Frame) => direction === 'sent').data;
}

/** Every field, however deep, with the kind of its value: `item.content.0.transcript: null`. */
function fields(value: Frame, path = ''): string[] {
  if (Array.isArray(value)) return value.slice(0, 1).flatMap((entry) => fields(entry, `${path}.0`));
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).flatMap(([name, inner]) => fields(inner, path ? `${path}.${name}` : name));
  }
  return [`${path}: ${value === null ? 'null' : typeof value}`];
}

function spokenTurn(): Promise<Harness> {
  const mock = new Harness(
    { pipeline: 'native' },
    { model: 'gpt-realtime', transcript: (turn) => ['Hello.'][turn] },
  );
  return mock
    .run(async () => {
      mock.send(sentUpdate('audio-in-server-vad-turn'));
      await mock.speak(joined(silence(1456), speech(2500)));
      await mock.until('response.done');
    })
    .then(() => mock);
}

function typedTurn(): Promise<Harness> {
  const mock = new Harness({ pipeline: 'native' }, { model: 'gpt-realtime' });
  return mock
    .run(async () => {
      mock.send(sentUpdate('text-output'));
      await mock.clock.sleep(300);
      const content = [{ type: 'input_text', text: 'Say a short greeting.' }];
      mock.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
    })
    .then(() => mock);
}

function toolCallRound(): Promise<Harness> {
  const answers = [
    {
      text: '',
      calls: [{ name: 'get_weather', arguments: '{"city":"London"}' }],
      afterCalls: { text: "It's foggy and 12 degrees in London right now." },
    },
  ];
  const mock = new Harness({ pipeline: 'native', answers }, { model: 'gpt-realtime' });
  return mock
    .run(async () => {
      mock.send(sentUpdate('tool-call-round'));
      await mock.clock.sleep(300);
      const content = [{ type: 'input_text', text: 'What is the weather in London?' }];
      mock.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
      mock.send({ type: 'response.create' });
      const [{ call_id }] = (await mock.until('response.done')).response.output;
      const item = { type: 'function_call_output', call_id, output: 'It is foggy and 12 degrees in London.' };
      mock.send({ type: 'conversation.item.create', item });
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
    })
    .then(() => mock);
}

const turns = [
  ['audio-in-server-vad-turn', spokenTurn],
  ['text-output', typedTurn],
  ['tool-call-round', toolCallRound],
] as const;

describe.skipIf(!existsSync(folder))('beside a recording of the service', () => {
  test.each(turns)('every frame of %s has its fields, with values of the same kind', async (name, turn) => {
    const mock = await turn();
    for (const type of new Set(recorded(name).map((frame) => frame.type as string))) {
      const theirs = recorded(name).filter((frame) => frame.type === type);
      const ours = mock.of(type);
      expect(ours.length, type).toBeGreaterThan(0);
      for (let i = 0; i < Math.min(theirs.length, ours.length); i++) {
        const missing = fields(theirs[i]).filter((field) => !fields(ours[i]).includes(field));
        expect(
          missing.filter((field) => !isOpen(field)),
          `${type} ${i}`,
        ).toEqual([]);
      }
    }
  });

  test.each(turns)('the mock sends no type and no field that %s does not have', async (name, turn) => {
    const mock = await turn();
    const theirs = new Set(
      recorded(name).flatMap((frame) => fields(frame).map((field) => `${frame.type} ${field}`)),
    );
    const ours = mock.events.flatMap((frame) => fields(frame).map((field) => `${frame.type} ${field}`));
    expect([...new Set(ours)].filter((field) => !theirs.has(field) && !isOpen(field))).toEqual([]);
  });

  test.each(turns)('whatever comes once in %s comes in the same order', async (name, turn) => {
    const mock = await turn();
    const ordered = (types: readonly string[]) =>
      types.filter((type) => !type.includes('delta') && !isBeside(type));
    expect(ordered(mock.types)).toEqual(ordered(recorded(name).map(({ type }) => type)));
  });
});

/** The service itself has said both, or has left it out at times. */
function isOpen(field: string): boolean {
  return /output_audio_format: |session\.(greeting|handoff): null/.test(field);
}

/** The user's transcript comes beside the answer, at no fixed place. */
function isBeside(type: string): boolean {
  return type === 'conversation.item.input_audio_transcription.completed';
}
