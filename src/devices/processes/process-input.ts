/**
 * A microphone whose sound comes from a program's stdout.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import type { CapturedBlock, DeviceInfo, InputOptions, InputStream } from '../audio-host.ts';
import { ChildProgram } from './child-program.ts';
import type { ProgramPlan, StreamFormat } from './program-plan.ts';
import { ProgramStart } from './program-start.ts';
import { lossOf, openingTrouble } from './program-trouble.ts';
import { SamplePipe } from './sample-pipe.ts';
import { SteadyStamps } from './steady-stamps.ts';

/** How quickly the latency follows what the program reports. */
const latencyWeight = 0.2;

/** A block that is sent again and again. */
type ReusedCapture = { -readonly [Key in keyof CapturedBlock]: CapturedBlock[Key] };

/**
 * A block for each piece that the program writes. A block's time is when its last frame arrived, smoothed over all
 * arrivals, less its length and the latency that the program reports.
 */
export class ProcessInput implements InputStream {
  readonly device: DeviceInfo;
  readonly rateHz: number;
  readonly channels: number;
  readonly #clock: Clock;
  readonly #plan: ProgramPlan;
  readonly #options: InputOptions;
  readonly #start: ProgramStart;
  readonly #program: ChildProgram;
  readonly #pipe: SamplePipe;
  readonly #stamps: SteadyStamps;
  readonly #block: ReusedCapture;
  readonly #takeSamples = (samples: Float32Array) => this.#take(samples);
  #latencyMs: number | undefined;
  #frames = 0;
  #lostFrames = 0;
  #overruns = 0;
  #isDelivering = false;

  /** @throws {VoiceloopError} of kind `device` where the stream does not run within 5 s */
  static async open(
    clock: Clock,
    plan: ProgramPlan,
    device: DeviceInfo,
    format: StreamFormat,
    options: InputOptions,
  ): Promise<ProcessInput> {
    const stream = new ProcessInput(clock, plan, device, format, options);
    try {
      await stream.#start.wait(plan.command, device);
    } catch (error) {
      await stream.close();
      throw error;
    }
    stream.#isDelivering = true;
    return stream;
  }

  private constructor(
    clock: Clock,
    plan: ProgramPlan,
    device: DeviceInfo,
    format: StreamFormat,
    options: InputOptions,
  ) {
    this.device = device;
    this.rateHz = format.rateHz;
    this.channels = format.channels;
    this.#clock = clock;
    this.#plan = plan;
    this.#options = options;
    this.#start = new ProgramStart(clock);
    this.#pipe = new SamplePipe(format.channels);
    this.#stamps = new SteadyStamps(format.rateHz);
    this.#block = { samples: new Float32Array(0), ...format, timeMs: 0, lostFrames: 0 };
    const read = plan.reader();
    this.#program = new ChildProgram(plan.command, plan.args, {
      onLine: (line) => this.#hear(read, line),
      onBytes: (bytes) => this.#pipe.push(bytes, this.#takeSamples),
      onEnd: (end) => {
        this.#isDelivering = false;
        if (this.#start.isSettled) this.#options.onLost(lossOf(plan.command, device, end));
        else this.#start.fail(openingTrouble(plan.command, device, end));
      },
    });
  }

  get overruns(): number {
    return this.#overruns;
  }

  async close(): Promise<void> {
    this.#isDelivering = false;
    this.#program.kill();
    await this.#clock.standStill(this.#program.gone);
  }

  #hear(read: ReturnType<ProgramPlan['reader']>, line: string): boolean {
    const report = read(line);
    if (report?.kind === 'latency') {
      this.#latencyMs ??= report.latencyMs;
      this.#latencyMs += latencyWeight * (report.latencyMs - this.#latencyMs);
    } else if (report?.kind === 'lost') {
      this.#overruns++;
      this.#lostFrames += Math.round((report.lostMs / 1000) * this.rateHz);
    } else if (report?.kind === 'refused' && !this.#start.isSettled) {
      this.#start.fail(
        openingTrouble(this.#plan.command, this.device, { isMissing: false, code: null, lastWords: [line] }),
      );
    }
    return report !== undefined;
  }

  #take(samples: Float32Array): void {
    const frames = samples.length / this.channels;
    this.#frames += this.#lostFrames;
    const first = this.#frames;
    this.#frames += frames;
    this.#stamps.observe(this.#frames, this.#clock.now());
    if (!this.#start.isSettled) this.#start.succeed();
    if (!this.#isDelivering) return;
    const block = this.#block;
    block.samples = samples;
    block.lostFrames = this.#lostFrames;
    block.timeMs = this.#stamps.timeOf(first) - (this.#latencyMs ?? this.#plan.latencyMs);
    this.#lostFrames = 0;
    this.#options.onBlock(block);
  }
}
