import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadTools } from '../../src/loops/tools-module.ts';

const folder = mkdtempSync(join(tmpdir(), 'tools-'));
afterAll(() => rmSync(folder, { recursive: true }));

let modules = 0;

/** Loads a module that says this; each has a name of its own, because runtimes load a module once. */
function load(text: string, extension = 'mjs') {
  const path = join(folder, `tools-${++modules}.${extension}`);
  writeFileSync(path, text);
  return loadTools(path);
}

const schema = `{
  type: 'object',
  properties: { title: { type: 'string' }, branch: { type: 'integer' } },
  required: ['title'],
}`;

describe('a module of tools', () => {
  test.each([
    ['export default', 'mjs'],
    ['export const tools =', 'mjs'],
    ['export const tools: readonly object[] =', 'ts'],
  ])('says %s in a .%s file', async (declaration, extension) => {
    const [tool] = await load(
      `${declaration} [{ name: 'find', description: 'Finds.', parameters: ${schema}, handler: ({ title }) => title }];`,
      extension,
    );
    expect(tool).toMatchObject({ name: 'find', description: 'Finds.', parameters: { required: ['title'] } });
    const context = { callId: 'C', signal: new AbortController().signal };
    expect(tool?.handler({ title: 'The Sea' }, context)).toBe('The Sea');
  });

  test('may hold tools without arguments, or none at all', async () => {
    const [ping] = await load(`export default [{ name: 'ping', handler() {} }];`);
    expect(Object.keys(ping ?? {}).sort()).toEqual(['handler', 'name']);
    expect(await load('export default [];')).toEqual([]);
  });

  test('has the arguments of its tools checked', async () => {
    const [tool] = await load(`export default [{ name: 'find', parameters: ${schema}, handler() {} }];`);
    expect(tool?.check?.({ title: 'The Sea', branch: 3 })).toBeUndefined();
    expect(tool?.check?.({ branch: 'x' })).toBe(
      "the arguments do not fit: arguments must have required property 'title', arguments/branch must be integer",
    );
    expect(tool?.check?.(12)).toBe('the arguments do not fit: arguments must be object');
  });

  test.each(['http://json-schema.org/draft-07/schema#', 'https://json-schema.org/draft/2020-12/schema'])(
    'may have its schemas in %s',
    async ($schema) => {
      const parameters = JSON.stringify({
        $schema,
        type: 'object',
        properties: { day: { type: 'string', format: 'date' }, n: { $ref: '#/definitions/n' } },
        definitions: { n: { const: 1, 'x-note': 'ours' } },
      });
      const [tool] = await load(
        `export default [{ name: 'find', parameters: ${parameters}, handler() {} }];`,
      );
      expect(tool?.check?.({ day: 'any', n: 1 })).toBeUndefined();
      expect(tool?.check?.({ n: 2 })).toContain('arguments/n must be equal to constant');
    },
  );
});

describe('a module that is not good', () => {
  test('because it is not there', async () => {
    for (const path of [join(folder, 'none.mjs'), folder]) {
      await expect(loadTools(path)).rejects.toMatchObject({
        kind: 'usage',
        code: 'tools-not-found',
        where: path,
      });
    }
  });

  test.each([
    ['throw new Error("no database\\nat all");', 'cannot be loaded', /^no database$/],
    ['import "./no-such-file.mjs";', 'cannot be loaded', /no-such-file/],
    ['export default [', 'cannot be loaded', /./],
    ['export const other = [];', 'exports no list of tools', undefined],
    ['export default { name: "a" };', 'exports no list of tools', undefined],
    ['export default [12];', 'the tool number 1 is no object', undefined],
    ['export default [{ handler() {} }];', 'the tool number 1: name is missing', undefined],
    ['export default [{ name: "a b", handler() {} }];', 'the tool a b: name must be 1 to 64', undefined],
    ['export default [{ name: "a" }];', 'the tool a: handler is missing', undefined],
    ['export default [{ name: "a", handler: 1 }];', 'the tool a: handler must be a function', undefined],
    [
      'export default [{ name: "a", description: 1, handler() {} }];',
      'the tool a: description must be a text',
      undefined,
    ],
    [
      'export default [{ name: "a", parameters: { type: "string" }, handler() {} }];',
      'the tool a: parameters.type must be "object"',
      undefined,
    ],
    [
      'export default [{ name: "a", parameters: { type: "object", properties: { b: { type: "text" } } }, handler() {} }];',
      'the tool a: parameters is no valid JSON Schema',
      /properties/,
    ],
    [
      'export default [{ name: "a", handler() {} }, { name: "a", handler() {} }];',
      'two tools have the name a',
      undefined,
    ],
  ])('%s', async (text, message, reason) => {
    const error = await load(text).then(
      () => expect.unreachable('it was taken'),
      (error) => error,
    );
    expect(error).toMatchObject({ kind: 'usage', code: 'tools-invalid' });
    expect(error.where).toContain('tools-');
    expect(error.message).toContain(message);
    if (reason) expect(error.reason).toMatch(reason);
    else expect(error.reason).toBeUndefined();
  });

  test('by a slip of the pen gets a hint', async () => {
    const slip = 'export default [{ name: "a", parameter: {}, handler() {} }];';
    await expect(load(slip)).rejects.toMatchObject({
      message: 'the tool a has an unknown field parameter',
      hint: 'did you mean parameters?',
    });
  });
});
