/**
 * A loudspeaker that is not there.
 *
 * @module
 */
import type { VoiceloopError } from '../../errors.ts';
import type { DeviceInfo, OutputStream, StreamOptions } from '../audio-host.ts';
import { BlockPace } from './block-pace.ts';
import {
  FakeDevice,
  type FakeDeviceOptions,
  type FakeFormat,
  type FakeStream,
  type FakeSurroundings,
} from './fake-device.ts';
import { PlayedRun } from './played-run.ts';

/** What a loudspeaker of the fake host is like. */
export interface FakeOutputOptions extends FakeDeviceOptions {
  /** How much the queue of a stream holds. Default 100. */
  readonly queueMs?: number;
  /** How much of what sounded is kept. Default everything, which for an hour at 48 kHz is 0.7 GB. */
  readonly keepMs?: number;
}

/**
 * A loudspeaker of a {@link FakeHost}. By its own sample clock it takes a block from the queue, which sounds from `latencyMs`
 * later on; where the queue is too short for a block, silence sounds instead. It remembers what really sounded, and when.
 */
export class FakeOutput extends FakeDevice {
  readonly queueMs: number;
  readonly #keepMs: number;
  readonly #runs: PlayedRun[] = [];
  #opened = 0;
  #underruns = 0;

  constructor(options: FakeOutputOptions, surroundings: FakeSurroundings) {
    super('output', options, surroundings);
    this.queueMs = options.queueMs ?? 100;
    this.#keepMs = options.keepMs ?? Number.POSITIVE_INFINITY;
  }

  /** How often a queue ran empty, in all streams there were. A flush, and an end of the stream, are no underrun. */
  get underruns(): number {
    return this.#underruns;
  }

  /** What sounded, run by run, to the bit. A new run begins with each stream, and when the device goes on after a stall. */
  get runs(): readonly PlayedRun[] {
    return this.#runs;
  }

  /** What sounds at `timeMs`, as far as it is known now; between two frames what the signal is there. */
  soundAt(timeMs: number, channel = 0): number {
    let sum = 0;
    for (const run of this.#runs) sum += run.soundAt(timeMs, channel);
    return sum;
  }

  /** What sounds from one moment to another, at the device's nominal rate or the one that is given. */
  soundBetween(fromMs: number, toMs: number, { rateHz = this.rateHz, channel = 0 } = {}): Float32Array {
    const length = Math.max(0, Math.round(((toMs - fromMs) * rateHz) / 1000));
    return Float32Array.from({ length }, (_, n) => this.soundAt(fromMs + (n * 1000) / rateHz, channel));
  }

  /** Opens a stream: what {@link FakeHost.openOutput} does. */
  open(options: StreamOptions, isDefault: boolean): OutputStream {
    const stream = new FakeOutputStream(this.format(options, isDefault), options, {
      clock: this.clock,
      random: this.random.fork(`stream ${++this.#opened}`),
      device: this,
      keepMs: this.#keepMs,
      onRun: (run) => void this.#runs.push(run),
      onUnderrun: () => void this.#underruns++,
      onClosed: (closed) => void this.streams.delete(closed),
    });
    this.streams.add(stream);
    return stream;
  }
}

/** What a stream knows of its loudspeaker. */
interface OutputSurroundings extends FakeSurroundings {
  readonly device: FakeOutput;
  readonly keepMs: number;
  readonly onRun: (run: PlayedRun) => void;
  readonly onUnderrun: () => void;
  readonly onClosed: (stream: FakeOutputStream) => void;
}

/** One stream, from its opening to its end. */
class FakeOutputStream implements OutputStream, FakeStream {
  readonly device: DeviceInfo;
  readonly rateHz: number;
  readonly channels: number;
  readonly latencyMs: number;
  underruns = 0;
  readonly #format: FakeFormat;
  readonly #options: StreamOptions;
  readonly #surroundings: OutputSurroundings;
  readonly #startMs: number;
  readonly #pace: BlockPace;
  /** A ring of frames. */
  readonly #queue: Float32Array;
  readonly #capacity: number;
  readonly #block: Float32Array;
  #first = 0;
  #queued = 0;
  /** Nothing was written since it was empty: that it still is, is no new underrun. */
  #isEmpty = true;
  #isClosed = false;
  #run: PlayedRun | undefined;

  constructor(format: FakeFormat, options: StreamOptions, surroundings: OutputSurroundings) {
    const { clock, random, device } = surroundings;
    const { rateHz, channels, blockFrames, msPerFrame } = format;
    this.device = format.device;
    this.rateHz = rateHz;
    this.channels = channels;
    this.latencyMs = device.latencyMs;
    this.#format = format;
    this.#options = options;
    this.#surroundings = surroundings;
    this.#capacity = Math.round((rateHz * device.queueMs) / 1000);
    this.#queue = new Float32Array(this.#capacity * channels);
    this.#block = new Float32Array(blockFrames * channels);
    this.#startMs = clock.now();
    this.#pace = new BlockPace({
      clock,
      random,
      startMs: this.#startMs,
      blockMs: blockFrames * msPerFrame,
      jitterMs: device.jitterMs,
      onBlock: (block) => this.#play(block * blockFrames),
    });
  }

  get writableFrames(): number {
    return this.#isClosed ? 0 : this.#capacity - this.#queued;
  }

  get queuedFrames(): number {
    return this.#queued;
  }

  /** @throws {RangeError} for more than `writableFrames`, or a part of a frame */
  write(samples: Float32Array): void {
    if (this.#isClosed) return;
    const frames = samples.length / this.channels;
    if (!Number.isInteger(frames) || frames > this.writableFrames)
      throw new RangeError(`the queue takes ${this.writableFrames} frames, received ${frames}`);
    const end = (this.#first + this.#queued) * this.channels;
    for (let i = 0; i < samples.length; i++) this.#queue[(end + i) % this.#queue.length] = samples[i] ?? 0;
    this.#queued += frames;
    if (frames > 0) this.#isEmpty = false;
  }

  flush(): number {
    const dropped = this.#queued;
    this.#queued = 0;
    this.#isEmpty = true;
    return dropped;
  }

  lose(error: VoiceloopError): void {
    if (this.#isClosed) return;
    this.#run?.cutAt(this.#surroundings.clock.now());
    this.#end();
    this.#options.onLost(error);
  }

  async close(): Promise<void> {
    this.#end();
  }

  #end(): void {
    this.#isClosed = true;
    this.#queued = 0;
    this.#pace.stop();
    this.#surroundings.onClosed(this);
  }

  /** Takes the block that begins with frame `frame` since the opening. */
  #play(frame: number): void {
    if (this.#surroundings.device.isStalled) {
      this.#run = undefined;
      return;
    }
    const { blockFrames } = this.#format;
    const { channels } = this;
    const taken = Math.min(blockFrames, this.#queued);
    for (let i = 0; i < this.#block.length; i++)
      this.#block[i] =
        i < taken * channels ? (this.#queue[(this.#first * channels + i) % this.#queue.length] ?? 0) : 0;
    this.#first = (this.#first + taken) % this.#capacity;
    this.#queued -= taken;
    if (taken < blockFrames && !this.#isEmpty) {
      this.#isEmpty = true;
      this.underruns++;
      this.#surroundings.onUnderrun();
    }
    this.#runFrom(frame).add(this.#block, 0, blockFrames);
  }

  #runFrom(frame: number): PlayedRun {
    if (this.#run) return this.#run;
    const { rateHz, channels, msPerFrame } = this.#format;
    const { keepMs, onRun } = this.#surroundings;
    const startMs = this.#startMs + this.latencyMs + frame * msPerFrame;
    this.#run = new PlayedRun({ rateHz, channels, startMs, msPerFrame, keepMs });
    onRun(this.#run);
    return this.#run;
  }
}
