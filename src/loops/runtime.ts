/**
 * Which JavaScript runtime this is.
 *
 * @module
 */

/** As in a report: `{ name: 'node', version: '24.21.0' }`. */
export interface Runtime {
  readonly name: 'node' | 'deno' | 'bun';
  readonly version: string;
}

/** The runtime that runs this code. */
export function currentRuntime(): Runtime {
  const { bun, deno, node } = process.versions;
  if (bun !== undefined) return { name: 'bun', version: bun };
  return deno === undefined ? { name: 'node', version: node } : { name: 'deno', version: deno };
}
