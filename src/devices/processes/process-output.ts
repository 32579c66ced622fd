/**
 * A loudspeaker that is fed through a program's stdin.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import type { VoiceloopError } from '../../errors.ts';
import type { DeviceInfo, OutputStream, StreamOptions } from '../audio-host.ts';
import { ChildProgram, type ProgramEnd } from './child-program.ts';
import { PlaybackPosition } from './playback-position.ts';
import type { ProgramPlan, StreamFormat } from './program-plan.ts';
import { ProgramStart } from './program-start.ts';
import { lossOf, openingTrouble } from './program-trouble.ts';

/** What may lie in the pipe, the program and the sound server together: pipes hold a second and more, and say nothing. */
const mostQueuedMs = 60;
/** After a flush, a card that only one program can hold may still be held by the one that was ended. */
const mostRespawns = 10;
/** How quickly the latency of the device follows what the program reports. */
const latencyWeight = 0.2;

/** Everything that lies between `write` and the air is what was written less what the program says was played. */
export class ProcessOutput implements OutputStream {
  readonly device: DeviceInfo;
  readonly rateHz: number;
  readonly channels: number;
  readonly #clock: Clock;
  readonly #plan: ProgramPlan;
  readonly #onLost: (error: VoiceloopError) => void;
  readonly #start: ProgramStart;
  readonly #mostQueuedFrames: number;
  #program: ChildProgram;
  #position: PlaybackPosition;
  #deviceMs: number;
  /** Of the programs that were ended. */
  #underruns = 0;
  #isOpen = true;
  /** The program has the device. */
  #isReady = false;
  #respawnsLeft = 0;

  /** @throws {VoiceloopError} of kind `device` where the device does not open within 5 s */
  static async open(
    clock: Clock,
    plan: ProgramPlan,
    device: DeviceInfo,
    format: StreamFormat,
    options: StreamOptions,
  ): Promise<ProcessOutput> {
    const stream = new ProcessOutput(clock, plan, device, format, options);
    try {
      await stream.#start.wait(plan.command, device);
    } catch (error) {
      await stream.close();
      throw error;
    }
    return stream;
  }

  private constructor(
    clock: Clock,
    plan: ProgramPlan,
    device: DeviceInfo,
    format: StreamFormat,
    options: StreamOptions,
  ) {
    this.device = device;
    this.rateHz = format.rateHz;
    this.channels = format.channels;
    this.#clock = clock;
    this.#plan = plan;
    this.#onLost = options.onLost;
    this.#start = new ProgramStart(clock);
    this.#mostQueuedFrames = Math.floor((mostQueuedMs / 1000) * format.rateHz);
    this.#deviceMs = plan.latencyMs;
    this.#position = this.#beginning();
    this.#program = this.#spawn();
    const primingFrames = Math.ceil(((plan.primingMs ?? 0) / 1000) * format.rateHz);
    if (primingFrames > 0) this.#send(new Float32Array(primingFrames * format.channels));
  }

  get writableFrames(): number {
    return this.#isOpen ? Math.max(0, this.#mostQueuedFrames - this.queuedFrames) : 0;
  }

  get queuedFrames(): number {
    const unheard = this.#position.writtenFrames - this.#position.playedAt(this.#clock.now());
    return Math.max(0, Math.round(unheard - (this.#deviceMs / 1000) * this.rateHz));
  }

  get latencyMs(): number {
    return this.#deviceMs;
  }

  get underruns(): number {
    return this.#underruns + this.#position.underruns;
  }

  write(samples: Float32Array): void {
    const frames = samples.length / this.channels;
    if (!Number.isInteger(frames))
      throw new RangeError(
        `the loudspeaker takes whole frames of ${this.channels}, received ${samples.length} samples`,
      );
    if (!this.#isOpen || frames === 0) return;
    const { writableFrames } = this;
    if (frames > writableFrames)
      throw new RangeError(
        `the loudspeaker takes ${writableFrames} frames now, received ${frames}: ask writableFrames before`,
      );
    this.#send(samples);
  }

  flush(): number {
    const { queuedFrames } = this;
    if (!this.#isOpen || queuedFrames === 0) return 0;
    // Its queue in the sound server dies with the program; there is no other way to empty the pipe.
    this.#program.kill();
    this.#respawnsLeft = mostRespawns;
    this.#respawn();
    return queuedFrames;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    this.#program.kill();
    await this.#clock.standStill(this.#program.gone);
  }

  #respawn(): void {
    this.#underruns += this.#position.underruns;
    this.#position = this.#beginning();
    this.#program = this.#spawn();
  }

  #beginning(): PlaybackPosition {
    return new PlaybackPosition(this.rateHz, this.#plan.restartMs);
  }

  #spawn(): ChildProgram {
    const { command, args } = this.#plan;
    this.#isReady = false;
    const read = this.#plan.reader();
    const program = new ChildProgram(
      command,
      args,
      { onLine: (line) => this.#hear(read, line), onEnd: (end) => this.#onEnd(end) },
      true,
    );
    if (this.#plan.header) program.write(this.#plan.header);
    return program;
  }

  #onEnd(end: ProgramEnd): void {
    const { command } = this.#plan;
    const error = openingTrouble(command, this.device, end);
    if (!this.#isReady && error.code === 'device-busy' && this.#respawnsLeft > 0) {
      this.#respawnsLeft--;
      this.#respawn();
      return;
    }
    this.#isOpen = false;
    if (this.#start.isSettled) this.#onLost(lossOf(command, this.device, end));
    else this.#start.fail(error);
  }

  #send(samples: Float32Array): void {
    // A copy, because the pipe may take it later.
    const bytes = new Uint8Array(new Float32Array(samples).buffer);
    this.#position.write(samples.length / this.channels, this.#clock.now());
    this.#program.write(bytes);
  }

  /** News of a start or an end may be old when it gets here; the next regular report is up to 50 ms away. */
  #ask(): void {
    const { askingSignal } = this.#plan;
    if (askingSignal) this.#program.signal(askingSignal);
  }

  #hear(read: ReturnType<ProgramPlan['reader']>, line: string): boolean {
    const report = read(line);
    const nowMs = this.#clock.now();
    switch (report?.kind) {
      case 'ready':
        this.#isReady = true;
        if (!this.#start.isSettled) this.#start.succeed();
        break;
      case 'refused':
        if (!this.#start.isSettled)
          this.#start.fail(
            openingTrouble(this.#plan.command, this.device, {
              isMissing: false,
              code: null,
              lastWords: [line],
            }),
          );
        break;
      case 'started':
        this.#position.started(nowMs, this.#deviceMs);
        this.#ask();
        break;
      case 'starved':
        this.#position.starved(nowMs);
        this.#ask();
        break;
      case 'played': {
        const { frames, takenFrames, deviceMs } = report;
        this.#position.played(frames, nowMs);
        const waitingFrames = this.#position.writtenFrames - (takenFrames ?? 0);
        if (deviceMs !== undefined && waitingFrames > this.rateHz / 500)
          this.#deviceMs += latencyWeight * (deviceMs - this.#deviceMs);
        break;
      }
    }
    return report !== undefined;
  }
}
