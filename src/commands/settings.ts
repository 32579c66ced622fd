/**
 * Where the settings come from: flags, then environment, then a `.env` file, then a config file, then defaults.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import * as v from 'valibot';
import { VoiceloopError } from '../errors.ts';

/** What a command needs to know about the service. */
export interface Settings {
  /** Without one there is only the embedded mock. */
  readonly endpoint?: string;
  readonly apiKey?: string;
  readonly model?: string;
  readonly apiVersion?: string;
  readonly voice?: string;
  readonly instructions?: string;
}

/** The names in the environment; the first that is set counts. Both families of Microsoft's samples are read. */
const environmentNames: Readonly<Record<keyof Settings, readonly string[]>> = {
  endpoint: ['AZURE_VOICE_LIVE_ENDPOINT', 'AZURE_VOICELIVE_ENDPOINT'],
  apiKey: ['AZURE_VOICE_LIVE_API_KEY', 'AZURE_VOICELIVE_API_KEY'],
  model: ['VOICE_LIVE_MODEL', 'AZURE_VOICELIVE_MODEL'],
  apiVersion: ['AZURE_VOICE_LIVE_API_VERSION', 'AZURE_VOICELIVE_API_VERSION'],
  voice: ['AZURE_VOICELIVE_VOICE'],
  instructions: ['AZURE_VOICELIVE_INSTRUCTIONS'],
};

const configSchema = v.strictObject({
  endpoint: v.optional(v.string()),
  model: v.optional(v.string()),
  apiVersion: v.optional(v.string()),
  voice: v.optional(v.string()),
  instructions: v.optional(v.string()),
});

/** Where settings are looked for. */
interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The one with the `.env` file. */
  readonly folder: string;
}

/**
 * Joins what flags, environment, `.env` in the working directory and the config file say.
 *
 * @throws {VoiceloopError} `config-not-found` or `config-invalid`, which names the field; `env-unreadable`
 */
export function readSettings(
  flags: Partial<Record<'endpoint' | 'model', string | undefined>>,
  configFile?: string,
  { env, folder }: Surroundings = { env: process.env, folder: '.' },
): Settings {
  const dotenv = readDotenv(join(folder, '.env'));
  return {
    ...(configFile === undefined ? {} : readConfig(configFile)),
    ...fromEnvironment(dotenv),
    ...fromEnvironment(env),
    ...defined(flags),
  };
}

/** A folder of this name, as Python's virtual environments are often called, is none of ours. */
function readDotenv(path: string): Record<string, string> {
  try {
    return parse(readFileSync(path));
  } catch (error) {
    if (['ENOENT', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return {};
    throw new VoiceloopError('usage', 'env-unreadable', 'the .env file cannot be read', {
      where: path,
      reason: error instanceof Error ? error.message : String(error),
      hint: 'make it readable, or work in another folder',
      cause: error,
    });
  }
}

function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): Settings {
  const entries = Object.entries(environmentNames).map(([setting, names]) => [
    setting,
    names.map((name) => environment[name]).find((value) => value !== undefined && value !== ''),
  ]);
  return defined(Object.fromEntries(entries));
}

function defined(values: Readonly<Record<string, string | undefined>>): Settings {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function readConfig(path: string): Settings {
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
  if (result.success) return defined(result.output);
  const issue = result.issues[0];
  const field = v.getDotPath(issue) ?? 'the whole';
  const isKnown = issue.expected !== 'never';
  const reason = isKnown ? `it must be ${issue.expected}` : 'there is no such setting';
  throw fail('config-invalid', `the config file has a wrong field: ${field}`, reason);
}
