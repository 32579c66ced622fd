/** The types of the package `openai`, read as text, to hold real events against them. */
import { readFileSync } from 'node:fs';

const text = readFileSync(
  new URL('../../../node_modules/openai/resources/realtime/realtime.d.ts', import.meta.url),
  'utf8',
);

interface Field {
  readonly isOptional: boolean;
  readonly type: string;
}
type Interface = ReadonlyMap<string, Field>;

const interfaces = new Map<string, Interface>();
const aliases = new Map<string, string>();

/** Interfaces by their names with namespaces, as in `RealtimeResponse.Audio.Output`. */
function readTypes(): void {
  const path: string[] = [];
  let fields: Map<string, Field> | undefined;
  for (const line of text.replace(/\/\*.*?\*\//gs, '').split('\n')) {
    const opened = /^\s*(?:export )?(?:declare )?(interface|namespace|class) (\w+).*\{$/.exec(line);
    const alias = /^export type (\w+) = (.*);$/.exec(line);
    const field = /^\s*(\w+)(\??): (.*?)([;{])$/.exec(line);
    if (opened) {
      path.push(opened[2] as string);
      fields = opened[1] === 'interface' ? new Map() : undefined;
      if (fields) interfaces.set(path.join('.'), fields);
    } else if (alias) {
      aliases.set(alias[1] as string, alias[2] as string);
    } else if (field && fields) {
      const isObject = field[4] === '{';
      fields.set(field[1] as string, {
        isOptional: field[2] === '?',
        type: isObject ? 'unknown' : (field[3] as string),
      });
      if (isObject) path.push('');
    } else if (/^\s*\}/.test(line)) {
      if (path.pop() !== '') fields = undefined;
    }
  }
}
readTypes();

/** The server events by their `type`. */
const serverEvents = new Map<string, string>();
for (const name of (aliases.get('RealtimeServerEvent') ?? '').split(' | ')) {
  const type = interfaces.get(name)?.get('type')?.type;
  if (type) serverEvents.set(type.replaceAll("'", ''), name);
}

/** The `type` of every server event that the package knows. */
export const packageEventTypes: readonly string[] = [...serverEvents.keys()];

/** Fields that the service sends beyond the types (so recorded from it), or null where the types do not say so. */
const alsoSent = new Set([
  'session.id',
  'session.object',
  'session.expires_at',
  'session.include',
  'session.audio.input.transcription',
  'session.audio.input.transcription.language',
  'session.audio.input.transcription.prompt',
  'session.audio.input.noise_reduction',
  'response.usage',
  'response.status_details',
  'response.conversation_id',
  'item.content[].transcript',
]);

/** What of the event is not as the package's types say; nothing for an event that is right. */
export function faultsOf(event: { readonly type: string; readonly [field: string]: unknown }): string[] {
  const name = serverEvents.get(event.type);
  return name ? check(event, name, '', []) : [`there is no event ${event.type}`];
}

function check(value: unknown, type: string, scope: string, path: readonly string[]): string[] {
  const here = path.join('.').replaceAll('.[]', '[]');
  if (value === null && alsoSent.has(here)) return [];
  const options = splitUnion(type);
  if (options.length > 1) return checkUnion(value, options, scope, path);
  const array = /^Array<(.*)>$/.exec(type)?.[1];
  if (array !== undefined) {
    if (!Array.isArray(value)) return [`${here} is no array`];
    return value.flatMap((each) => check(each, array, scope, [...path, '[]']));
  }
  if (/^'.*'$|^\d+$/.test(type))
    return String(value) === type.replaceAll("'", '') ? [] : [`${here} is not ${type}`];
  if (type === 'null') return value === null ? [] : [`${here} is not null`];
  if (['string', 'number', 'boolean'].includes(type))
    return typeof value === type ? [] : [`${here} is no ${type}`];
  if (type === '(string & {})') return typeof value === 'string' ? [] : [`${here} is no string`];
  const resolved = resolve(type, scope);
  const aliased = resolved && aliases.get(resolved);
  if (aliased) return check(value, aliased, '', path);
  const fields = resolved && interfaces.get(resolved);
  return fields ? checkFields(value, fields, resolved, path) : [];
}

function checkUnion(
  value: unknown,
  options: readonly string[],
  scope: string,
  path: readonly string[],
): string[] {
  let best: string[] | undefined;
  for (const option of options) {
    const faults = check(value, option, scope, path);
    if (!best || faults.length < best.length) best = faults;
  }
  return best ?? [];
}

function checkFields(value: unknown, fields: Interface, scope: string, path: readonly string[]): string[] {
  const here = path.join('.').replaceAll('.[]', '[]');
  if (typeof value !== 'object' || value === null) return [`${here || 'the event'} is no object`];
  const faults: string[] = [];
  for (const [name, { isOptional }] of fields) {
    if (!isOptional && !(name in value)) faults.push(`${here} lacks ${name}`);
  }
  for (const [name, inner] of Object.entries(value)) {
    const field = fields.get(name);
    const at = [...path, name];
    if (field) faults.push(...check(inner, field.type, scope, at));
    else if (!alsoSent.has(at.join('.').replaceAll('.[]', '[]'))) faults.push(`${at.join('.')} is unknown`);
  }
  return faults;
}

/** The full name of a type as it is seen from inside another. */
function resolve(type: string, scope: string): string | undefined {
  const name = type.replace(/^RealtimeAPI\./, '');
  for (let around = scope; ; around = around.slice(0, Math.max(0, around.lastIndexOf('.')))) {
    const full = around ? `${around}.${name}` : name;
    if (interfaces.has(full) || aliases.has(full)) return full;
    if (!around) return undefined;
  }
}

/** Splits at the top level only. */
function splitUnion(type: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of type) {
    if ('<({'.includes(character)) depth += 1;
    if ('>)}'.includes(character)) depth -= 1;
    if (character === '|' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  return [...parts, part.trim()];
}
