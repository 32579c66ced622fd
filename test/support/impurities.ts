/**
 * What a source reads that is neither its input nor handed to it: a clock, a timer, chance.
 *
 * @module
 */
import { isNode, lineAt, type Node, nodesOf } from './source-tree.ts';

const timeNames = new Set(['setTimeout', 'setInterval', 'setImmediate']);
const timeMembers = new Set([
  'AbortSignal.timeout',
  'Bun.nanoseconds',
  'Bun.sleep',
  'Date.now',
  'process.hrtime',
  'process.uptime',
]);
const timeModules = /^(node:)?(timers|perf_hooks)(\/promises)?$/;

const chanceNames = new Set([
  'getRandomValues',
  'randomBytes',
  'randomFill',
  'randomFillSync',
  'randomInt',
  'randomUUID',
]);

export interface Impurity {
  readonly kind: 'time' | 'chance';
  readonly line: number;
  readonly text: string;
}

function nameOf(value: unknown): string {
  return isNode(value) && value.type === 'Identifier' ? String(value['name']) : '';
}

function kindOf(node: Node): Impurity['kind'] | undefined {
  switch (node.type) {
    case 'Identifier': {
      const name = nameOf(node);
      if (timeNames.has(name)) return 'time';
      return chanceNames.has(name) ? 'chance' : undefined;
    }
    case 'MemberExpression': {
      const object = nameOf(node['object']);
      const path = `${object}.${nameOf(node['property'])}`;
      if (path === 'Math.random') return 'chance';
      return object === 'performance' || timeMembers.has(path) ? 'time' : undefined;
    }
    case 'NewExpression':
      return nameOf(node['callee']) === 'Date' && (node['arguments'] as unknown[]).length === 0
        ? 'time'
        : undefined;
    case 'CallExpression':
      return nameOf(node['callee']) === 'Date' ? 'time' : undefined;
    case 'ImportDeclaration':
    case 'ImportExpression': {
      const source = isNode(node['source']) ? node['source']['value'] : undefined;
      return timeModules.test(String(source)) ? 'time' : undefined;
    }
    default:
      return undefined;
  }
}

/** Everything in a source that tells the time, sets a timer or draws a number by itself; comments and texts do not count. */
export function impuritiesOf(path: string, source: string): Impurity[] {
  const found: Impurity[] = [];
  for (const node of nodesOf(path, source)) {
    const kind = kindOf(node);
    if (!kind) continue;
    const text = source
      .slice(node.start, node['end'] as number)
      .split('\n', 1)
      .join();
    found.push({ kind, line: lineAt(source, node.start), text });
  }
  return found;
}
