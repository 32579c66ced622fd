/**
 * The floors of the library and the arrows between them: an arrow goes down, never up and never in a circle.
 *
 * @module
 */
import type { Import } from './source-tree.ts';

const groundFloor = ['clock', 'errors', 'random', 'timer-heap', 'wasm'];

/** The folders that each folder may import from, besides itself and the ground floor. */
const below: Readonly<Record<string, readonly string[]>> = {
  audio: [],
  protocol: [],
  pipeline: ['audio'],
  devices: ['audio'],
  latency: ['audio'],
  mock: ['audio', 'protocol'],
  stages: ['pipeline', 'devices', 'audio'],
  paths: ['stages', 'pipeline', 'devices', 'audio', 'protocol'],
  session: ['paths', 'stages', 'pipeline', 'devices', 'audio', 'protocol'],
  loops: ['session', 'paths', 'stages', 'pipeline', 'devices', 'audio', 'protocol', 'mock', 'latency'],
};
const commands = ['loops', ...(below['loops'] ?? [])];
const floors: Readonly<Record<string, readonly string[]>> = {
  ...below,
  commands,
  cli: ['commands', ...commands],
  index: ['commands', ...commands],
};

/** Stages know no protocol, but for the two that own the hot messages and the transports, which know no message. */
const exceptions: readonly (readonly [from: RegExp, to: RegExp])[] = [
  [/^src\/stages\/frame-(un)?packer\.ts$/, /^src\/protocol\//],
  [/^src\/stages\/memory-transport\.ts$/, /^src\/protocol\/network-link\.ts$/],
  [/^src\/stages\/socket-transport\.ts$/, /^src\/protocol\/redact\.ts$/],
];

/** `src/audio/wav.ts` is on the floor `audio`, `src/clock.ts` on `clock`, `wasm/kernels.ts` on `wasm`. */
function floorOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return (first === 'src' ? second : first).replace(/\.ts$/, '');
}

function isAllowed({ from, to }: Import): boolean {
  const [here, there] = [floorOf(from), floorOf(to)];
  if (here === there && here !== 'index') return true;
  if (groundFloor.includes(there)) return here !== 'wasm';
  if (exceptions.some(([source, target]) => source.test(from) && target.test(to))) return true;
  return floors[here]?.includes(there) ?? false;
}

/** One readable line for each import that goes up or sideways. */
export function wrongArrows(imports: readonly Import[]): string[] {
  return imports
    .filter((each) => /^(cli\.ts$|src\/|wasm\/)/.test(each.to) && !isAllowed(each))
    .map((each) => {
      const here = floorOf(each.from);
      const allowed = [...(floors[here] ?? []), 'the ground floor'].join(', ');
      return `${each.from}:${each.line} imports ${each.to}, but ${here} may import only ${allowed}`;
    });
}

/** One line for each circle of imports, as `a.ts → b.ts → a.ts`. */
export function circles(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const found: string[] = [];
  const done = new Set<string>();
  const follow = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) follow(target, [...trail, path]);
    done.add(path);
  };
  for (const path of targets.keys()) follow(path, []);
  return found;
}
