/**
 * Virtual sound devices for one test file: a sound server of its own, see virtual-audio.sh.
 *
 * @module
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Clock } from '../../src/clock.ts';

const script = fileURLToPath(new URL('virtual-audio.sh', import.meta.url));
const run = promisify(execFile);

/** Why there are no virtual devices here; undefined where there are. */
export function missingForVirtualAudio(): string | undefined {
  for (const tool of ['pulseaudio', 'pactl', 'parec', 'pacat', 'paplay', 'setsid']) {
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0) {
      return `${tool} is missing (Debian: pulseaudio pulseaudio-utils libasound2-plugins libportaudio2)`;
    }
  }
  return undefined;
}

export interface VirtualAudioOptions {
  /** Of the loudspeaker. Default 48000. */
  readonly rateHz?: number;
  /** Of the microphone. Default as the loudspeaker. */
  readonly microphoneHz?: number;
}

/** A sound server with a loudspeaker, a microphone, and an `echo` microphone that hears the loudspeaker alone. */
export class VirtualAudio implements AsyncDisposable {
  /** What a program needs in its environment to see these devices, and no others. */
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;

  private constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.env = env;
  }

  static async start({
    rateHz = 48_000,
    microphoneHz = rateHz,
  }: VirtualAudioOptions = {}): Promise<VirtualAudio> {
    // Not below the folder of temporary files, whose name may be too long for a socket.
    const folder = mkdtempSync('/tmp/vl-audio-');
    const settings = {
      VIRTUAL_AUDIO_DIR: folder,
      VIRTUAL_AUDIO_RATE: String(rateHz),
      VIRTUAL_AUDIO_MIC_RATE: String(microphoneHz),
    };
    const { stdout } = await run(script, ['start'], { env: { ...process.env, ...settings } });
    const env = Object.fromEntries(
      [...stdout.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name = '', value = '']) => [name, value]),
    );
    return new VirtualAudio(folder, { ...settings, ...env });
  }

  /** Puts the settings into this process, for drivers that run in it. */
  use(): void {
    Object.assign(process.env, this.env);
  }

  /** Settles when the microphone has heard the file to its end. */
  async playIntoMicrophone(path: string): Promise<void> {
    await run(script, ['play-into-mic', path], { env: { ...process.env, ...this.env } });
  }

  /** Lets the microphone hear the loudspeaker, for as long as the server runs. */
  async loopback({ gainDb, delayMs }: { readonly gainDb: number; readonly delayMs: number }): Promise<void> {
    const pactl = (...args: string[]) => run('pactl', args, { env: { ...process.env, ...this.env } });
    const module = ['module-loopback', 'source=speaker.monitor', 'sink=mic_feed', `latency_msec=${delayMs}`];
    const { stdout } = await pactl('load-module', ...module);
    const streams = await pactl('list', 'sink-inputs');
    const mine = streams.stdout
      .split('Sink Input #')
      .find((text) => text.includes(`Owner Module: ${stdout.trim()}`));
    await pactl('set-sink-input-volume', String(Number.parseInt(mine ?? '', 10)), `${gainDb}dB`);
  }

  /** Records `speaker.monitor`, `mic` or `echo` from now on. */
  record(source: string, rateHz: number, clock: Clock): Recorder {
    return new Recorder(this.env, { source, rateHz, clock });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run(script, ['stop'], { env: { ...process.env, ...this.env } });
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Records a source as mono samples, with as little delay as a program can. */
export class Recorder {
  readonly #child: ChildProcess;
  readonly #chunks: Buffer[] = [];
  /** When the sample after the last one of each chunk would have arrived, and its number. */
  readonly #arrivals: { readonly untilFrame: number; readonly atMs: number }[] = [];
  #bytes = 0;

  constructor(
    env: Readonly<Record<string, string>>,
    { source, rateHz, clock }: { readonly source: string; readonly rateHz: number; readonly clock: Clock },
  ) {
    const format = ['--format=float32le', `--rate=${rateHz}`, '--channels=1'];
    this.#child = spawn('parec', ['--raw', `--device=${source}`, '--latency-msec=5', ...format], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
      this.#arrivals.push({ untilFrame: Math.floor(this.#bytes / 4), atMs: clock.now() });
    });
  }

  /** When a sample had arrived. */
  arrivedMs(frame: number): number {
    return this.#arrivals.find(({ untilFrame }) => untilFrame > frame)?.atMs ?? Number.NaN;
  }

  /** Ends it; everything that was recorded. */
  async stop(): Promise<Float32Array> {
    const closed = new Promise((resolve) => this.#child.on('close', resolve));
    this.#child.kill('SIGTERM');
    await closed;
    const bytes = Buffer.concat(this.#chunks);
    const whole = bytes.length - (bytes.length % 4);
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + whole));
  }
}
