import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { circles, wrongArrows } from './support/floors.ts';
import { impuritiesOf } from './support/impurities.ts';
import { filesUnder, type Import, importsOf, read, root } from './support/source-tree.ts';

const sources = filesUnder('src').filter((path) => path.endsWith('.ts'));
const programs = existsSync(join(root, 'cli.ts')) ? ['cli.ts', ...sources] : sources;
const wasmLoaders = filesUnder('wasm').filter((path) => /^wasm\/(?!assembly\/).*\.ts$/.test(path));

function arrow(from: string, to: string): Import {
  return { from, line: 1, to };
}

describe('imports', () => {
  const allImports = () => [...programs, ...wasmLoaders].flatMap((path) => importsOf(path, read(path)));

  test('go down the floors, never up', () => {
    expect(wrongArrows(allImports())).toEqual([]);
  });

  test('never go in a circle', () => {
    expect(circles(allImports())).toEqual([]);
  });

  test('are found in every form, and not in comments or texts', () => {
    const source = `
      import a, { type B } from './a.ts';
      import type { C } from '../audio/c.ts';
      export * from './d.ts';
      export { e } from './e.ts';
      const f = await import('./f.ts');
      type G = import('./g.ts').G;
      import ws from 'ws';
      // import './not-a-comment.ts';
      const text = "import './not-a-text.ts'";
      export const nothing = 0;
    `;
    const found = importsOf('src/stages/sample.ts', source).map(({ line, to }) => `${line} ${to}`);
    expect(found).toEqual([
      '2 src/stages/a.ts',
      '3 src/audio/c.ts',
      '4 src/stages/d.ts',
      '5 src/stages/e.ts',
      '6 src/stages/f.ts',
      '7 src/stages/g.ts',
      '8 ws',
    ]);
  });

  test.each([
    ['src/stages/resampler.ts', 'wasm/kernels.ts'],
    ['src/stages/frame-packer.ts', 'src/protocol/events.ts'],
    ['src/session/session.ts', 'src/audio/wav.ts'],
    ['src/commands/bench.ts', 'src/latency/gate.ts'],
    ['src/index.ts', 'src/mock/server/server.ts'],
    ['cli.ts', 'src/commands/chat.ts'],
    ['src/audio/wav.ts', 'src/errors.ts'],
    ['src/audio/wav.ts', 'src/audio/audio-block.ts'],
    ['src/mock/server/server.ts', 'ws'],
  ])('may go from %s to %s', (from, to) => {
    expect(wrongArrows([arrow(from, to)])).toEqual([]);
  });

  test.each([
    ['src/audio/wav.ts', 'src/stages/resampler.ts'],
    ['src/audio/wav.ts', 'src/protocol/events.ts'],
    ['src/stages/resampler.ts', 'src/protocol/events.ts'],
    ['src/stages/memory-transport.ts', 'src/protocol/events.ts'],
    ['src/session/session.ts', 'src/mock/server/server.ts'],
    ['src/mock/server/server.ts', 'src/pipeline/transport.ts'],
    ['src/latency/gate.ts', 'src/protocol/events.ts'],
    ['src/clock.ts', 'src/audio/audio-block.ts'],
    ['src/loops/replay.ts', 'src/commands/replay.ts'],
    ['src/loops/replay.ts', 'src/index.ts'],
    ['src/commands/replay.ts', 'cli.ts'],
    ['src/no-such-floor/a.ts', 'src/audio/wav.ts'],
    ['wasm/kernels.ts', 'src/clock.ts'],
  ])('may not go from %s to %s', (from, to) => {
    expect(wrongArrows([arrow(from, to)])).toEqual([expect.stringContaining(`${from}:1 imports ${to}, but`)]);
  });

  test('in a circle are named from file to file', () => {
    expect(circles([arrow('a', 'b'), arrow('b', 'c'), arrow('a', 'c'), arrow('c', 'd')])).toEqual([]);
    expect(circles([arrow('a', 'b'), arrow('b', 'c'), arrow('c', 'b')])).toEqual(['b → c → b']);
    expect(circles([arrow('a', 'a')])).toEqual(['a → a']);
  });
});

describe('time and chance', () => {
  const usesOf = (kind: 'time' | 'chance', paths: readonly string[]) =>
    paths.flatMap((path) =>
      impuritiesOf(path, read(path))
        .filter((each) => each.kind === kind)
        .map((each) => `${path}:${each.line} uses ${each.text}`),
    );

  test('time is told and timers are set by the clock alone', () => {
    const others = programs.filter((path) => path !== 'src/clock.ts');
    expect(usesOf('time', others)).toEqual([]);
    expect(usesOf('time', ['src/clock.ts'])).not.toEqual([]);
  });

  test('chance comes from a seeded generator alone', () => {
    expect(usesOf('chance', programs)).toEqual([]);
  });

  test.each([
    ['Date.now()', 'Date.now'],
    ['new Date().getTime()', 'new Date()'],
    ['Date()', 'Date()'],
    ['performance.now()', 'performance.now'],
    ['setTimeout(run, 5)', 'setTimeout'],
    ['globalThis.setInterval(run, 5)', 'setInterval'],
    [
      "import { setImmediate as soon } from 'node:timers';",
      "import { setImmediate as soon } from 'node:timers';",
    ],
    ["import * as timers from 'timers/promises';", "import * as timers from 'timers/promises';"],
    ['AbortSignal.timeout(5)', 'AbortSignal.timeout'],
  ])('%s is found to tell the time or to set a timer', (source, text) => {
    expect(impuritiesOf('sample.ts', source)).toContainEqual({ kind: 'time', line: 1, text });
  });

  test.each([
    ['Math.random()', 'Math.random'],
    ['crypto.randomUUID()', 'randomUUID'],
    ["import { randomBytes } from 'node:crypto';", 'randomBytes'],
    ['crypto.getRandomValues(bytes)', 'getRandomValues'],
  ])('%s is found to be chance', (source, text) => {
    expect(impuritiesOf('sample.ts', source)).toContainEqual({ kind: 'chance', line: 1, text });
  });

  test('comments, texts and times that are given are not mistaken for it', () => {
    const innocent = [
      '// Date.now() and Math.random()',
      '/** setTimeout(run, 5) */',
      "const a = 'performance.now()' + `new Date()` + /setTimeout/;",
      'new Date(unixMs).toISOString(); Date.UTC(2026, 0, 1); Math.round(random.uniform());',
    ].join('\n');
    expect(impuritiesOf('sample.ts', innocent)).toEqual([]);
  });
});

describe('source files', () => {
  const generated = ['src/protocol/events.ts'];

  test('have at most 300 lines', () => {
    const long = sources
      .filter((path) => !generated.includes(path))
      .map((path) => ({ path, lines: read(path).trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > 300)
      .map(({ path, lines }) => `${path} has ${lines} lines`);
    expect(long).toEqual([]);
  });

  test('begin with a sentence about what they are, and @module', () => {
    const header = /^\/\*\*\n \* \S((?!\*\/).)*\n \* @module\n \*\//s;
    const without = sources.filter((path) => !header.test(read(path)));
    expect(without).toEqual([]);
  });

  test('have their tests in a folder of the same name', () => {
    const ofTheirOwn = /^test\/(bench|e2e|fixtures|runtimes|sound|wasm)\//;
    const strays = filesUnder('test')
      .filter((path) => path.endsWith('.test.ts') && !ofTheirOwn.test(path))
      .filter((path) => !existsSync(join(root, 'src', posix.relative('test', posix.dirname(path)))));
    expect(strays).toEqual([]);
  });
});

describe('text files', () => {
  const machinePath = /(?<![\w.:/-])(\/(work|root|home|Users|tmp\/bash_jobs)\/|[A-Z]:\\Users\\)\S*/;
  const registryHost =
    /\b(registry\.(npmjs|yarnpkg|npmmirror)\.\w+|npm\.(jsr\.io|pkg\.github\.com)|\S+\.jfrog\.io)/;
  const traceOf = (text: string) => (machinePath.exec(text) ?? registryHost.exec(text))?.[0];

  test('name no path of one machine and no host of a package registry', () => {
    const local = /(^|\/)(\.env|[^/]*\.log)$/;
    const traces: string[] = [];
    for (const path of filesUnder('.').filter((each) => !local.test(each))) {
      const text = read(path);
      const trace = text.includes('\0') ? undefined : traceOf(text);
      if (trace) traces.push(`${path} names ${trace}`);
    }
    expect(traces).toEqual([]);
  });

  test('that do so are found', () => {
    const path = ['', 'home', 'somebody', 'a.wav'].join('/');
    const host = ['registry', 'npmjs', 'org'].join('.');
    expect(traceOf(`see ${path}`)).toBe(path);
    expect(traceOf(`from https://${host}/ws`)).toBe(host);
    expect(traceOf(`https://example.com${path} and ./fixtures/a.wav`)).toBeUndefined();
  });
});
