import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  readSettings,
  settingNames,
  type TracedSettings,
  traceSettings,
} from '../../src/commands/settings.ts';
import type { VoiceloopError } from '../../src/errors.ts';
import { TemporaryFolder } from '../audio/build-wav.ts';

interface Sources {
  readonly flags?: { readonly endpoint?: string; readonly model?: string };
  readonly env?: Readonly<Record<string, string>>;
  readonly dotenv?: string;
  readonly config?: unknown;
}

function settingsFrom(sources: Sources) {
  return tracedFrom(sources).values;
}

function tracedFrom({ flags = {}, env = {}, dotenv, config }: Sources): TracedSettings & { file?: string } {
  using folder = new TemporaryFolder();
  if (dotenv !== undefined) folder.file('.env', dotenv);
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  const file = config === undefined ? undefined : folder.file('config.json', text);
  const traced = traceSettings(flags, file, { env, folder: folder.path });
  return file === undefined ? traced : { ...traced, file };
}

describe('settings', () => {
  const flags = { model: 'of the flag' };
  const env = { VOICE_LIVE_MODEL: 'of the environment' };
  const dotenv = 'VOICE_LIVE_MODEL="of .env"';
  const config = { model: 'of the config file' };

  test.each<[string, Sources, string | undefined]>([
    ['a flag, before all others', { flags, env, dotenv, config }, 'of the flag'],
    ['the environment, where there is no flag', { env, dotenv, config }, 'of the environment'],
    ['.env, where the environment says nothing', { dotenv, config }, 'of .env'],
    ['the config file, where nothing else does', { config }, 'of the config file'],
    ['nowhere', {}, undefined],
  ])('come from %s', (_, sources, model) => {
    expect(settingsFrom(sources).model).toBe(model);
  });

  test('come each from the first source that has it', () => {
    const sources = {
      flags: { endpoint: 'a' },
      env,
      dotenv: 'AZURE_VOICELIVE_VOICE=b',
      config: { apiVersion: 'c' },
    };
    expect(settingsFrom(sources)).toEqual({
      endpoint: 'a',
      model: 'of the environment',
      voice: 'b',
      apiVersion: 'c',
    });
  });

  test('are known by the names of both families', () => {
    const newer = {
      AZURE_VOICELIVE_ENDPOINT: 'endpoint',
      AZURE_VOICELIVE_API_KEY: 'key',
      AZURE_VOICELIVE_MODEL: 'model',
      AZURE_VOICELIVE_API_VERSION: 'version',
      AZURE_VOICELIVE_VOICE: 'voice',
      AZURE_VOICELIVE_INSTRUCTIONS: 'instructions',
    };
    const quickstart = {
      AZURE_VOICE_LIVE_ENDPOINT: 'quick endpoint',
      AZURE_VOICE_LIVE_API_KEY: 'quick key',
      VOICE_LIVE_MODEL: 'quick model',
      AZURE_VOICE_LIVE_API_VERSION: 'quick version',
    };
    const asNewer = { endpoint: 'endpoint', apiKey: 'key', model: 'model', apiVersion: 'version' };
    const others = { voice: 'voice', instructions: 'instructions' };
    expect(settingsFrom({ env: newer })).toEqual({ ...asNewer, ...others });
    const both = Object.fromEntries(Object.entries(asNewer).map(([name, value]) => [name, `quick ${value}`]));
    expect(settingsFrom({ env: { ...newer, ...quickstart } })).toEqual({ ...both, ...others });
  });

  test('of the environment hide those of .env also under the name of the other family', () => {
    const sources = { env: { AZURE_VOICELIVE_MODEL: 'a' }, dotenv: 'VOICE_LIVE_MODEL=b' };
    expect(settingsFrom(sources).model).toBe('a');
  });

  test('that are empty in the environment count as not given', () => {
    expect(settingsFrom({ env: { VOICE_LIVE_MODEL: '' }, config }).model).toBe('of the config file');
  });

  test('do not come from a folder called .env', () => {
    using folder = new TemporaryFolder();
    mkdirSync(join(folder.path, '.env'));
    expect(readSettings({}, undefined, { env, folder: folder.path })).toEqual({
      model: 'of the environment',
    });
  });
});

describe('the origin of a setting', () => {
  test('is the flag, the variable, the line of .env or the field of the config file that counts', () => {
    const { origins, file } = tracedFrom({
      flags: { endpoint: 'a' },
      env: { AZURE_VOICELIVE_MODEL: 'b', AZURE_VOICE_LIVE_ENDPOINT: 'hidden' },
      dotenv: 'AZURE_VOICELIVE_VOICE=c\nVOICE_LIVE_MODEL=hidden',
      config: { apiVersion: 'd', voice: 'hidden', agent: 'e' },
    });
    expect(origins).toEqual({
      endpoint: { kind: 'flag', name: '--endpoint' },
      model: { kind: 'environment', name: 'AZURE_VOICELIVE_MODEL' },
      voice: { kind: 'dotenv', name: 'AZURE_VOICELIVE_VOICE' },
      apiVersion: { kind: 'config', name: 'apiVersion', file },
      agent: { kind: 'config', name: 'agent', file },
    });
  });

  test('is there for every setting that has a value, and for no other', () => {
    const { values, origins } = tracedFrom({ env: { VOICE_LIVE_MODEL: 'a' }, config: { project: 'b' } });
    expect(Object.keys(origins)).toEqual(Object.keys(values));
    expect(settingNames).toEqual(expect.arrayContaining(Object.keys(values)));
  });
});

describe('two names of one setting', () => {
  test('with different values are told, with the one that counts', () => {
    const env = { VOICE_LIVE_MODEL: 'a', AZURE_VOICELIVE_MODEL: 'b' };
    expect(tracedFrom({ env }).conflicts).toEqual([
      { setting: 'model', used: 'VOICE_LIVE_MODEL', ignored: 'AZURE_VOICELIVE_MODEL' },
    ]);
  });

  test('are told across the environment and .env', () => {
    const sources = { env: { AZURE_VOICELIVE_MODEL: 'a' }, dotenv: 'VOICE_LIVE_MODEL=b' };
    expect(tracedFrom(sources).conflicts).toEqual([
      { setting: 'model', used: 'AZURE_VOICELIVE_MODEL', ignored: 'VOICE_LIVE_MODEL' },
    ]);
  });

  test.each<[string, Sources]>([
    ['with one value', { env: { VOICE_LIVE_MODEL: 'a', AZURE_VOICELIVE_MODEL: 'a' } }],
    ['of which one is empty', { env: { VOICE_LIVE_MODEL: 'a', AZURE_VOICELIVE_MODEL: '' } }],
    ['that are really one, in two places', { env: { VOICE_LIVE_MODEL: 'a' }, dotenv: 'VOICE_LIVE_MODEL=b' }],
  ])('%s are no conflict', (_, sources) => {
    expect(tracedFrom(sources).conflicts).toEqual([]);
  });
});

describe('a config file', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['that is not JSON', '{"voice": alloy', 'config-invalid', /not JSON/],
    ['with a field that does not exist', { endpont: 'a' }, 'config-invalid', /wrong field: endpont/],
    ['with a field of another type', { model: 7 }, 'config-invalid', /wrong field: model/],
    ['that is no object', '"sk-canary"', 'config-invalid', /wrong field/],
    ['with a key in it', { apiKey: 'sk-canary' }, 'config-invalid', /wrong field: apiKey/],
    ['with a key in it, and not JSON', '{"apiKey": sk-canary}', 'config-invalid', /not JSON/],
  ])('%s is refused, without a word of what it says', (_, config, code, message) => {
    let thrown: unknown;
    try {
      settingsFrom({ config });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ kind: 'usage', code, message: expect.stringMatching(message) });
    const { where, reason, hint } = thrown as VoiceloopError;
    expect(where).toContain('config.json');
    expect(hint).toContain('endpoint, model');
    expect(`${thrown} ${reason} ${hint}`).not.toContain('canary');
  });

  test('that cannot be read is refused', () => {
    expect(() => readSettings({}, 'nowhere/config.json')).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'config-not-found', where: 'nowhere/config.json' }),
    );
  });
});
