/**
 * A microphone that is not there.
 *
 * @module
 */
import type { VoiceloopError } from '../../errors.ts';
import type { DeviceInfo, InputOptions, InputStream } from '../audio-host.ts';
import { BlockPace } from './block-pace.ts';
import {
  FakeDevice,
  type FakeDeviceOptions,
  type FakeFormat,
  type FakeStream,
  type FakeSurroundings,
} from './fake-device.ts';
import type { SoundInAir } from './sound-in-air.ts';

/**
 * A microphone of a {@link FakeHost}. It captures the sum of what a test lets it {@link hear}, and gives it out by its own
 * sample clock, in its own blocks, `latencyMs` after the last frame of each. Its stamps are exact.
 */
export class FakeInput extends FakeDevice {
  readonly #sounds = new Set<SoundInAir>();
  #opened = 0;

  constructor(options: FakeDeviceOptions, surroundings: FakeSurroundings) {
    super('input', options, surroundings);
  }

  /**
   * Lets it hear something, besides what it hears already: a function of the time, `samplesInAir` or `echoInAir`.
   *
   * @returns ends the sound
   */
  hear(sound: SoundInAir): () => void {
    this.#sounds.add(sound);
    return () => void this.#sounds.delete(sound);
  }

  /** Loses the next `frames` frames of what is open, as when nobody takes them in time. */
  overrun(frames: number): void {
    for (const stream of this.streams) if (stream instanceof FakeInputStream) stream.skip(frames);
  }

  /** Opens a stream: what {@link FakeHost.openInput} does. */
  open(options: InputOptions, isDefault: boolean): InputStream {
    const stream = new FakeInputStream(this.format(options, isDefault), options, {
      clock: this.clock,
      random: this.random.fork(`stream ${++this.#opened}`),
      device: this,
      sounds: this.#sounds,
      onClosed: (closed) => void this.streams.delete(closed),
    });
    this.streams.add(stream);
    return stream;
  }
}

/** What a stream knows of its microphone. */
interface InputSurroundings extends FakeSurroundings {
  readonly device: FakeInput;
  readonly sounds: ReadonlySet<SoundInAir>;
  readonly onClosed: (stream: FakeInputStream) => void;
}

/** One stream, from its opening to its end. */
class FakeInputStream implements InputStream, FakeStream {
  readonly device: DeviceInfo;
  readonly rateHz: number;
  readonly channels: number;
  overruns = 0;
  readonly #format: FakeFormat;
  readonly #options: InputOptions;
  readonly #surroundings: InputSurroundings;
  readonly #startMs: number;
  readonly #pace: BlockPace;
  readonly #samples: Float32Array;
  /** Frames still to be lost, and frames that were lost since the last block. */
  #toSkip = 0;
  #lostFrames = 0;

  constructor(format: FakeFormat, options: InputOptions, surroundings: InputSurroundings) {
    this.device = format.device;
    this.rateHz = format.rateHz;
    this.channels = format.channels;
    this.#format = format;
    this.#options = options;
    this.#surroundings = surroundings;
    this.#samples = new Float32Array(format.blockFrames * format.channels);
    const { clock, random, device } = surroundings;
    const blockMs = format.blockFrames * format.msPerFrame;
    this.#startMs = clock.now();
    this.#pace = new BlockPace({
      clock,
      random,
      startMs: this.#startMs + blockMs + device.latencyMs,
      blockMs,
      jitterMs: device.jitterMs,
      onBlock: (block) => this.#capture(block * format.blockFrames),
    });
  }

  skip(frames: number): void {
    this.#toSkip += frames;
  }

  lose(error: VoiceloopError): void {
    this.#end();
    this.#options.onLost(error);
  }

  async close(): Promise<void> {
    this.#end();
  }

  #end(): void {
    this.#pace.stop();
    this.#surroundings.onClosed(this);
  }

  #capture(frame: number): void {
    const { blockFrames, msPerFrame } = this.#format;
    const lost = this.#surroundings.device.isStalled ? blockFrames : Math.min(blockFrames, this.#toSkip);
    this.#toSkip = Math.max(0, this.#toSkip - lost);
    this.#lostFrames += lost;
    if (lost === blockFrames) return;
    const lostFrames = this.#lostFrames;
    if (lostFrames > 0) this.overruns++;
    this.#lostFrames = 0;
    const timeMs = this.#startMs + (frame + lost) * msPerFrame;
    const samples = this.#samples.subarray(0, (blockFrames - lost) * this.channels);
    this.#listen(samples, timeMs);
    this.#options.onBlock({ samples, rateHz: this.rateHz, channels: this.channels, timeMs, lostFrames });
  }

  #listen(samples: Float32Array, startMs: number): void {
    const { channels } = this;
    samples.fill(0);
    for (const sound of this.#surroundings.sounds) {
      for (let i = 0; i < samples.length; i++) {
        const timeMs = startMs + Math.floor(i / channels) * this.#format.msPerFrame;
        samples[i] = (samples[i] ?? 0) + sound(timeMs, i % channels);
      }
    }
  }
}
