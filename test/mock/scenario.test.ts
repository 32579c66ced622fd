import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VoiceloopError } from '../../src/errors.ts';
import { loadScenario } from '../../src/mock/scenario.ts';
import { speech } from './harness.ts';

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
    for (const { samples, rateHz, text } of library.answers) {
      expect(rateHz).toBe(24_000);
      expect(samples.length).toBeGreaterThan(12_000);
      expect(text).not.toBe('');
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
    expect(answers[0]?.samples).toHaveLength(12_000);
  });

  test('suggests a name that is near, and lists them all', async () => {
    const error = await failure(loadScenario('libary'));
    expect(error).toMatchObject({ kind: 'input', code: 'scenario-unknown', hint: 'did you mean library?' });
    expect(error.reason).toContain('long-answer, native');
    expect((await failure(loadScenario('xylophone'))).hint).not.toContain('did you mean');
  });

  test('says which file is not there', async () => {
    const error = await failure(loadScenario(join(root, 'none.json')));
    expect(error).toMatchObject({ code: 'scenario-not-found', where: join(root, 'none.json') });
  });

  test.each([
    [{ answers: [wellFormed, { ...wellFormed, speed: 2 }] }, 'answers[1].speed'],
    [{ answers: [wellFormed], tempo: 1 }, 'tempo'],
    [{ answers: [{ text: 'a' }] }, 'answers[0].wav'],
    [{ answers: [{ wav: 5, text: 'a' }] }, 'answers[0].wav'],
    [{ answers: [wellFormed], profile: 'warp' }, 'profile'],
    [{ answers: [] }, 'answers'],
    [{}, 'answers'],
  ])('names the field at fault in %j', async (scenario, place) => {
    const error = await failure(load(scenario));
    expect(error).toMatchObject({ kind: 'input', code: 'scenario-invalid' });
    expect(error.where?.endsWith(`test.json: ${place}`)).toBe(true);
    expect(error.message).toContain(place);
  });

  test('says that a file is not JSON', async () => {
    expect(await failure(load('{'))).toMatchObject({
      code: 'scenario-invalid',
      message: 'the scenario is not JSON',
    });
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
