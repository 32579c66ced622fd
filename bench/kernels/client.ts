/**
 * What a whole client costs for each frame that it sends, with our resamplers and with libsamplerate-js: sockets, framing and
 * resampling both ways, no TLS. Server and client are processes of their own.
 *
 * @module
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { timesFaster } from './interleaved.ts';

export interface ClientFigure {
  /** Of each run, behind two seconds that do not count. */
  readonly seconds: number;
  /** Both kinds with the same few streams. */
  readonly light: Comparison;
  /** Each kind with so many streams that it fills a good part of a core: not the same number, but what a core would carry. */
  readonly loaded: Comparison;
}

export interface Comparison {
  readonly ours: ClientRuns;
  /** With libsamplerate-js, medium quality; its runs alternate with ours. */
  readonly libsamplerate: ClientRuns;
  /** How many times as many streams one core carries: the median of the ratios of neighbouring runs. */
  readonly times: number;
}

export interface ClientRuns {
  readonly streams: number;
  /** CPU time of the client's process for each frame sent, in microseconds, run by run. */
  readonly usPerFrame: readonly number[];
}

export interface ClientOptions {
  readonly seconds: number;
  /** How often each kind runs with each load. */
  readonly runs: number;
}

const loads = { light: { ours: 15, libsamplerate: 15 }, loaded: { ours: 200, libsamplerate: 30 } } as const;

interface Load {
  readonly usPerFrame: number;
  readonly frames: number;
  readonly deltas: number;
  readonly elapsedMs: number;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

function start(script: string, ...args: readonly string[]): Child {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const runtimeArgs = process.versions['deno'] ? ['run', '-A'] : [];
  return spawn(process.execPath, [...runtimeArgs, path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function firstLine(child: Child, what: string): Promise<string> {
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error(`the ${what} ended without a word`);
}

async function runClient(url: string, kind: string, streams: number, seconds: number): Promise<number> {
  const client = start('client-load.ts', url, kind, String(streams), String(seconds));
  const exited = once(client, 'exit');
  const { usPerFrame, frames, deltas, elapsedMs }: Load = JSON.parse(await firstLine(client, 'client'));
  await exited;
  // A client that gets no answers would do half of its work; one that falls behind would do it in a lump.
  if (deltas < frames / 5 / 2) throw new Error(`the client got ${deltas} deltas for ${frames} frames`);
  if (elapsedMs > seconds * 1100) {
    console.error(`the client fell behind: ${elapsedMs.toFixed(0)} ms for ${seconds} s`);
  }
  return usPerFrame;
}

async function compare(
  url: string,
  { ours, libsamplerate }: Readonly<Record<'ours' | 'libsamplerate', number>>,
  { seconds, runs }: ClientOptions,
): Promise<Comparison> {
  const [oursUs, theirsUs]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    oursUs.push(await runClient(url, 'ours', ours, seconds));
    theirsUs.push(await runClient(url, 'libsamplerate', libsamplerate, seconds));
  }
  return {
    ours: { streams: ours, usPerFrame: oursUs },
    libsamplerate: { streams: libsamplerate, usPerFrame: theirsUs },
    times: timesFaster(oursUs, theirsUs),
  };
}

export async function measureClient(options: ClientOptions): Promise<ClientFigure> {
  const server = start('client-server.ts');
  const exited = once(server, 'exit');
  try {
    const url = await firstLine(server, 'server');
    const light = await compare(url, loads.light, options);
    return { seconds: options.seconds, light, loaded: await compare(url, loads.loaded, options) };
  } finally {
    server.stdin.end();
    await exited;
  }
}
