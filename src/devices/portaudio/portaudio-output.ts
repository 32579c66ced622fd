/**
 * A loudspeaker on PortAudio: a short queue that is asked how full it is.
 *
 * @module
 */
import type { Timer } from '../../clock.ts';
import type { DeviceInfo, OutputStream } from '../audio-host.ts';
import { deviceError } from '../device-error.ts';
import { isLoss, lostError, openError, paError } from './portaudio-errors.ts';
import { outputLatencyMs } from './portaudio-latency.ts';
import type { PortAudioCode } from './portaudio-library.ts';
import type { PortAudioParts } from './portaudio-parts.ts';

/** ALSA starts a device when a period of it is filled. Less than that, left alone for so long, is filled up with silence. */
const startWithinMs = 30;
const padSeconds = 0.005;
/** No device has more periods to fill; where these do not start it, silence is not what it lacks. */
const mostPads = 4;

/** A queue that takes as much as it did so often before, in looks 5 ms apart, is empty. */
const equalLooks = 3;
const lookMs = 5;
const mostLooks = 100;

/**
 * Knows by one figure what the device has played: how many frames fit in. What does not fit is queued. Everything
 * that may have gone wrong shows when it is asked, and PortAudio sets an empty queue going again by itself.
 */
export class PortAudioOutput implements OutputStream {
  readonly device: DeviceInfo;
  readonly rateHz: number;
  readonly channels: number;
  readonly #parts: PortAudioParts;
  readonly #silence: Float32Array;
  /** What the queue takes when it is empty. */
  #bufferFrames = 0;
  #underruns = 0;
  /** That the queue is empty is known: so it begins, and so it is after a flush. */
  #isDry = true;
  /** Frames that were written since the queue was last emptied on purpose. */
  #writtenFrames = 0;
  #lastQueued = 0;
  #lastWriteMs = 0;
  /** Whether the queue has fallen since it was last empty. */
  #plays = false;
  #pads = 0;
  #telling: Timer | undefined;
  #isOpen = true;

  constructor(parts: PortAudioParts) {
    this.#parts = parts;
    this.device = parts.device;
    this.rateHz = parts.rateHz;
    this.channels = parts.channels;
    this.#silence = new Float32Array(Math.ceil(parts.rateHz * padSeconds) * parts.channels);
  }

  /**
   * Finds how much the queue takes when it is empty, right after the start. ALSA tells at once; Core Audio begins with a
   * queue full of silence, and tells when that has been played.
   *
   * @throws {VoiceloopError} where the device fails meanwhile, or the stream is closed
   */
  async settle(): Promise<void> {
    const { library, stream, clock, device } = this.#parts;
    for (let look = 0, equal = 0; look < mostLooks && equal < equalLooks; look++) {
      if (look > 0) await clock.sleep(lookMs);
      if (!this.#isOpen) throw deviceError('device-failed', `"${device.name}" was closed before it was open`);
      const available = stream.writeAvailable();
      if (isLoss(available)) {
        this.#end();
        throw openError(library, available, 'output', device.name);
      }
      equal = available > 0 && available <= this.#bufferFrames ? equal + 1 : 0;
      this.#bufferFrames = Math.max(this.#bufferFrames, available);
    }
  }

  get writableFrames(): number {
    const available = this.#look();
    return this.#isOpen ? available : 0;
  }

  get queuedFrames(): number {
    const queued = this.#bufferFrames - this.#look();
    return this.#isOpen ? queued : 0;
  }

  get latencyMs(): number {
    const { plan, stream } = this.#parts;
    return outputLatencyMs(plan, stream.info.latencySeconds, this.#bufferFrames / this.rateHz);
  }

  get underruns(): number {
    return this.#underruns;
  }

  /** @throws {RangeError} where the samples make no whole frames, or more than `writableFrames` */
  write(samples: Float32Array): void {
    const writable = this.#look();
    if (!this.#isOpen) return;
    const frames = samples.length / this.channels;
    if (!Number.isInteger(frames) || frames > writable)
      throw new RangeError(
        `the output takes ${writable} frames of ${this.channels} now, received ${samples.length} samples`,
      );
    this.#writtenFrames += frames;
    this.#pads = 0;
    this.#write(samples, frames);
  }

  flush(): number {
    const unheard = Math.min(this.queuedFrames, this.#writtenFrames);
    if (!this.#isOpen || this.#writtenFrames === 0) return 0;
    const { stream } = this.#parts;
    const codes = [stream.abort(), stream.start()];
    this.#isDry = true;
    this.#plays = false;
    this.#lastQueued = 0;
    this.#writtenFrames = 0;
    const failed = codes.find(isLoss);
    if (failed !== undefined) this.#lose(failed);
    return unheard;
  }

  async close(): Promise<void> {
    this.#telling?.cancel();
    this.#end();
  }

  /** The frames that fit in now; on the way, what has happened since the last look is counted. */
  #look(): number {
    if (!this.#isOpen) return 0;
    let available = this.#parts.stream.writeAvailable();
    if (isLoss(available)) {
      this.#lose(available);
      return 0;
    }
    // An underrun: the queue is empty, and the next write sets it going.
    if (available < 0) available = this.#bufferFrames;
    this.#bufferFrames = Math.max(this.#bufferFrames, available);
    const queued = this.#bufferFrames - available;
    if (queued === 0) this.#noteDry();
    else if (queued < this.#lastQueued) this.#plays = true;
    else if (!this.#plays) this.#pad(available);
    this.#lastQueued = queued;
    return available;
  }

  /** Seen here, an underrun is not counted again when the next write tells of it. */
  #noteDry(): void {
    if (!this.#isDry) this.#underruns++;
    this.#isDry = true;
    this.#plays = false;
  }

  #pad(available: number): void {
    const isWaiting = this.#parts.clock.now() - this.#lastWriteMs < startWithinMs;
    const frames = this.#silence.length / this.channels;
    if (this.#isDry || isWaiting || this.#pads >= mostPads || frames > available) return;
    this.#pads++;
    this.#write(this.#silence, frames);
  }

  #write(samples: Float32Array, frames: number): void {
    const code = frames > 0 ? this.#parts.stream.write(samples, frames) : 0;
    if (isLoss(code)) {
      this.#lose(code);
    } else if (frames > 0) {
      if (code === paError.outputUnderflowed && !this.#isDry) this.#underruns++;
      this.#isDry = false;
      this.#lastWriteMs = this.#parts.clock.now();
    }
  }

  /** The caller is in the middle of something: it is told in a turn of its own. */
  #lose(code: PortAudioCode): void {
    const { library, clock, onLost } = this.#parts;
    const error = lostError(library, code, 'output', this.device.name);
    this.#end();
    this.#telling = clock.at(clock.now(), () => onLost(error));
  }

  #end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#parts.stream.abort();
    this.#parts.stream.close();
    this.#parts.onClosed();
  }
}
