/**
 * A microphone that says WAV files.
 *
 * @module
 */
import type { AudioBlock } from '../audio/audio-block.ts';
import type { WavReader } from '../audio/wav-reader.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Inlet, Source } from '../pipeline/inlet.ts';

/** How {@link WavSource} works. */
export interface WavSourceOptions {
  readonly clock: Clock;
  /** The rate of the silence before the first file. Default 24000. */
  readonly rateHz?: number;
  /** How much audio a block holds, as a sound device would deliver it. Default 20. */
  readonly blockMs?: number;
}

/** A file that is being said. */
export interface Utterance {
  /** When its first sample is captured, on the source's clock. */
  readonly startMs: number;
  /** Settles when its last sample is captured; rejects when the file cannot be read on. */
  readonly said: Promise<void>;
  /** How much of the file was said so far. */
  readonly saidMs: number;
}

/** Files are read this far ahead, so that a slow disk does not make a block late. */
const READ_AHEAD_MS = 1000;

/**
 * Delivers a block at each absolute deadline, whatever happened before: block *k* is due at start + (k + 1) × block, and
 * after a stall the blocks that are overdue come at once, each with its own time. Between files, and after the last one
 * until it is stopped, the microphone stays open and hears silence, without which the service's turn detection never
 * finds the end of a turn.
 *
 * @example
 * ```ts
 * import { inlet, openWav, VirtualClock, WavSource } from 'voiceloop';
 *
 * const clock = new VirtualClock();
 * const source = new WavSource({ clock });
 * let blocks = 0;
 * source.start(inlet(() => blocks++));
 * await clock.run(async () => {
 *   const utterance = source.say(await openWav('fixtures/opening-hours.wav'));
 *   await utterance.said;
 *   await source.stop();
 * });
 * console.log(blocks === Math.round(clock.now() / 20)); // true: one block every 20 ms, no drift
 * ```
 */
export class WavSource implements Source<AudioBlock> {
  readonly #clock: Clock;
  readonly #blockMs: number;
  #rateHz: number;
  #outlet: Inlet<AudioBlock> | undefined;
  #timer: Timer | undefined;
  #startMs = 0;
  #block = 0;
  #samples = new Float32Array(0);
  #utterance: FileUtterance | undefined;
  #stop: (() => void) | undefined;

  constructor(options: WavSourceOptions) {
    this.#clock = options.clock;
    this.#rateHz = options.rateHz ?? 24_000;
    this.#blockMs = options.blockMs ?? 20;
  }

  start(outlet: Inlet<AudioBlock>): void {
    if (this.#outlet) throw new TypeError('the source was started already');
    this.#outlet = outlet;
    this.#startMs = this.#clock.now();
    this.#schedule();
  }

  /**
   * Says a file from the next block on. The file is closed when it was said, and when the source is stopped.
   *
   * @throws {TypeError} while another file is being said, or before the start
   */
  say(reader: WavReader): Utterance {
    if (!this.#outlet || this.#stop) throw new TypeError('the source is not running');
    if (this.#utterance) throw new TypeError('another file is being said');
    const first = Math.max(this.#block, Math.ceil((this.#clock.now() - this.#startMs) / this.#blockMs));
    this.#utterance = new FileUtterance(this.#clock, reader, first, this.#blockStartMs(first));
    return this.#utterance;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#outlet || this.#stop) return resolve();
      this.#stop = resolve;
      this.#utterance?.close();
      this.#timer?.cancel();
      this.#outlet.end();
      resolve();
    });
  }

  #blockStartMs(block: number): number {
    return this.#startMs + block * this.#blockMs;
  }

  #schedule(): void {
    this.#timer = this.#clock.at(this.#blockStartMs(this.#block + 1), () => this.#deliver());
  }

  #deliver(): void {
    if (this.#stop) return;
    // After a stall everything that is overdue goes out at once: one timer for each block would add a millisecond to each.
    while (this.#blockStartMs(this.#block + 1) <= this.#clock.now()) {
      if (!this.#deliverBlock()) return;
    }
    this.#schedule();
  }

  /** False while the file's next samples are not there yet. */
  #deliverBlock(): boolean {
    const utterance = this.#utterance;
    const speaking = utterance !== undefined && utterance.firstBlock <= this.#block;
    if (speaking) {
      this.#rateHz = utterance.reader.rateHz;
      const count = this.#framesIn(this.#block - utterance.firstBlock);
      if (!utterance.holds(count)) {
        void utterance.more().then(() => this.#deliver());
        return false;
      }
      const samples = this.#take(count);
      utterance.take(samples, this.#blockMs);
      this.#push(samples);
      if (utterance.isSaid) this.#utterance = undefined;
    } else {
      this.#push(this.#take(this.#framesIn(this.#block)).fill(0));
    }
    this.#block++;
    return true;
  }

  /** Frames of a block, counted so that no fraction of a frame is lost at 11 025 or 22 050 Hz. */
  #framesIn(block: number): number {
    const frames = (this.#rateHz * this.#blockMs) / 1000;
    return Math.floor((block + 1) * frames) - Math.floor(block * frames);
  }

  #take(count: number): Float32Array {
    if (this.#samples.length < count) this.#samples = new Float32Array(count);
    return this.#samples.subarray(0, count);
  }

  #push(samples: Float32Array): void {
    const timeMs = this.#blockStartMs(this.#block);
    this.#outlet?.push({ samples, rateHz: this.#rateHz, channels: 1, timeMs });
  }
}

/** The file behind an utterance, read ahead of what is said. */
class FileUtterance implements Utterance {
  readonly reader: WavReader;
  readonly firstBlock: number;
  readonly startMs: number;
  readonly said: Promise<void>;
  saidMs = 0;
  readonly #clock: Clock;
  readonly #chunks: Float32Array[] = [];
  #held = 0;
  #offset = 0;
  #ended = false;
  #reading: Promise<void> | undefined;
  #settle: { resolve: () => void; reject: (error: unknown) => void } = { resolve() {}, reject() {} };

  constructor(clock: Clock, reader: WavReader, firstBlock: number, startMs: number) {
    this.#clock = clock;
    this.reader = reader;
    this.firstBlock = firstBlock;
    this.startMs = startMs;
    this.said = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.said.catch(() => {});
    void this.more();
  }

  get isSaid(): boolean {
    return this.#ended && this.#held === 0;
  }

  holds(frames: number): boolean {
    return this.#held >= frames || this.#ended;
  }

  /** Reads the next piece; what cannot be read ends the file and rejects {@link said}. */
  more(): Promise<void> {
    const frames = Math.round((this.reader.rateHz * READ_AHEAD_MS) / 1000);
    this.#reading ??= this.#clock
      .standStill(this.reader.read(frames))
      .then(
        (chunk) => {
          if (chunk === undefined) this.#ended = true;
          else {
            this.#chunks.push(chunk);
            this.#held += chunk.length;
          }
        },
        (error: unknown) => {
          this.#ended = true;
          this.#settle.reject(error);
        },
      )
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }

  /** Fills `out`, with silence behind the end of the file. */
  take(out: Float32Array, blockMs: number): void {
    let filled = 0;
    for (let chunk = this.#chunks[0]; chunk && filled < out.length; chunk = this.#chunks[0]) {
      const part = chunk.subarray(this.#offset, this.#offset + out.length - filled);
      out.set(part, filled);
      filled += part.length;
      this.#offset += part.length;
      if (this.#offset === chunk.length) {
        this.#chunks.shift();
        this.#offset = 0;
      }
    }
    out.fill(0, filled);
    this.#held -= filled;
    this.saidMs += blockMs;
    if (this.isSaid) this.close();
    else if (!this.#ended && this.#held * 2 < this.reader.rateHz) void this.more();
  }

  close(): void {
    this.#settle.resolve();
    void this.reader.close();
  }
}
