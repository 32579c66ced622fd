/**
 * What is set, and where.
 *
 * @module
 */
import { defaultVoice } from '../../session/defaults.ts';
import { defaultApiVersion, realtimeUrl } from '../../session/endpoint.ts';
import { proxyFor } from '../../stages/proxy.ts';
import { defaultModel } from '../service-choice.ts';
import { type SettingName, type SettingOrigin, settingNames, type TracedSettings } from '../settings.ts';
import { type Check, failedCheck } from './check.ts';

/** What holds where nothing is set; undefined where that is nothing. */
const defaults: Readonly<Partial<Record<SettingName, string>>> = {
  model: defaultModel,
  apiVersion: defaultApiVersion,
};

const missing: Readonly<Record<SettingName, string>> = {
  endpoint: 'not set: replay talks to the embedded mock, and so does chat --mock',
  apiKey: 'not set',
  model: 'not set',
  agent: 'not set: a model answers',
  project: 'not set',
  apiVersion: 'not set',
  voice: `not set: chat asks for ${defaultVoice}`,
  instructions: 'not set',
};

/** Longer ones are cut. */
const shownCharacters = 60;

/** A line for each setting, with its value and its origin. The key is told by its length alone. */
export function settingsChecks({ values, origins, conflicts }: TracedSettings): readonly Check[] {
  return settingNames.map((name): Check => {
    const value = values[name];
    const origin = origins[name];
    const notes = conflicts
      .filter(({ setting }) => setting === name)
      .map(({ used, ignored }) => `${used} and ${ignored} are set to different values; ${used} counts`);
    const found = value === undefined ? unset(name) : check(name, value, values);
    const text = `${found.text} (${origin ? originText(origin) : 'default'})`;
    const isFine = found.status === 'ok' || found.status === 'skipped';
    return notes.length > 0 && isFine
      ? { ...found, status: 'warning', text, notes, hint: `unset one of the two` }
      : { ...found, text };
  });
}

function unset(name: SettingName): Check {
  const value = defaults[name];
  return value === undefined
    ? { name, status: 'skipped', text: missing[name] }
    : { name, status: 'ok', text: value };
}

function check(name: SettingName, value: string, { project, agent }: TracedSettings['values']): Check {
  switch (name) {
    case 'apiKey':
      return { name, status: 'ok', text: `set (${value.length} characters)` };
    case 'endpoint':
      try {
        realtimeUrl({ endpoint: value, model: 'any' });
        return { name, status: 'ok', text: value.trim() };
      } catch (error) {
        // What stands there by mistake may be a key: its words say what may be shown of it.
        return failedCheck(name, error);
      }
    case 'agent':
      return project === undefined
        ? {
            name,
            status: 'failed',
            text: `${value}: an agent needs its project`,
            hint: 'name the project in the config file as well',
            code: 'agent-incomplete',
            kind: 'usage',
          }
        : { name, status: 'ok', text: value };
    case 'project':
      return agent === undefined
        ? { name, status: 'warning', text: `${value}: no agent of it is named, and the model answers` }
        : { name, status: 'ok', text: value };
    default:
      return { name, status: 'ok', text: shortened(value) };
  }
}

function shortened(value: string): string {
  return value.length > shownCharacters ? `${value.slice(0, shownCharacters - 1)}…` : value;
}

function originText(origin: SettingOrigin): string {
  switch (origin.kind) {
    case 'flag':
      return `flag ${origin.name}`;
    case 'environment':
      return `environment variable ${origin.name}`;
    case 'dotenv':
      return `${origin.name} in .env`;
    case 'config':
      return `config file ${origin.file}`;
  }
}

const proxyNames = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxies in the environment without their credentials, and which of them leads to the endpoint. */
export function proxyCheck(endpoint: string | undefined, env: Environment = process.env): Check {
  const name = 'proxy';
  const given = proxyNames.flatMap((each) => {
    const found = [each, each.toLowerCase()].find((spelling) => env[spelling]);
    const value = found === undefined ? undefined : env[found];
    return found === undefined || value === undefined ? [] : [`${found}=${withoutCredentials(each, value)}`];
  });
  if (given.length === 0) return { name, status: 'skipped', text: 'none is set in the environment' };
  const text = given.join(', ');
  if (endpoint === undefined) return { name, status: 'ok', text };
  try {
    const proxy = proxyFor(realtimeUrl({ endpoint, model: 'any' }).href);
    const way = proxy ? `through ${proxy.where}` : 'without a proxy';
    return { name, status: 'ok', text: `${text}; the endpoint is reached ${way}` };
  } catch (error) {
    return { ...failedCheck(name, error), notes: given };
  }
}

function withoutCredentials(name: string, value: string): string {
  return name === 'NO_PROXY' ? value : value.replace(/^(\w+:\/\/)?.*@/s, '$1***@');
}
