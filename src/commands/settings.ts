/**
 * Where the settings come from: flags, then environment, then a `.env` file, then a config file, then defaults.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import * as v from 'valibot';
import { messageOf, VoiceloopError } from '../errors.ts';
import { kebab } from './flags.ts';

/** What a command needs to know about the service. */
export interface Settings {
  /** Without one there is only the embedded mock. */
  readonly endpoint?: string;
  readonly apiKey?: string;
  readonly model?: string;
  /** An agent answers in place of the model; it needs its project. */
  readonly agent?: string;
  readonly project?: string;
  readonly apiVersion?: string;
  readonly voice?: string;
  readonly instructions?: string;
}

/** One of them. */
export type SettingName = keyof Settings;

/** The settings that a flag of the same name may give. A key is never one: every user of a machine can read the command lines. */
export type SettingFlags = Partial<Record<Exclude<SettingName, 'apiKey'>, string | undefined>>;

/** Where a setting was found. */
export type SettingOrigin =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'environment' | 'dotenv'; readonly name: string }
  | { readonly kind: 'config'; readonly name: string; readonly file: string };

/** Two names of one setting with different values: the user may think of the other one. */
export interface SettingConflict {
  readonly setting: SettingName;
  /** The name whose value counts in the environment or in `.env`. */
  readonly used: string;
  readonly ignored: string;
}

/** Settings, and what there is to say about them. */
export interface TracedSettings {
  readonly values: Settings;
  /** For each setting that has a value. */
  readonly origins: Readonly<Partial<Record<SettingName, SettingOrigin>>>;
  readonly conflicts: readonly SettingConflict[];
}

/** The names in the environment; the first that is set counts. Both families of Microsoft's samples are read. */
const environmentNames: Readonly<Record<SettingName, readonly string[]>> = {
  endpoint: ['AZURE_VOICE_LIVE_ENDPOINT', 'AZURE_VOICELIVE_ENDPOINT'],
  apiKey: ['AZURE_VOICE_LIVE_API_KEY', 'AZURE_VOICELIVE_API_KEY'],
  model: ['VOICE_LIVE_MODEL', 'AZURE_VOICELIVE_MODEL'],
  // No sample has a documented name for these two.
  agent: [],
  project: [],
  apiVersion: ['AZURE_VOICE_LIVE_API_VERSION', 'AZURE_VOICELIVE_API_VERSION'],
  voice: ['AZURE_VOICELIVE_VOICE'],
  instructions: ['AZURE_VOICELIVE_INSTRUCTIONS'],
};

/** In the order in which they are shown. */
export const settingNames = Object.keys(environmentNames) as readonly SettingName[];

const configSchema = v.strictObject({
  endpoint: v.optional(v.string()),
  model: v.optional(v.string()),
  agent: v.optional(v.string()),
  project: v.optional(v.string()),
  apiVersion: v.optional(v.string()),
  voice: v.optional(v.string()),
  instructions: v.optional(v.string()),
});

type Environment = Readonly<Record<string, string | undefined>>;

/** Where settings are looked for. */
interface Surroundings {
  readonly env: Environment;
  /** The one with the `.env` file. */
  readonly folder: string;
}

/**
 * Joins what flags, environment, `.env` in the working directory and the config file say.
 *
 * @throws {VoiceloopError} `config-not-found` or `config-invalid`, which names the field; `env-unreadable`
 */
export function readSettings(
  flags: SettingFlags,
  configFile?: string,
  surroundings?: Surroundings,
): Settings {
  return traceSettings(flags, configFile, surroundings).values;
}

/**
 * As {@link readSettings}, and says where each value came from.
 *
 * @throws {VoiceloopError} the same
 */
export function traceSettings(
  flags: SettingFlags,
  configFile?: string,
  { env, folder }: Surroundings = { env: process.env, folder: '.' },
): TracedSettings {
  const dotenv = readDotenv(join(folder, '.env'));
  const config = configFile === undefined ? {} : readConfig(configFile);
  const found = settingNames.flatMap((setting) => {
    const one =
      inFlags(setting, flags) ??
      inEnvironment(setting, 'environment', env) ??
      inEnvironment(setting, 'dotenv', dotenv) ??
      inConfig(setting, config, configFile ?? '');
    return one ? [{ setting, ...one }] : [];
  });
  return {
    values: Object.fromEntries(found.map(({ setting, value }) => [setting, value])),
    origins: Object.fromEntries(found.map(({ setting, origin }) => [setting, origin])),
    conflicts: settingNames.flatMap((setting) => conflictsOf(setting, env, dotenv)),
  };
}

interface Found {
  readonly value: string;
  readonly origin: SettingOrigin;
}

function inFlags(setting: SettingName, flags: SettingFlags): Found | undefined {
  const value = setting === 'apiKey' ? undefined : flags[setting];
  return value === undefined ? undefined : { value, origin: { kind: 'flag', name: `--${kebab(setting)}` } };
}

function inEnvironment(
  setting: SettingName,
  kind: 'environment' | 'dotenv',
  environment: Environment,
): Found | undefined {
  const name = environmentNames[setting].find((each) => environment[each]);
  const value = name === undefined ? undefined : environment[name];
  return name === undefined || value === undefined ? undefined : { value, origin: { kind, name } };
}

function inConfig(setting: SettingName, config: SettingFlags, file: string): Found | undefined {
  const value = setting === 'apiKey' ? undefined : config[setting];
  return value === undefined ? undefined : { value, origin: { kind: 'config', name: setting, file } };
}

function conflictsOf(setting: SettingName, env: Environment, dotenv: Environment): SettingConflict[] {
  const layers = [env, dotenv];
  const given = layers.flatMap((layer) =>
    environmentNames[setting].flatMap((name) => (layer[name] ? [{ name, value: layer[name] }] : [])),
  );
  const [used, ...others] = given;
  const names = others.filter(({ name, value }) => name !== used?.name && value !== used?.value);
  return [...new Set(names.map(({ name }) => name))].map((ignored) => ({
    setting,
    used: used?.name ?? '',
    ignored,
  }));
}

/** A folder of this name, as Python's virtual environments are often called, is none of ours. */
function readDotenv(path: string): Record<string, string> {
  try {
    return parse(readFileSync(path));
  } catch (error) {
    if (['ENOENT', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return {};
    throw new VoiceloopError('usage', 'env-unreadable', 'the .env file cannot be read', {
      where: path,
      reason: messageOf(error),
      hint: 'make it readable, or work in another folder',
      cause: error,
    });
  }
}

function readConfig(path: string): SettingFlags {
  const fail = (code: string, message: string, reason?: string) =>
    new VoiceloopError('usage', code, message, {
      where: path,
      ...(reason !== undefined && { reason }),
      hint: `give a JSON file with --config; its fields are ${Object.keys(configSchema.entries).join(', ')}`,
    });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fail(
      'config-not-found',
      'the config file cannot be read',
      error instanceof Error ? error.message : '',
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the file, into which somebody may have put a key.
    throw fail('config-invalid', 'the config file is not JSON');
  }
  const result = v.safeParse(configSchema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const field = v.getDotPath(issue) ?? 'the whole';
  const isKnown = issue.expected !== 'never';
  const reason = isKnown ? `it must be ${issue.expected}` : 'there is no such setting';
  throw fail('config-invalid', `the config file has a wrong field: ${field}`, reason);
}
