import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { clientEventTypes, serverEventTypes } from '../../src/protocol/events.ts';
import { generateEvents } from '../../src/protocol/generate-events.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const table = read('../../src/protocol/events.table.txt');

describe('generateEvents', () => {
  test('gives the events.ts that is committed', () => {
    expect(generateEvents(table)).toBe(read('../../src/protocol/events.ts'));
  });

  test('writes an event, a model, a union and an enum', () => {
    const text = generateEvents(
      [
        '# a comment',
        '',
        'client input_text.delta: id: string, content_index?: number',
        'server error: error: Details',
        'model Details: audio: base64, tags?: Record<string, any>, expires_at?: seconds',
        'union Either: Details | string',
        'enum Level: low azure.high ...',
      ].join('\n'),
    );
    expect(text).toContain(
      "export interface ClientInputTextDelta {\n  type: 'input_text.delta';\n  event_id?: string | null;\n  id: string;\n  content_index?: number | null;\n}",
    );
    expect(text).toContain("export const clientEventTypes = [\n  'input_text.delta',\n] as const;");
    expect(text).toContain('export type ServerEvent =\n  | ServerError;');
    expect(text).toContain(
      'export interface Details {\n  audio: string;\n  tags?: Record<string, unknown> | null;\n  expires_at?: number | null;\n}',
    );
    expect(text).toContain('export type Either = Details | string;');
    expect(text).toContain("export type Level = 'low' | 'azure.high' | (string & {});");
  });

  test.each(['events input_text.delta', 'client', 'client a b: c: string', 'model Details id: string'])(
    'refuses the row %j and names it',
    (row) => {
      expect(() => generateEvents(`${table}\n${row}\n`)).toThrow(
        new SyntaxError(`Cannot read the table row: ${row}`),
      );
    },
  );

  test.each(['id', 'id string', 'the id: string', 'id??: string'])(
    'refuses the field %j and names it',
    (field) => {
      const row = `client input_text.delta: delta: string, ${field}`;
      expect(() => generateEvents(row)).toThrow(new SyntaxError(`Cannot read the field: ${field}`));
    },
  );
});

type Fields = Readonly<Record<string, { readonly required: boolean }>>;

interface Sdk {
  readonly client: readonly { readonly type: string; readonly fields: Fields }[];
  readonly server: Sdk['client'];
  readonly models: Readonly<Record<string, Fields>>;
}

/** What the official SDK's types say, extracted outside of this repository. */
const sdkUrl = new URL('../../../shared/protocol-events.json', import.meta.url);

describe.skipIf(!existsSync(sdkUrl))('the table', () => {
  const sdk: Sdk = existsSync(sdkUrl)
    ? JSON.parse(readFileSync(sdkUrl, 'utf8'))
    : { client: [], server: [], models: {} };

  /** The names of the fields in the row that begins so; undefined where there is no such row. */
  function fieldsOf(rowHead: string): string[] | undefined {
    const row = table.split('\n').find((line) => line === rowHead || line.startsWith(`${rowHead}: `));
    const body = row?.slice(rowHead.length + 2);
    return body === undefined
      ? undefined
      : [...body.matchAll(/(?:^|, )(\w+)\??: /g)].map(([, name = '']) => name);
  }

  test.each(['client', 'server'] as const)('holds every %s event of the SDK with all its fields', (side) => {
    expect(sdk[side].length).toBeGreaterThan(10);
    for (const { type, fields } of sdk[side]) {
      const inEveryEvent = ['type', 'event_id'];
      const own = Object.keys(fields).filter((name) => !inEveryEvent.includes(name));
      expect(fieldsOf(`${side} ${type}`), type).toEqual(expect.arrayContaining(own));
      expect(side === 'client' ? clientEventTypes : serverEventTypes).toContain(type);
    }
  });

  test('holds every object inside events with all its fields', () => {
    // The SDK's base classes never travel themselves; the table has the union of what extends them.
    const objects = Object.entries(sdk.models).filter(([name]) => !table.includes(`\nunion ${name}Union: `));
    expect(objects.length).toBeGreaterThan(50);
    for (const [name, fields] of objects) {
      expect(fieldsOf(`model ${name}`), name).toEqual(expect.arrayContaining(Object.keys(fields)));
    }
  });
});
