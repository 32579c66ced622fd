/**
 * How well the mock keeps time while it carries many sessions: each of them sends 50 frames a second, speaks in turns and
 * hears answers. The mock runs in a process of its own, on one core where `taskset` is at hand.
 *
 *     npm run bench -- mock-sessions [SESSIONS [SECONDS]]
 *
 * @module
 */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { checkSpokenFile, encodeSamples, openWav, resampleWhole, SystemClock } from '../src/index.ts';

const [sessionCount = 300, seconds = 60] = process.argv.slice(2).map(Number);
const frameMs = 20;
const rateHz = 24_000;
/** A turn: some seconds of speech, and silence until the answer has been heard. */
const turnMs = 12_000;
const reportMs = 10_000;
const clock = new SystemClock();

interface ServerReport {
  readonly latenessMs: number[];
  readonly cpuShare: number;
  readonly rssMiB: number;
  readonly heapMiB: number;
  readonly openSessions: number;
}

/** The messages of one turn, made once for all. */
async function framesOfTurn(): Promise<{ frames: string[]; speechEndMs: number }> {
  const path = 'fixtures/opening-hours.wav';
  const { speech } = await checkSpokenFile(path, { format: 'pcm16', rateHz });
  const wav = await openWav(path);
  const spoken = resampleWhole((await wav.read(wav.frames)) ?? new Float32Array(0), wav.rateHz, rateHz);
  await wav.close();
  const samples = new Float32Array((turnMs * rateHz) / 1000);
  samples.set(spoken);
  const length = (frameMs * rateHz) / 1000;
  const frames = Array.from({ length: turnMs / frameMs }, (_, i) => {
    const bytes = Buffer.alloc(length * 2);
    encodeSamples('pcm16', samples.subarray(i * length, (i + 1) * length), bytes);
    return `{"type":"input_audio_buffer.append","audio":"${bytes.toString('base64')}"}`;
  });
  return { frames, speechEndMs: speech.endMs ?? 0 };
}

/** One client. It notes how long after the deciding frame each end of a turn was told. */
class Client {
  readonly #socket: WebSocket;
  readonly #frames: readonly string[];
  readonly #sentAtMs: Float64Array;
  readonly noticeMs: number[] = [];
  readonly opened: Promise<unknown>;
  #sent = 0;
  deltas = 0;
  answers = 0;
  errors = 0;

  constructor(url: string, frames: readonly string[]) {
    this.#frames = frames;
    this.#sentAtMs = new Float64Array(frames.length);
    this.#socket = new WebSocket(`${url}/voice-live/realtime?api-version=2026-07-15&model=gpt-4o`, {
      perMessageDeflate: false,
    });
    this.opened = once(this.#socket, 'open');
    this.#socket.on('message', (data: Buffer) => this.#receive(data));
  }

  sendFrame(): void {
    const at = this.#sent % this.#frames.length;
    this.#sentAtMs[at] = clock.now();
    this.#socket.send(this.#frames[at] as string);
    this.#sent += 1;
  }

  close(): Promise<unknown> {
    const closed = once(this.#socket, 'close');
    this.#socket.close(1000);
    return closed;
  }

  #receive(data: Buffer): void {
    // Audio is most of what comes: it is counted, not read.
    if (data.includes('"response.audio.delta"')) {
      this.deltas += 1;
      return;
    }
    const event = JSON.parse(data.toString());
    if (event.type === 'input_audio_buffer.speech_stopped') {
      const deciding = Math.ceil(event.audio_end_ms / frameMs) - 1;
      this.noticeMs.push(clock.now() - (this.#sentAtMs[deciding % this.#frames.length] as number));
    }
    if (event.type === 'response.done') this.answers += 1;
    if (event.type === 'error') this.errors += 1;
  }
}

function startServer(): ChildProcessByStdio<Writable, Readable, null> {
  const script = fileURLToPath(new URL('mock-sessions-server.ts', import.meta.url));
  const args = process.versions.bun ? [script] : process.versions['deno'] ? ['run', '-A', script] : [script];
  const hasTaskset = spawnSync('taskset', ['--version']).status === 0;
  const command = hasTaskset
    ? ['taskset', '-c', '0', process.execPath, ...args]
    : [process.execPath, ...args];
  const [program = process.execPath, ...rest] = command;
  if (hasTaskset) spawnSync('taskset', ['-a', '-p', '-c', '1', String(process.pid)]);
  return spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function ask<T>(
  server: { stdin: Writable },
  lines: AsyncIterator<string>,
  question = 'report',
): Promise<T> {
  server.stdin.write(`${question}\n`);
  const { value } = await lines.next();
  return JSON.parse(String(value));
}

function quantile(sorted: Float64Array, q: number): string {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
  return value === undefined ? '–' : value.toFixed(1);
}

function row(name: string, values: readonly number[]): string {
  const sorted = Float64Array.from(values).sort();
  const figures = [0.5, 0.9, 0.99, 0.999, 1].map((q) => quantile(sorted, q).padStart(8));
  return `${name.padEnd(34)}${figures.join('')}${String(sorted.length).padStart(11)}`;
}

/** Every frame of every client at its own deadline, which no lateness moves. */
async function drive(clients: readonly Client[], onReport: () => void): Promise<number[]> {
  const lateMs: number[] = [];
  const startMs = clock.now() + 100;
  let reportAtMs = startMs + reportMs;
  for (let tick = 0; tick * frameMs < seconds * 1000; tick++) {
    for (let slot = 0; slot < frameMs; slot++) {
      const dueMs = startMs + tick * frameMs + slot;
      if (dueMs > clock.now()) await clock.sleep(dueMs - clock.now());
      lateMs.push(clock.now() - dueMs);
      for (let i = slot; i < clients.length; i += frameMs) {
        // Not everybody speaks at once.
        if (tick * frameMs >= (i / clients.length) * turnMs) clients[i]?.sendFrame();
      }
    }
    if (clock.now() < reportAtMs) continue;
    reportAtMs += reportMs;
    onReport();
  }
  return lateMs;
}

const { frames, speechEndMs } = await framesOfTurn();
const server = startServer();
const lines: Interface = createInterface({ input: server.stdout });
const answers = lines[Symbol.asyncIterator]();
const { url } = JSON.parse(String((await answers.next()).value));
const clients = Array.from({ length: sessionCount }, () => new Client(url.replace('http', 'ws'), frames));
await Promise.all(clients.map(({ opened }) => opened));
await ask<ServerReport>(server, answers);

const reports: ServerReport[] = [];
let asking = Promise.resolve();
const sendLateMs = await drive(clients, () => {
  asking = asking.then(async () => {
    const report = await ask<ServerReport>(server, answers);
    reports.push(report);
    const { cpuShare, rssMiB, heapMiB, openSessions } = report;
    console.log(
      `${String(reports.length * (reportMs / 1000)).padStart(5)} s  ${openSessions} sessions  ` +
        `${(cpuShare * 100).toFixed(0)} % of a core  rss ${rssMiB.toFixed(0)} MiB  heap ${heapMiB.toFixed(0)} MiB`,
    );
  });
});
await asking;
for (const client of clients) await client.close();
server.stdin.end();
await once(server, 'exit');

const sum = (of: (client: Client) => number) => clients.reduce((total, client) => total + of(client), 0);
console.log(
  `\n${sessionCount} sessions, ${seconds} s, speech of ${speechEndMs.toFixed(0)} ms each ${turnMs / 1000} s`,
);
console.log(
  `${sum(({ answers }) => answers)} answers, ${sum(({ deltas }) => deltas)} deltas, ${sum(({ errors }) => errors)} errors`,
);
console.log(
  `${'ms late'.padEnd(34)}${['p50', 'p90', 'p99', 'p99.9', 'max'].map((each) => each.padStart(8)).join('')}${'n'.padStart(11)}`,
);
console.log(
  row(
    'events of the mock, by its timers',
    reports.flatMap(({ latenessMs }) => latenessMs),
  ),
);
console.log(
  row(
    'end of turn, seen by the client',
    clients.flatMap(({ noticeMs }) => noticeMs),
  ),
);
console.log(row('frames of the clients themselves', sendLateMs));
