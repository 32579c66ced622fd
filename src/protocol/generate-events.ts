/**
 * Writes `events.ts` from `events.table.txt`; run by `npm run generate:events`.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface Row {
  readonly kind: string;
  readonly name: string;
  readonly body: string;
}

function parseRow(line: string): Row {
  const match = /^(client|server|model|union|enum) ([\w.]+)(?:: (.*))?$/.exec(line);
  if (!match) throw new SyntaxError(`Cannot read the table row: ${line}`);
  const [, kind = '', name = '', body = ''] = match;
  return { kind, name, body };
}

/** `a: X, b?: Record<string, Y>` split at the commas that are not inside brackets. */
function splitFields(body: string): string[] {
  return body === '' ? [] : body.split(/, (?![^<]*>)/);
}

function fieldType(type: string): string {
  return type
    .replace(/\bbase64\b/, 'string')
    .replace(/\bseconds\b/, 'number')
    .replace(/\bany\b/, 'unknown');
}

function member(field: string): string {
  const match = /^(\w+)(\??): (.*)$/.exec(field);
  if (!match) throw new SyntaxError(`Cannot read the field: ${field}`);
  const [, name, optional, type = ''] = match;
  return optional ? `  ${name}?: ${fieldType(type)} | null;` : `  ${name}: ${fieldType(type)};`;
}

function declareInterface(name: string, members: readonly string[]): string {
  return members.length === 0
    ? `export interface ${name} {}`
    : `export interface ${name} {\n${members.join('\n')}\n}`;
}

function eventName(side: string, type: string): string {
  const words = type.split(/[._]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${side}${words.join('')}`;
}

function declareEvents(side: 'Client' | 'Server', rows: readonly Row[]): string[] {
  const events = rows.map((row) =>
    declareInterface(eventName(side, row.name), [
      `  type: '${row.name}';`,
      '  event_id?: string | null;',
      ...splitFields(row.body).map(member),
    ]),
  );
  const union = rows.map((row) => `  | ${eventName(side, row.name)}`).join('\n');
  const types = rows.map((row) => `  '${row.name}',`).join('\n');
  const who = side === 'Client' ? 'the client sends' : 'the service sends';
  return [
    ...events,
    `/** Every event that ${who}, told apart by \`type\`. */\nexport type ${side}Event =\n${union};`,
    `/** The \`type\` of every event that ${who}. */\nexport const ${side.toLowerCase()}EventTypes = [\n${types}\n] as const;`,
  ];
}

function declareEnum({ name, body }: Row): string {
  const values = body.split(' ');
  const open = values.at(-1) === '...';
  const known = (open ? values.slice(0, -1) : values).map((value) => `'${value}'`);
  return `export type ${name} = ${[...known, ...(open ? ['(string & {})'] : [])].join(' | ')};`;
}

/** The text of `events.ts` for the text of the table. */
export function generateEvents(table: string): string {
  const rows = table
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseRow);
  const of = (kind: string) => rows.filter((row) => row.kind === kind);
  const blocks = [
    '/**\n * The events of the Voice Live wire protocol and the objects inside them, in wire names.\n *\n * Made from `events.table.txt` by `npm run generate:events`; change the table, not this file.\n *\n * @module\n */',
    ...declareEvents('Client', of('client')),
    ...declareEvents('Server', of('server')),
    ...of('model').map((row) => declareInterface(row.name, splitFields(row.body).map(member))),
    ...of('union').map((row) => `export type ${row.name} = ${row.body};`),
    ...of('enum').map(declareEnum),
  ];
  return `${blocks.join('\n\n')}\n`;
}

if (import.meta.main) {
  const table = readFileSync(new URL('./events.table.txt', import.meta.url), 'utf8');
  writeFileSync(new URL('./events.ts', import.meta.url), generateEvents(table));
}
