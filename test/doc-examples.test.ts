import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  brokenPromise,
  type Example,
  examplesIn,
  type Outcome,
  promisesOf,
  runExamples,
  typeErrorsOf,
} from './support/doc-examples.ts';
import { filesUnder, read, root } from './support/source-tree.ts';

const isNode = !('Deno' in globalThis) && !('Bun' in globalThis);

describe('the examples of the documentation', () => {
  const documents = [
    ...filesUnder('src').filter((path) => path.endsWith('.ts')),
    ...filesUnder('docs').filter((path) => path.endsWith('.md')),
    ...['README.md'].filter((path) => existsSync(join(root, path))),
  ];
  const examples = documents.flatMap((path) => examplesIn(path, read(path)));
  let outcomes: Outcome[] = [];

  beforeAll(async () => {
    outcomes = await runExamples(examples, 20_000);
  }, 60_000);

  test.each(examples.map((example, i) => ({ ...example, i })))('$path:$line', ({ path, line, code, i }) => {
    expect(code).toContain("from 'voiceloop'");
    const { printed, error } = outcomes[i] ?? { printed: [] };
    const place = `the example at ${path}:${line}`;
    if (error) expect.fail(`${place} fails: ${error}`);
    const broken = brokenPromise(promisesOf(code), printed);
    if (broken) expect.fail(`${place} does not print ${broken} but\n${printed.join('\n')}`);
  });

  test.runIf(isNode)('pass the type check', async () => {
    expect(await typeErrorsOf(examples)).toEqual([]);
  });
});

describe('an example', () => {
  test('is found in a docstring, without the margin and with its line', () => {
    const source = [
      '/**',
      ' * Adds.',
      ' *',
      ' * @example',
      ' * ```ts',
      " * import { add } from 'voiceloop';",
      ' *',
      ' *   console.log(add(1, 2)); // 3',
      ' * ```',
      ' */',
      'const text = `',
      '```ts',
      'no docstring',
      '```',
      '`;',
      'class A {',
      '  /**',
      '   * ```ts',
      '   * new A();',
      '   * ```',
      '   * ```json',
      '   * {}',
      '   * ```',
      '   */',
      '}',
    ].join('\n');
    expect(examplesIn('src/add.ts', source)).toEqual([
      {
        path: 'src/add.ts',
        line: 6,
        code: "import { add } from 'voiceloop';\n\n  console.log(add(1, 2)); // 3",
      },
      { path: 'src/add.ts', line: 19, code: 'new A();' },
    ]);
  });

  test('is found in Markdown where it imports from the library', () => {
    const text = [
      '# Adding',
      '```ts',
      "import { add } from 'voiceloop';",
      '```',
      '```ts',
      'add(1, // and so on',
      '```',
    ].join('\n');
    expect(examplesIn('docs/adding.md', text)).toEqual([
      { path: 'docs/adding.md', line: 3, code: "import { add } from 'voiceloop';" },
    ]);
  });

  test('that is not closed is an error that names the file', () => {
    expect(() => examplesIn('docs/adding.md', '```ts\nadd(1, 2);')).toThrow('docs/adding.md is not closed');
  });

  test('promises what stands behind its console.log calls', () => {
    const code = [
      "const url = 'ws://localhost'; // no promise",
      'console.log(url);',
      "console.log(add(1, 2), 'ws://localhost'); // 3 ws://localhost",
      '  console.log(late) // 5: the block ended at 20 ms',
    ].join('\n');
    expect(promisesOf(code)).toEqual(['3 ws://localhost', '5: the block ended at 20 ms']);
  });

  test('keeps a promise by printing it, before an explanation or up to an ellipsis, in order', () => {
    const printed = ['a', '5', 'turn 1 of 3'];
    expect(brokenPromise([], printed)).toBeUndefined();
    expect(brokenPromise(['a', '5: five', 'turn 1…'], printed)).toBeUndefined();
    expect(brokenPromise(['5, in no time'], printed)).toBeUndefined();
    expect(brokenPromise(['5 seconds'], printed)).toBe('5 seconds');
    expect(brokenPromise(['52'], printed)).toBe('52');
    expect(brokenPromise(['turn'], printed)).toBe('turn');
    expect(brokenPromise(['5', 'a'], printed)).toBe('a');
    expect(brokenPromise(['a', 'a'], printed)).toBe('a');
  });
});

describe('running examples', () => {
  const sample = (line: number, code: string): Example => ({ path: 'docs/sample.md', line, code });

  test('tells what each prints and how it fails, also where one never ends or takes the process down', async () => {
    const outcomes = await runExamples(
      [
        sample(1, "const text: string = 'one\\ntwo'; console.log(text, [3]); export {};"),
        sample(2, 'await undefined;\nthrow new RangeError("on purpose");'),
        sample(3, "import { inlet } from './no-such-file.ts'; inlet();"),
        sample(4, 'await new Promise(() => {});'),
        sample(5, "process.stderr.write('down it goes'); process.exit(3);"),
        sample(6, "console.log('last');"),
      ],
      3_000,
    );
    const [prints, throws, imports, hangs, exits, last] = outcomes;
    expect(prints).toEqual({ printed: ['one', 'two [ 3 ]'] });
    expect(throws?.error).toContain('on purpose');
    expect(throws?.error).toContain('docs-sample.md-2.ts:3');
    expect(imports?.error).toContain('no-such-file');
    expect(hangs?.error).toContain('did not come to its end');
    expect(exits?.error).toContain('down it goes');
    expect(last).toEqual({ printed: ['last'] });
    expect(outcomes).toHaveLength(6);
  });
});
