/**
 * When the frames of a stream were captured, for stages that give out other blocks than they take in.
 *
 * @module
 */
import { type AudioBlock, durationMs } from '../audio/audio-block.ts';

/** Counted frames keep time better than stamps, which jitter; but a jump of the stamps, by more than half a block, is a gap. */
export class CaptureTime {
  #startMs: number | undefined;

  /** When the first frame was captured, or would have been by the latest count; 0 before there is one. */
  get startMs(): number {
    return this.#startMs ?? 0;
  }

  /** There was a block since the beginning, or since the last reset. */
  get hasStarted(): boolean {
    return this.#startMs !== undefined;
  }

  /** Takes note of a block before which `countedMs` of the stream were counted. */
  follow(block: AudioBlock, countedMs: number): void {
    const startMs = block.timeMs - countedMs;
    const offMs = this.#startMs === undefined ? 0 : Math.abs(startMs - this.#startMs);
    if (this.#startMs === undefined || offMs > durationMs(block) / 2) this.#startMs = startMs;
  }

  reset(): void {
    this.#startMs = undefined;
  }
}
