/**
 * The examples in docstrings and Markdown files: found, written to files and run.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './source-tree.ts';

export interface Example {
  readonly path: string;
  /** Where its first line is in that file, counted from 1. */
  readonly line: number;
  readonly code: string;
}

/** What running an example came to. */
export interface Outcome {
  readonly printed: readonly string[];
  /** The error with its stack, or what the process said when it went down. */
  readonly error?: string;
}

/**
 * Every block marked as `ts`: in a source those inside docstrings, in Markdown those that import from the library, since a
 * text may also show a fragment.
 */
export function examplesIn(path: string, text: string): Example[] {
  const inSource = path.endsWith('.ts');
  const margin = inSource ? /^\s*\* ?/ : /^/;
  const found: Example[] = [];
  let block: string[] | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    const content = line.replace(margin, '');
    if (block === undefined) {
      if (content === '```ts' && (!inSource || margin.test(line))) block = [];
    } else if (content === '```') {
      found.push({ path, line: i + 1 - block.length, code: block.join('\n') });
      block = undefined;
    } else {
      block.push(content);
    }
  }
  if (block) throw new SyntaxError(`the example at the end of ${path} is not closed`);
  return found.filter(({ code }) => inSource || /from 'voiceloop'/.test(code));
}

/** What an example promises to print: the comments behind its `console.log` calls. */
export function promisesOf(code: string): string[] {
  const calls = code.matchAll(/^\s*console\.log\(.*\);? +\/\/ (.+)$/gm);
  return Array.from(calls, ([, promise = '']) => promise);
}

/** A promise is the line itself, the line and an explanation after `:` or `,`, or the beginning of the line and `…`. */
function keeps(line: string, promise: string): boolean {
  if (promise.endsWith('…') && line.startsWith(promise.slice(0, -1))) return true;
  return promise === line || promise.startsWith(`${line}:`) || promise.startsWith(`${line},`);
}

/** The first promise that no printed line keeps, in order; an example may print more than it promises. */
export function brokenPromise(promises: readonly string[], printed: readonly string[]): string | undefined {
  let from = 0;
  for (const promise of promises) {
    const at = printed.findIndex((line, i) => i >= from && keeps(line, promise));
    if (at < 0) return promise;
    from = at + 1;
  }
  return undefined;
}

/**
 * Runs examples on the runtime that calls this, in one process as far as they let each other live.
 *
 * @param timeoutMs how long one process may take
 */
export function runExamples(examples: readonly Example[], timeoutMs: number): Promise<Outcome[]> {
  return inFolder(examples, async (folder, files) => {
    const outcomes: Outcome[] = [];
    while (outcomes.length < files.length) {
      const results = join(folder, `from-${outcomes.length}.jsonl`);
      const runner = fileURLToPath(new URL('./run-examples.ts', import.meta.url));
      const said = await execute(
        [...runCommand, runner, results, ...files.slice(outcomes.length)],
        timeoutMs,
      );
      const lines = existsSync(results) ? readFileSync(results, 'utf8').trimEnd().split('\n') : [];
      outcomes.push(...lines.map((line) => JSON.parse(line) as Outcome));
      if (outcomes.length < files.length)
        outcomes.push({ printed: [], error: `did not come to its end\n${said}` });
    }
    return outcomes;
  });
}

/** What the compiler says against examples, one line each. */
export function typeErrorsOf(examples: readonly Example[]): Promise<string[]> {
  return inFolder(examples, async (folder) => {
    const project = { extends: '../../../tsconfig.json', include: ['*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const said = await execute([...runCommand, compiler, '-p', folder], 30_000);
    const shownFolder = `${relative(root, folder)}/`;
    const errors = said.split('\n').filter((line) => line.includes(': error TS'));
    return errors
      .filter((line) => line.startsWith(shownFolder))
      .map((line) => line.slice(shownFolder.length));
  });
}

const runCommand = 'Deno' in globalThis ? ['run', '-A', '--no-lock'] : [];

/** Runs a module on this runtime; what it says goes to one text. */
function execute(args: readonly string[], timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: root, timeout: timeoutMs }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

/** Lends examples as modules in a folder inside the repository, where they can import the library by its own name. */
async function inFolder<T>(
  examples: readonly Example[],
  use: (folder: string, files: readonly string[]) => Promise<T>,
): Promise<T> {
  const parent = join(root, 'test/.examples');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'run-'));
  const files = examples.map(({ path, line, code }) => {
    const file = join(folder, `${path.replaceAll('/', '-')}-${line}.ts`);
    // Errors then name the line that the example has in its own file.
    writeFileSync(file, '\n'.repeat(line - 1) + code);
    return file;
  });
  try {
    return await use(folder, files);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
