/**
 * Plays test sounds on an open loudspeaker, with silence between them.
 *
 * @module
 */
import type { Clock, Timer } from '../../clock.ts';
import type { OutputStream } from '../../devices/audio-host.ts';
import { deviceError } from '../../devices/device-error.ts';

/** What is known of a sound when its first frame is written. */
export interface PlayedSound {
  readonly writtenMs: number;
  /** What lay before it in the queue. */
  readonly queueMs: number;
  /** From the end of the queue to the air, as the driver has it. */
  readonly outputMs: number;
}

const pollMs = 5;
/** As little as a conversation keeps in the queue. */
const queueMs = 40;
/** A loudspeaker that takes nothing for so long does not work. */
const stuckMs = 2000;

interface Playing {
  readonly samples: Float32Array;
  readonly resolve: (played: PlayedSound) => void;
  readonly reject: (error: unknown) => void;
  at: number;
  started?: PlayedSound;
}

/** Keeps the queue of a loudspeaker filled from its making until it is stopped. */
export class TestPlayer {
  readonly #clock: Clock;
  readonly #stream: OutputStream;
  #playing: Playing | undefined;
  #timer: Timer | undefined;
  #takenMs: number;

  constructor(clock: Clock, stream: OutputStream) {
    this.#clock = clock;
    this.#stream = stream;
    this.#takenMs = clock.now();
    this.#poll();
  }

  /**
   * Plays mono samples on all channels; settles when the last one is written.
   *
   * @throws {VoiceloopError} `device-failed` where the loudspeaker takes nothing for two seconds
   */
  play(samples: Float32Array): Promise<PlayedSound> {
    return new Promise((resolve, reject) => {
      this.#takenMs = this.#clock.now();
      this.#playing = { samples, resolve, reject, at: 0 };
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #poll(): void {
    const wanted = Math.ceil((queueMs / 1000) * this.#stream.rateHz) - this.#stream.queuedFrames;
    const frames = Math.min(this.#stream.writableFrames, wanted);
    if (frames > 0) this.#write(frames);
    else if (this.#clock.now() - this.#takenMs > stuckMs) this.#giveUp();
    this.#timer = this.#clock.at(this.#clock.now() + pollMs, () => this.#poll());
  }

  #write(frames: number): void {
    const { channels, rateHz, queuedFrames, latencyMs } = this.#stream;
    const playing = this.#playing;
    this.#takenMs = this.#clock.now();
    if (playing) {
      playing.started ??= {
        writtenMs: this.#takenMs,
        queueMs: (queuedFrames / rateHz) * 1000,
        outputMs: latencyMs,
      };
    }
    const samples = Float32Array.from(
      { length: frames * channels },
      (_, i) => playing?.samples[playing.at + Math.floor(i / channels)] ?? 0,
    );
    this.#stream.write(samples);
    if (!playing?.started) return;
    playing.at += frames;
    if (playing.at < playing.samples.length) return;
    this.#playing = undefined;
    playing.resolve(playing.started);
  }

  #giveUp(): void {
    this.#playing?.reject(
      deviceError('device-failed', 'the loudspeaker takes no sound', {
        where: this.#stream.device.name,
        reason: `it has taken nothing for ${stuckMs / 1000} s`,
        hint: 'choose another one with --output-device, or another driver with --driver',
      }),
    );
    this.#playing = undefined;
  }
}
