/**
 * What the mock says, how fast it is and over what network: a file that anyone can write.
 *
 * @module
 */
import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { resampleWhole } from '../audio/resample-whole.ts';
import { openWav } from '../audio/wav-reader.ts';
import { didYouMean, VoiceloopError } from '../errors.ts';
import { type NetworkName, networkNames } from '../protocol/network-link.ts';
import { type ProfileName, profileNames } from './latency-profile.ts';
import type { Pipeline } from './session-defaults.ts';

/** One answer of the assistant. */
export interface ScenarioAnswer {
  readonly text: string;
  /** What the user is taken to have said before it. */
  readonly heard?: string | undefined;
  /** Mono. */
  readonly samples: Float32Array;
  readonly rateHz: number;
}

/** A scenario, ready to be played. */
export interface Scenario {
  readonly name: string;
  readonly pipeline: Pipeline;
  readonly profile: ProfileName;
  readonly network: NetworkName;
  /** Cuts audio deltas inside samples, as the protocol allows; default false. */
  readonly oddSplits?: boolean | undefined;
  /** At least one; given in turn, and then from the first again. */
  readonly answers: readonly ScenarioAnswer[];
}

const answerRateHz = 24_000;
const longestAnswerSeconds = 600;
const defaultName = 'library';

const scenarioSchema = v.strictObject({
  description: v.optional(v.string()),
  pipeline: v.optional(v.picklist(['native', 'cascaded']), 'cascaded'),
  profile: v.optional(v.picklist(profileNames), 'typical'),
  network: v.optional(v.picklist(networkNames), 'clean'),
  oddSplits: v.optional(v.boolean()),
  answers: v.pipe(
    v.array(
      v.strictObject({
        wav: v.pipe(v.string(), v.nonEmpty()),
        text: v.string(),
        heard: v.optional(v.string()),
      }),
    ),
    v.minLength(1, 'needs at least one answer'),
  ),
});

/**
 * Reads a scenario and the audio of its answers, as mono at 24 kHz.
 *
 * A scenario is JSON: `{ description?, pipeline?: 'cascaded' | 'native', profile?: 'typical' | 'fast' | 'slow', network?:
 * 'clean' | 'wifi' | 'mobile' | 'congested' | 'stalls', oddSplits?: false | true, answers: [{ wav, text, heard? }] }`; of each
 * choice the first is the default. `wav` is relative to the file and stays inside the folder that contains the file's folder.
 *
 * @param nameOrPath the name of a scenario that comes with the library, or a path: what holds a slash or ends in `.json`;
 *   default `library`
 * @throws {VoiceloopError} of kind `input`: `scenario-unknown`, `scenario-not-found`, `scenario-invalid` with the field at
 *   fault, `scenario-path-outside`, `scenario-answer-too-long`, or what is wrong with a WAV file
 * @example
 * ```ts
 * import { loadScenario } from 'voiceloop';
 *
 * const scenario = await loadScenario('library');
 * console.log(scenario.pipeline, scenario.answers.length > 0); // cascaded true
 * ```
 */
export async function loadScenario(nameOrPath: string = defaultName): Promise<Scenario> {
  const isPath = /[\\/]/.test(nameOrPath) || nameOrPath.endsWith('.json');
  const path = isPath ? resolve(nameOrPath) : await knownScenario(nameOrPath);
  const { answers, pipeline, profile, network, oddSplits } = parseScenario(await readScenario(path), path);
  const root = dirname(dirname(path));
  const loaded: ScenarioAnswer[] = [];
  for (const [i, { wav, text, heard }] of answers.entries()) {
    const place = `${path}: answers[${i}].wav`;
    const samples = await readAnswer(await pathInside(root, resolve(dirname(path), wav), place), place);
    loaded.push({ text, heard, samples, rateHz: answerRateHz });
  }
  return { name: basename(path, '.json'), pipeline, profile, network, oddSplits, answers: loaded };
}

async function knownScenario(name: string): Promise<string> {
  const folder = fileURLToPath(new URL('../../fixtures/scenarios/', import.meta.url));
  const files = await readdir(folder);
  const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
  if (names.includes(name)) return resolve(folder, `${name}.json`);
  names.sort();
  throw new VoiceloopError('input', 'scenario-unknown', `there is no scenario called "${name}"`, {
    reason: `the scenarios are ${names.join(', ')}`,
    hint: didYouMean(name, names) ?? 'give one of these names, or the path of a JSON file',
  });
}

async function readScenario(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new VoiceloopError('input', 'scenario-not-found', 'the scenario cannot be read', {
      where: path,
      reason: cause instanceof Error ? cause.message : String(cause),
      hint: 'check the path, or give the name of a scenario that comes with voiceloop',
      cause,
    });
  }
}

function parseScenario(text: string, path: string): v.InferOutput<typeof scenarioSchema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw invalid(path, 'the scenario is not JSON', reason, cause);
  }
  const result = v.safeParse(scenarioSchema, json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const place = placeOf(issue);
  const where = place ? `${path}: ${place}` : path;
  if (issue.expected === 'never') {
    throw invalid(where, `the scenario has an unknown field ${place}`, `known here: ${knownFields(issue)}`);
  }
  if (issue.received === 'undefined') throw invalid(where, `the scenario lacks the field ${place}`);
  const reason = issue.expected ? `expected ${issue.expected}, received ${issue.received}` : issue.message;
  throw invalid(where, `the scenario's ${place || 'content'} cannot be used`, reason);
}

function invalid(where: string, message: string, reason?: string, cause?: unknown): VoiceloopError {
  const details = { where, hint: 'compare it with fixtures/scenarios/library.json', cause };
  return new VoiceloopError('input', 'scenario-invalid', message, reason ? { ...details, reason } : details);
}

/** As in JavaScript: `answers[1].wav`. */
function placeOf(issue: v.BaseIssue<unknown>): string {
  let place = '';
  for (const { key } of issue.path ?? [])
    place += typeof key === 'number' ? `[${key}]` : `${place && '.'}${String(key)}`;
  return place;
}

function knownFields(issue: v.BaseIssue<unknown>): string {
  const isAnswer = (issue.path?.length ?? 0) > 1;
  return Object.keys(
    isAnswer ? scenarioSchema.entries.answers.pipe[0].item.entries : scenarioSchema.entries,
  ).join(', ');
}

/** Links are followed before it is decided, so that none leads out. */
async function pathInside(root: string, path: string, where: string): Promise<string> {
  const real = await realpath(path).catch(() => path);
  const realRoot = await realpath(root);
  if (isInside(root, path) && (isInside(realRoot, real) || real === path)) return path;
  throw new VoiceloopError('input', 'scenario-path-outside', 'the scenario names a file outside its folder', {
    where,
    reason: `${path} is not inside ${root}`,
    hint: 'put the WAV file beside the scenario, or into the folder above it',
  });
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function readAnswer(path: string, where: string): Promise<Float32Array> {
  const wav = await openWav(path);
  try {
    if (wav.frames > longestAnswerSeconds * wav.rateHz) {
      throw new VoiceloopError(
        'input',
        'scenario-answer-too-long',
        'the answer lasts longer than ten minutes',
        {
          where,
          hint: 'cut the WAV file',
        },
      );
    }
    const samples = new Float32Array(wav.frames);
    let filled = 0;
    for (let piece = await wav.read(wav.rateHz); piece; piece = await wav.read(wav.rateHz)) {
      samples.set(piece, filled);
      filled += piece.length;
    }
    return resampleWhole(samples.subarray(0, filled), wav.rateHz, answerRateHz);
  } finally {
    await wav.close();
  }
}
