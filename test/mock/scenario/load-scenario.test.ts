import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VoiceloopError } from '../../../src/errors.ts';
import { loadScenario } from '../../../src/mock/scenario/load-scenario.ts';
import { samplesOf, speech } from '../harness.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voiceloop-scenario-'));
  await mkdir(join(root, 'inside/scenarios'), { recursive: true });
  await writeFile(join(root, 'inside/voice.wav'), wav(speech(500, 16_000), 16_000));
  await writeFile(join(root, 'outside.wav'), wav(speech(100), 24_000));
});

afterAll(() => rm(root, { recursive: true }));

function wav(samples: Float32Array, rateHz: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF');
  header.writeUInt32LE(36 + samples.length * 2, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(rateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length * 2, 40);
  return Buffer.concat([header, Buffer.from(Int16Array.from(samples, (sample) => sample * 32767).buffer)]);
}

async function load(scenario: unknown) {
  const path = join(root, 'inside/scenarios/test.json');
  await writeFile(path, typeof scenario === 'string' ? scenario : JSON.stringify(scenario));
  return loadScenario(path);
}

async function failure(loading: Promise<unknown>): Promise<VoiceloopError> {
  const error = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof VoiceloopError) return error;
  throw new Error(`expected a VoiceloopError, not ${String(error)}`);
}

const wellFormed = { wav: '../voice.wav', text: 'Hello.' };

describe('loadScenario', () => {
  test('knows the scenarios that come with the library; the first is the default', async () => {
    const library = await loadScenario();
    expect(library.name).toBe('library');
    expect(library.answers.length).toBeGreaterThan(1);
    for (const answer of library.answers) {
      expect(answer.speech).toMatchObject({ rateHz: 24_000 });
      expect(samplesOf(answer).length).toBeGreaterThan(12_000);
      expect(answer.text).not.toBe('');
    }
    expect((await loadScenario('native')).pipeline).toBe('native');
  });

  test('fills in the defaults and brings the audio to 24 kHz', async () => {
    const { name, pipeline, profile, network, answers } = await load({
      answers: [{ ...wellFormed, heard: 'Hi?' }],
    });
    expect({ name, pipeline, profile, network }).toEqual({
      name: 'test',
      pipeline: 'cascaded',
      profile: 'typical',
      network: 'clean',
    });
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatchObject({ text: 'Hello.', heard: 'Hi?' });
    expect(samplesOf(answers[0])).toHaveLength(12_000);
  });

  test('suggests a name that is near, and lists them all', async () => {
    const error = await failure(loadScenario('libary'));
    expect(error).toMatchObject({ kind: 'input', code: 'scenario-unknown', hint: 'did you mean library?' });
    expect(error.reason).toContain(
      'bad-day, echo, function-call, library, long-answer, mcp-approval, native',
    );
    expect((await failure(loadScenario('xylophone'))).hint).not.toContain('did you mean');
  });

  test('says which file is not there', async () => {
    const error = await failure(loadScenario(join(root, 'none.json')));
    expect(error).toMatchObject({ code: 'scenario-not-found', where: join(root, 'none.json') });
  });

  test.each([
    [{ answers: [wellFormed, { ...wellFormed, speed: 2 }] }, 'answers[1].speed'],
    [{ answers: [wellFormed], tempo: 1 }, 'tempo'],
    [{ answers: [{}] }, 'answers[0].text'],
    [{ answers: [{ wav: '../voice.wav' }] }, 'answers[0].text'],
    [{ answers: [{ ...wellFormed, echo: true }] }, 'answers[0].echo'],
    [{ answers: [{ ...wellFormed, calls: [] }] }, 'answers[0].calls'],
    [{ answers: [{ calls: [{ name: 'f', arguments: 'x' }] }] }, 'answers[0].calls[0].arguments'],
    [{ answers: [{ ...wellFormed, afterCalls: { wav: 7 } }] }, 'answers[0].afterCalls.wav'],
    [{ answers: [wellFormed], greeting: { text: 'Hi', heard: 'x' } }, 'greeting.heard'],
    [{ answers: [wellFormed], turns: [{ startMs: 10, endMs: 10 }] }, 'turns[0].endMs'],
    [
      {
        answers: [wellFormed],
        turns: [
          { startMs: 0, endMs: 9 },
          { startMs: 8, endMs: 10 },
        ],
      },
      'turns[1].startMs',
    ],
    [{ answers: [wellFormed], events: [{ at: 'response.finished', send: [{ type: 'x' }] }] }, 'events[0].at'],
    [{ answers: [wellFormed], events: [{ at: 'open', send: [{}] }] }, 'events[0].send[0].type'],
    [
      { answers: [wellFormed], events: [{ at: 'open', occurrence: 0, send: [{ type: 'x' }] }] },
      'events[0].occurrence',
    ],
    [{ answers: [wellFormed], faults: [{ name: 'closed' }] }, 'faults[0].name'],
    [{ answers: [wellFormed], faults: [{ name: 'close', value: 'now' }] }, 'faults[0]'],
    [{ answers: [wellFormed], faults: [{ name: 'slicer', at: 'open' }] }, 'faults[0]'],
    [{ answers: [wellFormed], seed: -1 }, 'seed'],
    [{ answers: [wellFormed], sessionSeconds: 0 }, 'sessionSeconds'],
    [{ answers: [{ wav: 5, text: 'a' }] }, 'answers[0].wav'],
    [{ answers: [wellFormed], profile: 'warp' }, 'profile'],
    [{ answers: [] }, 'answers'],
    [{}, 'answers'],
  ])('names the field at fault in %j', async (scenario, place) => {
    const error = await failure(load(scenario));
    expect(error).toMatchObject({ kind: 'input', code: 'scenario-invalid' });
    expect(error.where).toMatch(/test\.json:\d+:\d+: /);
    expect(error.where?.endsWith(`: ${place}`), error.where).toBe(true);
    expect(error.message).toContain(place);
  });

  test('says that a file is not JSON, and where', async () => {
    expect(await failure(load('{\n  "answers": [}\n'))).toMatchObject({
      code: 'scenario-invalid',
      message: 'the scenario is not JSON',
      where: join(root, 'inside/scenarios/test.json:2:15'),
    });
    expect((await failure(load(''))).reason).toBe('value expected');
  });

  test('takes comments and trailing commas, and points at the line of what is wrong', async () => {
    const text = [
      '// a comment',
      '{',
      '  "answers": [',
      '    { "wav": "../voice.wav", "text": "Hello.", /* here */ "volume": 11 },',
      '  ],',
      '}',
    ];
    const error = await failure(load(text.join('\n')));
    expect(error.where).toBe(`${join(root, 'inside/scenarios/test.json')}:4:59: answers[0].volume`);
    expect(error.reason).toContain('heard, text, wav');
    text[3] = '    { "wav": "../voice.wav", "text": "Hello.", },';
    expect((await load(text.join('\n'))).answers).toHaveLength(1);
  });

  test('suggests the field that was meant', async () => {
    expect((await failure(load({ answers: [{ ...wellFormed, herd: 'x' }] }))).reason).toBe(
      'did you mean heard?',
    );
  });

  test('makes a tone of a tone, an echo of an echo, and JSON of arguments', async () => {
    const { answers } = await load({
      answers: [
        { tone: { hz: 1000, ms: 100 } },
        { echo: true },
        {
          calls: [{ name: 'find', arguments: { title: 'The Sea' } }, { name: 'list' }],
          afterCalls: wellFormed,
        },
      ],
    });
    const tone = samplesOf(answers[0]);
    expect(tone).toHaveLength(2400);
    expect(Math.sqrt(tone.reduce((sum, sample) => sum + sample ** 2, 0) / 2400)).toBeCloseTo(0.1, 2);
    expect(tone.findIndex((sample, i) => i > 1200 && sample >= 0 && (tone[i - 1] ?? 0) < 0)).toBe(1224);
    expect(answers[1]).toMatchObject({ speech: 'echo', text: '' });
    expect(answers[2]?.calls).toEqual([
      { name: 'find', arguments: '{"title":"The Sea"}' },
      { name: 'list', arguments: '{}' },
    ]);
    expect(samplesOf(answers[2]?.afterCalls)).toHaveLength(12_000);
  });

  test('resolves events and faults', async () => {
    const { events, faults, turns, sessionSeconds } = await load({
      answers: [wellFormed],
      events: [{ at: 'open', send: [{ type: 'warning' }] }],
      faults: [{ name: 'close' }, { name: 'refuse', value: 401, connections: 2 }],
      turns: [{ startMs: 0, endMs: 500 }],
      sessionSeconds: 30,
    });
    expect(events).toEqual([
      { moment: { at: 'open', occurrence: 1, delayMs: 0 }, send: [{ type: 'warning' }] },
    ]);
    expect(faults).toMatchObject([
      {
        name: 'close',
        value: 1011,
        moment: { at: 'response.audio.delta', occurrence: 3 },
        connections: Infinity,
      },
      { name: 'refuse', value: 401, connections: 2 },
    ]);
    expect({ turns, sessionSeconds }).toEqual({ turns: [{ startMs: 0, endMs: 500 }], sessionSeconds: 30 });
  });

  test.each(['../../outside.wav', '/etc/hostname', '..'])(
    'reads nothing outside the folder: %s',
    async (path) => {
      const error = await failure(load({ answers: [{ ...wellFormed, wav: path }] }));
      expect(error).toMatchObject({ kind: 'input', code: 'scenario-path-outside' });
      expect(error.where).toMatch(/answers\[0\]\.wav$/);
    },
  );

  test('follows no link out of the folder', async () => {
    await symlink(join(root, 'outside.wav'), join(root, 'inside/link.wav'));
    const error = await failure(load({ answers: [{ ...wellFormed, wav: '../link.wav' }] }));
    expect(error.code).toBe('scenario-path-outside');
  });

  test('tells of a WAV file that is missing', async () => {
    const error = await failure(load({ answers: [{ ...wellFormed, wav: '../none.wav' }] }));
    expect(error).toMatchObject({ kind: 'input', code: 'wav-not-found' });
  });
});
