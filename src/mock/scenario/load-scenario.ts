/**
 * From a scenario file to a scenario.
 *
 * @module
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { didYouMean, messageOf, VoiceloopError } from '../../errors.ts';
import { fault } from '../faults/faults.ts';
import { AnswerFiles } from './answer-files.ts';
import type { Scenario, ScenarioAnswer, SpokenAnswer } from './scenario.ts';
import { type ScenarioFile, type SpokenEntry, scenarioSchema } from './scenario-schema.ts';
import { type ReadText, readJsonWithComments } from './scenario-text.ts';

const defaultName = 'library';

/**
 * Reads a scenario and the audio of its answers, as mono at 24 kHz.
 *
 * A scenario is JSON with comments; `fixtures/scenarios/scenario.schema.json` describes every field, and docs/mock.md has
 * examples. A `wav` is relative to the file and stays inside the folder that contains the file's folder.
 *
 * @param nameOrPath the name of a scenario that comes with the library, or a path: what holds a slash or ends in `.json` or
 *   `.jsonc`; default `library`
 * @throws {VoiceloopError} of kind `input`: `scenario-unknown`, `scenario-not-found`, `scenario-invalid` with the field at
 *   fault and its place in the file, `scenario-path-outside`, `scenario-answer-too-long`, or what is wrong with a WAV file
 * @example
 * ```ts
 * import { loadScenario } from 'voiceloop';
 *
 * const scenario = await loadScenario('library');
 * console.log(scenario.pipeline, scenario.answers.length > 0); // cascaded true
 * ```
 */
export async function loadScenario(nameOrPath: string = defaultName): Promise<Scenario> {
  const isPath = /[\\/]/.test(nameOrPath) || /\.jsonc?$/.test(nameOrPath);
  const path = isPath ? resolve(nameOrPath) : await knownScenario(nameOrPath);
  const source = new ScenarioSource(path, await readScenario(path));
  const { answers, events, faults, greeting, turns, description, $schema, ...plain } = source.file;
  source.checkTurns();
  const audio = new AnswerFiles(path, (place) => source.place(place));
  const loaded: ScenarioAnswer[] = [];
  for (const [i, { heard, afterCalls, ...spoken }] of answers.entries()) {
    const at = ['answers', i];
    const said = await speak(spoken, at, source, audio);
    const later = afterCalls && (await speak(afterCalls, [...at, 'afterCalls'], source, audio));
    loaded.push({ ...said, heard, afterCalls: later });
  }
  return {
    ...plain,
    name: basename(path).replace(/\.jsonc?$/, ''),
    greeting: greeting && (await speak(greeting, ['greeting'], source, audio)),
    turns,
    answers: loaded,
    events: events?.map(({ at, occurrence = 1, delayMs = 0, send }) => ({
      moment: { at, occurrence, delayMs },
      send,
    })),
    faults: faults?.map(({ name, ...details }, i) =>
      source.within(['faults', i], () => fault(name, details)),
    ),
  };
}

async function knownScenario(name: string): Promise<string> {
  const folder = fileURLToPath(new URL('../../../fixtures/scenarios/', import.meta.url));
  const files = await readdir(folder);
  const names = files
    .filter((file) => file.endsWith('.jsonc'))
    .map((file) => file.slice(0, -'.jsonc'.length));
  if (names.includes(name)) return resolve(folder, `${name}.jsonc`);
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
      reason: messageOf(cause),
      hint: 'check the path, or give the name of a scenario that comes with voiceloop',
      cause,
    });
  }
}

async function speak(
  { text, wav, tone, echo, calls }: SpokenEntry,
  at: readonly (string | number)[],
  source: ScenarioSource,
  audio: AnswerFiles,
): Promise<SpokenAnswer> {
  const sounds = Object.entries({ wav, tone, echo }).filter(([, given]) => given !== undefined);
  if (sounds.length > 1) {
    const [, second] = sounds;
    throw source.invalid(
      [...at, second?.[0] ?? ''],
      `stands beside ${sounds[0]?.[0]}: an answer has one sound`,
    );
  }
  if (text === undefined && !echo && !tone && !(calls && wav === undefined))
    throw source.invalid([...at, 'text'], 'is missing: nobody can know what is said');
  const recorded = wav === undefined ? undefined : await audio.read(wav, [...at, 'wav']);
  return {
    text: text ?? '',
    speech: echo ? 'echo' : (recorded ?? (tone && audio.tone(tone.hz ?? 440, tone.ms))),
    calls: calls?.map(({ name, arguments: given = {} }) => ({ name, arguments: JSON.stringify(given) })),
  };
}

type FieldPath = readonly (string | number)[];

/** The file, and what to say of a place in it. */
class ScenarioSource {
  readonly file: ScenarioFile;
  readonly #path: string;
  readonly #text: ReadText;

  constructor(path: string, text: string) {
    this.#path = path;
    const read = readJsonWithComments(text);
    if ('reason' in read) {
      throw invalid(`${path}:${read.line}:${read.column}`, 'the scenario is not JSON', read.reason);
    }
    this.#text = read;
    const result = v.safeParse(scenarioSchema, read.value);
    if (!result.success) throw this.#refuse(result.issues[0]);
    this.file = result.output;
  }

  /** `FILE:LINE:COLUMN: answers[1].wav`. */
  place(field: FieldPath): string {
    const { line, column } = this.#text.placeOf(field);
    const name = fieldName(field);
    return `${this.#path}:${line}:${column}${name && `: ${name}`}`;
  }

  invalid(field: FieldPath, reason: string): VoiceloopError {
    return invalid(
      this.place(field),
      `the scenario's ${fieldName(field) || 'content'} cannot be used`,
      reason,
    );
  }

  /** What `make` cannot make is the fault of this field. */
  within<T>(field: FieldPath, make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (error instanceof RangeError) throw this.invalid(field, error.message);
      throw error;
    }
  }

  /** Scripted turns come one after the other. */
  checkTurns(): void {
    let endMs = 0;
    for (const [i, turn] of (this.file.turns ?? []).entries()) {
      if (turn.startMs < endMs)
        throw this.invalid(['turns', i, 'startMs'], `is before ${endMs}, where the turn before it ends`);
      if (turn.endMs <= turn.startMs) throw this.invalid(['turns', i, 'endMs'], 'is not after startMs');
      ({ endMs } = turn);
    }
  }

  #refuse(issue: v.BaseIssue<unknown>): VoiceloopError {
    const path = (issue.path ?? []).map(({ key }) => key as string | number);
    const name = fieldName(path);
    const where = this.place(path);
    if (issue.expected === 'never') {
      const known = knownFields(scenarioSchema, path.slice(0, -1));
      const nearest = didYouMean(String(path.at(-1)), known);
      return invalid(
        where,
        `the scenario has an unknown field ${name}`,
        nearest ?? `known here: ${known.join(', ')}`,
      );
    }
    if (issue.received === 'undefined') return invalid(where, `the scenario lacks the field ${name}`);
    // The library's own messages repeat what is said here already.
    const says = issue.message.startsWith('Invalid ') ? `expected ${issue.expected}` : issue.message;
    const received = issue.kind === 'schema' || issue.message !== says ? `, received ${issue.received}` : '';
    return invalid(where, `the scenario's ${name || 'content'} cannot be used`, `${says}${received}`);
  }
}

/** As in JavaScript: `answers[1].wav`. */
function fieldName(path: FieldPath): string {
  return path.reduce<string>(
    (name, key) => name + (typeof key === 'number' ? `[${key}]` : `${name && '.'}${key}`),
    '',
  );
}

function invalid(where: string, message: string, reason?: string): VoiceloopError {
  const details = { where, hint: 'compare it with fixtures/scenarios/library.jsonc' };
  return new VoiceloopError('input', 'scenario-invalid', message, reason ? { ...details, reason } : details);
}

/** The fields of the object at the end of a path. */
function knownFields(schema: v.GenericSchema, path: FieldPath): string[] {
  if ('wrapped' in schema) return knownFields(schema.wrapped as v.GenericSchema, path);
  const entries = 'entries' in schema ? (schema.entries as Record<string, v.GenericSchema>) : {};
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(entries);
  const next = typeof key === 'number' && 'item' in schema ? (schema.item as v.GenericSchema) : entries[key];
  return next ? knownFields(next, rest) : [];
}
