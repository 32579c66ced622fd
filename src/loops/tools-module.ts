/**
 * The user's own functions for the model, from a module.
 *
 * @module
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { didYouMean, messageOf, VoiceloopError } from '../errors.ts';
import type { Tool } from '../session/tool-calls.ts';
import { argumentsCheck } from './tool-arguments.ts';

const handler = v.custom<Tool['handler']>((value) => typeof value === 'function', 'must be a function');

const toolSchema = v.strictObject({
  name: v.pipe(
    v.string('must be a text'),
    v.regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, underscores and hyphens'),
  ),
  description: v.optional(v.string('must be a text')),
  parameters: v.optional(
    v.looseObject(
      { type: v.literal('object', 'must be "object": arguments are given by their names') },
      'must be a JSON Schema, an object',
    ),
  ),
  handler,
});

/**
 * Reads the tools of a module (JavaScript, or TypeScript that the runtime reads by itself): its default export, or its export
 * `tools`, is a list of `{ name, description, parameters, handler }`. `parameters` is a JSON Schema, draft 2020-12, or draft 7
 * where its `$schema` says so; the arguments of a call are checked against it before the handler gets them.
 *
 * The module is run with all rights of this process.
 *
 * @throws {VoiceloopError} `tools-not-found`; `tools-invalid` for a module that cannot be loaded, and for a tool that lacks
 *   something or has the name of another
 *
 * @example
 * ```ts
 * import { loadTools } from 'voiceloop';
 *
 * await loadTools('no-such-tools.ts').catch((error) => {
 *   console.log(error.code); // tools-not-found
 * });
 * ```
 */
export async function loadTools(path: string): Promise<Tool[]> {
  const list = await exportedList(path);
  const names = new Set<string>();
  const tools: Tool[] = [];
  for (const [index, entry] of list.entries()) {
    const { parameters, description, ...tool } = readTool(path, entry, index);
    if (names.has(tool.name)) {
      throw invalid(path, `two tools have the name ${tool.name}`, 'give each a name of its own');
    }
    names.add(tool.name);
    tools.push({
      ...tool,
      ...(description !== undefined && { description }),
      ...(parameters && { parameters, check: await checkFor(path, tool.name, parameters) }),
    });
  }
  return tools;
}

async function exportedList(path: string): Promise<readonly unknown[]> {
  const file = await stat(path).catch(() => undefined);
  if (!file?.isFile()) {
    throw new VoiceloopError('usage', 'tools-not-found', 'there is no such module of tools', {
      where: path,
      hint: 'give --tools the path of a .js, .mjs or .ts file',
    });
  }
  const module: { readonly default?: unknown; readonly tools?: unknown } = await importFile(path);
  const list = module.default ?? module.tools;
  if (Array.isArray(list)) return list;
  throw invalid(path, 'the module exports no list of tools', 'write: export default [{ name, handler }]');
}

async function importFile(path: string): Promise<object> {
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    throw new VoiceloopError('usage', 'tools-invalid', 'the module of tools cannot be loaded', {
      where: path,
      reason: reasonOf(error),
      hint: 'try to run it by itself',
      cause: error,
    });
  }
}

function readTool(path: string, entry: unknown, index: number): v.InferOutput<typeof toolSchema> {
  const result = v.safeParse(toolSchema, entry);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue);
  const tool = nameOf(entry) ?? `number ${index + 1}`;
  if (field === null) throw invalid(path, `the tool ${tool} is no object`, 'write { name, handler }');
  const fields = Object.keys(toolSchema.entries);
  if (!field.includes('.') && !fields.includes(field)) {
    const hint = didYouMean(field, fields) ?? `a tool has ${fields.join(', ')}`;
    throw invalid(path, `the tool ${tool} has an unknown field ${field}`, hint);
  }
  const isMissing = issue.input === undefined;
  const what = isMissing ? 'is missing' : issue.message;
  throw invalid(path, `the tool ${tool}: ${field} ${what}`, `a tool has ${fields.join(', ')}`);
}

function nameOf(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null || !('name' in entry)) return undefined;
  return typeof entry.name === 'string' ? entry.name.slice(0, 64) : undefined;
}

async function checkFor(path: string, name: string, parameters: Readonly<Record<string, unknown>>) {
  try {
    return await argumentsCheck(parameters);
  } catch (error) {
    const message = `the tool ${name}: parameters is no valid JSON Schema`;
    throw invalid(path, message, 'check the schema', reasonOf(error));
  }
}

function invalid(path: string, message: string, hint: string, reason?: string): VoiceloopError {
  return new VoiceloopError('usage', 'tools-invalid', message, {
    where: path,
    ...(reason !== undefined && { reason }),
    hint,
  });
}

function reasonOf(error: unknown): string {
  return (messageOf(error).split('\n')[0] ?? '').slice(0, 300);
}
