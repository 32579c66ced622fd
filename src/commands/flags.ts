/**
 * The flags: which ones every command has, and how they are checked.
 *
 * @module
 */
import * as v from 'valibot';
import { mostGainDb } from '../audio/decibels.ts';
import { VoiceloopError } from '../errors.ts';

/** The flags that every command has, as the command line declares them. */
export const commonFlags: readonly (readonly [name: string, description: string])[] = [
  ['--json', 'Print one JSON document instead of text'],
  ['--seed <n>', "Seed of everything that is left to chance (default: the scenario's, or 1)"],
  ['--config <file>', 'Settings as a JSON file'],
  ['--quiet', 'Only the result, warnings and errors'],
  ['--verbose', 'Also the planned paths and the effective settings'],
  ['--debug', 'A stack trace with an error'],
  ['--no-color', 'No colours'],
];

/** The schemas of {@link commonFlags}, to be spread into a command's own. */
export const commonFlagSchemas = {
  json: v.optional(yes(), false),
  seed: v.optional(integer(0, 0xffff_ffff)),
  config: v.optional(text()),
  quiet: v.optional(yes(), false),
  verbose: v.optional(yes(), false),
  debug: v.optional(yes(), false),
  color: v.optional(yes(), true),
};

/** A flag without a value. */
export function yes() {
  return v.boolean('takes no value');
}

/** A flag whose value is text. The parser makes numbers of what looks like one. */
export function text() {
  return v.pipe(v.union([v.string(), v.number()], 'needs one value'), v.transform(String));
}

/** A flag whose value is a whole number. */
export function integer(low: number, high: number) {
  const message = `needs a whole number from ${low} to ${high}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(low, message), v.maxValue(high, message));
}

/** A flag whose value is a gain. */
export function gain() {
  const message = `takes auto or decibels from ${-mostGainDb} to ${mostGainDb}`;
  return v.union(
    [
      v.literal('auto'),
      v.pipe(v.number(message), v.minValue(-mostGainDb, message), v.maxValue(mostGainDb, message)),
    ],
    message,
  );
}

/** A flag that may be given several times, each time with a text. */
export function texts() {
  const one = text();
  return v.pipe(
    v.union([v.array(one), one], 'needs a value each time'),
    v.transform((given) => [given].flat()),
  );
}

/** A flag that stands alone, or takes a scenario of the mock. */
export function scenario() {
  return v.union([v.literal(true), text()], 'takes the name or the file of one scenario, or nothing');
}

/** A flag that takes one of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return v.picklist(words, `takes ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);
}

/**
 * Checks the flags of a command.
 *
 * @throws {VoiceloopError} `flag-invalid`, which names the flag, what it takes and what it got
 */
export function parseFlags<Entries extends v.ObjectEntries>(
  entries: Entries,
  raw: Readonly<Record<string, unknown>>,
) {
  const result = v.safeParse(v.object(entries), raw);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const name = String(issue.path?.[0].key);
  const wrong = Array.isArray(raw[name])
    ? 'is given more than once'
    : `${issue.message}, not ${issue.received}`;
  throw new VoiceloopError('usage', 'flag-invalid', `--${kebab(name)} ${wrong}`, {
    hint: 'see the flags with --help',
  });
}

/** `turnGap` as it is written on the command line. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
