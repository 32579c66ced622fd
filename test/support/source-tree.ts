/**
 * The repository's files, and the syntax trees of its sources.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vitest/node';

export const root = fileURLToPath(new URL('../../', import.meta.url));

const skipped = new Set(['.examples', '.git', 'dist', 'node_modules']);

/** Every file under a folder of the repository, as `src/audio/audio-block.ts`, sorted. */
export function filesUnder(folder: string): string[] {
  const paths: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory() && !skipped.has(entry.name)) paths.push(...filesUnder(path));
    else if (entry.isFile()) paths.push(path);
  }
  return paths.sort();
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** A node of the tree, as ESTree and its TypeScript extension name it. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/** Every node of a source, outer ones first. */
export function* nodesOf(path: string, source: string): Generator<Node> {
  const waiting: unknown[] = [parse(path, source)];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (isNode(value)) yield value;
    if (typeof value === 'object' && value !== null) waiting.push(...Object.values(value).reverse());
  }
}

function parse(path: string, source: string): unknown {
  try {
    return parseAst(source, { lang: 'ts' });
  } catch (cause) {
    throw new SyntaxError(`cannot parse ${path}`, { cause });
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

export function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}

/** One import or re-export, of values or of types, static or dynamic. */
export interface Import {
  readonly from: string;
  readonly line: number;
  /** A path in the repository where the specifier is relative, else the specifier. */
  readonly to: string;
}

export function importsOf(path: string, source: string): Import[] {
  const imports: Import[] = [];
  for (const node of nodesOf(path, source)) {
    const isImport = /^(Import|ExportNamed|ExportAll)Declaration$|^ImportExpression$|^TSImportType$/;
    const target = isImport.test(node.type) ? node['source'] : undefined;
    if (!isNode(target) || typeof target['value'] !== 'string') continue;
    const to = target['value'].startsWith('.')
      ? posix.join(posix.dirname(path), target['value'])
      : target['value'];
    imports.push({ from: path, line: lineAt(source, node.start), to });
  }
  return imports;
}
