/**
 * What a microphone has captured during a test, with the times of every frame.
 *
 * @module
 */
import type { CapturedBlock } from '../../devices/audio-host.ts';

interface Run {
  readonly samples: Float32Array;
  readonly firstFrame: number;
  readonly rateHz: number;
  readonly capturedMs: number;
  readonly arrivedMs: number;
}

/** Keeps everything, mixed to mono. */
export class CapturedSound {
  readonly #runs: Run[] = [];
  #frames = 0;
  #isSilent = true;

  /** Frames so far. */
  get frames(): number {
    return this.#frames;
  }

  /** Nothing but zeros so far: no microphone is as quiet as that. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  add({ samples, channels, rateHz, timeMs }: CapturedBlock, arrivedMs: number): void {
    const mono = new Float32Array(samples.length / channels);
    for (const [i, sample] of samples.entries()) {
      const n = Math.floor(i / channels);
      if (Number.isFinite(sample)) mono[n] = (mono[n] as number) + sample / channels;
    }
    this.#isSilent &&= mono.every((sample) => sample === 0);
    this.#runs.push({ samples: mono, firstFrame: this.#frames, rateHz, capturedMs: timeMs, arrivedMs });
    this.#frames += mono.length;
  }

  /** The frames from `first` to before `end`, which were all captured. */
  between(first: number, end = this.#frames): Float32Array {
    const all = new Float32Array(Math.max(0, end - first));
    for (const { samples, firstFrame } of this.#runs) {
      const from = Math.max(0, first - firstFrame);
      const to = Math.min(samples.length, end - firstFrame);
      if (from < to) all.set(samples.subarray(from, to), firstFrame + from - first);
    }
    return all;
  }

  /** When a frame was captured, as the driver has it, and when the program had it. */
  timesOf(frame: number): { readonly capturedMs: number; readonly arrivedMs: number } | undefined {
    const run = this.#runs.findLast(({ firstFrame }) => firstFrame <= frame);
    if (!run || frame >= run.firstFrame + run.samples.length) return undefined;
    const { capturedMs, firstFrame, rateHz, arrivedMs } = run;
    return { capturedMs: capturedMs + ((frame - firstFrame) * 1000) / rateHz, arrivedMs };
  }
}
