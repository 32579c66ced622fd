/**
 * A microphone on PortAudio: asked every few milliseconds what it has.
 *
 * @module
 */
import { FrameClock } from '../../audio/frame-clock.ts';
import type { Timer } from '../../clock.ts';
import type { CapturedBlock, DeviceInfo, InputOptions, InputStream } from '../audio-host.ts';
import { isLoss, lostError, paError } from './portaudio-errors.ts';
import { inputLatencyMs } from './portaudio-latency.ts';
import type { PortAudioCode } from './portaudio-library.ts';
import type { PortAudioParts } from './portaudio-parts.ts';

/** Between two looks at the device. */
const pollMs = 5;
/** More is read in several blocks. */
const mostBlockSeconds = 0.02;
/** A microphone that is there has something to say, if only silence. Counted in looks, so that a machine may sleep. */
const mostEmptyPolls = 3000 / pollMs;

/** What an input is made of. */
export interface PortAudioInputParts extends PortAudioParts {
  readonly onBlock: InputOptions['onBlock'];
}

/**
 * Reads what is there, every 5 ms, and never waits for more. Of a block's time it knows when its last frame was
 * there, at some moment since the last look; a {@link FrameClock} makes of these the steady pace of the device.
 */
export class PortAudioInput implements InputStream {
  readonly device: DeviceInfo;
  readonly rateHz: number;
  readonly channels: number;
  readonly #parts: PortAudioInputParts;
  readonly #frameClock: FrameClock;
  /** From the air to where PortAudio counts frames as available. */
  readonly #beforeMs: number;
  readonly #buffer: Float32Array;
  readonly #mostFrames: number;
  /** The views of the buffer that were given out, by their length in frames: a device has few lengths. */
  readonly #views = new Map<number, Float32Array>();
  readonly #block: { -readonly [Key in keyof CapturedBlock]: CapturedBlock[Key] };
  #timer: Timer | undefined;
  #lastPollMs: number;
  #emptyPolls = 0;
  /** Frames since the start, with those that were lost. */
  #frames = 0;
  #lostFrames = 0;
  #overruns = 0;
  #hasOverrun = false;
  #isOpen = true;

  constructor(parts: PortAudioInputParts) {
    const { device, rateHz, channels, stream, clock } = parts;
    this.#parts = parts;
    this.device = device;
    this.rateHz = rateHz;
    this.channels = channels;
    this.#frameClock = new FrameClock({ rateHz });
    this.#beforeMs = inputLatencyMs(parts.plan, stream.info.latencySeconds);
    this.#mostFrames = Math.ceil(rateHz * mostBlockSeconds);
    this.#buffer = new Float32Array(this.#mostFrames * channels);
    this.#block = { samples: this.#buffer, rateHz, channels, timeMs: 0, lostFrames: 0 };
    this.#lastPollMs = clock.now();
    this.#setTimer();
  }

  get overruns(): number {
    return this.#overruns;
  }

  async close(): Promise<void> {
    this.#end();
  }

  #setTimer(): void {
    this.#timer = this.#parts.clock.at(this.#parts.clock.now() + pollMs, () => this.#poll());
  }

  #poll(): void {
    this.#setTimer();
    const nowMs = this.#parts.clock.now();
    const available = this.#parts.stream.readAvailable();
    // What came since the last look came at any moment in between; after a stall, the last of it came just now.
    const arrivedMs = nowMs - Math.min(pollMs, nowMs - this.#lastPollMs) / 2;
    this.#lastPollMs = nowMs;
    this.#emptyPolls = available > 0 ? 0 : this.#emptyPolls + 1;
    if (isLoss(available)) this.#lose(available);
    else if (this.#emptyPolls >= mostEmptyPolls) this.#lose('it has given no sound for 3 s');
    else if (available < 0) this.#noteOverrun();
    else this.#readAll(available, arrivedMs);
  }

  #readAll(available: number, arrivedMs: number): void {
    for (let left = available; left > 0 && this.#isOpen; ) {
      const frames = Math.min(left, this.#mostFrames);
      const samples = this.#viewOf(frames);
      const code = this.#parts.stream.read(samples, frames);
      if (isLoss(code)) {
        this.#lose(code);
        break;
      }
      // With this code come the frames after the gap.
      if (code === paError.inputOverflowed) this.#noteOverrun();
      if (left === available) this.#placeInTime(available, arrivedMs);
      left -= frames;
      this.#give(samples, frames);
    }
  }

  /** PortAudio may tell of one overrun twice, when it is asked how much there is and when it is read. */
  #noteOverrun(): void {
    if (!this.#hasOverrun) this.#overruns++;
    this.#hasOverrun = true;
  }

  /** Finds when the frames that are there were captured, and how many were not, because there was no room. */
  #placeInTime(available: number, arrivedMs: number): void {
    const capturedMs = arrivedMs - this.#beforeMs;
    let lateMs = capturedMs - this.#frameClock.timeOf(this.#frames + available);
    if (this.#hasOverrun) {
      this.#lostFrames = this.#frames === 0 ? 0 : Math.max(0, Math.round((lateMs * this.rateHz) / 1000));
      this.#frames += this.#lostFrames;
      this.#hasOverrun = false;
      lateMs = 0;
    }
    // No frame is here before it was captured: a sound server that had stalled was late then, and is not now.
    if (lateMs < -2 * pollMs) this.#frameClock.reset();
    this.#frameClock.observe(this.#frames + available, capturedMs);
  }

  #give(samples: Float32Array, frames: number): void {
    this.#block.samples = samples;
    this.#block.timeMs = this.#frameClock.timeOf(this.#frames);
    this.#block.lostFrames = this.#lostFrames;
    this.#lostFrames = 0;
    this.#frames += frames;
    this.#parts.onBlock(this.#block);
  }

  #viewOf(frames: number): Float32Array {
    const known = this.#views.get(frames);
    if (known) return known;
    const view = this.#buffer.subarray(0, frames * this.channels);
    this.#views.set(frames, view);
    return view;
  }

  #lose(reason: PortAudioCode | string): void {
    const error = lostError(this.#parts.library, reason, 'input', this.device.name);
    this.#end();
    this.#parts.onLost(error);
  }

  #end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#timer?.cancel();
    this.#parts.stream.abort();
    this.#parts.stream.close();
    this.#parts.onClosed();
  }
}
