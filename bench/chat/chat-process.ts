/**
 * A chat as a process of its own, on virtual devices.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { HearingMock } from '../../test/sound/hearing-mock.ts';
import type { VirtualAudio } from '../../test/sound/virtual-audio.ts';

const runtimeArguments = process.versions['deno'] ? ['run', '-A', 'cli.ts'] : ['cli.ts'];

export class ChatProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  #stdout = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (bytes: Buffer) => {
      this.#stdout += bytes;
    });
  }

  /** Settles when the mock hears it. */
  static async start(audio: VirtualAudio, mock: HearingMock, args: readonly string[]): Promise<ChatProcess> {
    const chat = ['chat', '--json', '--quiet', '--endpoint', mock.url, ...args];
    const child = spawn(process.execPath, [...runtimeArguments, ...chat], {
      env: { ...process.env, ...audio.env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const started = new ChatProcess(child);
    await mock.until('input_audio_buffer.append', 50);
    return started;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Leaves, and gives what it reports. */
  async leave(): Promise<Readonly<Record<string, unknown>>> {
    this.#child.stdin?.write('q\n');
    await once(this.#child, 'close');
    return JSON.parse(this.#stdout);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }
}
