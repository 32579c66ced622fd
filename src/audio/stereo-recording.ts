/**
 * A recording of both sides on one axis of time: what was said on the left, what was heard on the right.
 *
 * @module
 */
import { interleaveStereo } from '../../wasm/loader/stereo.ts';
import type { VoiceloopError } from '../errors.ts';
import { WavWriter } from './wav-writer.ts';

/** How a {@link StereoRecording} is made. */
export interface StereoRecordingOptions {
  readonly rateHz: number;
}

/** One side of a {@link StereoRecording}. */
export interface Track {
  /**
   * Puts samples at their place; what is there already is replaced. Samples before frame 0, and before what is final, are
   * cut off.
   *
   * @param atFrame where the first sample belongs, frame 0 being the start of the recording
   * @throws {RangeError} when `atFrame` is not an integer
   */
  write(atFrame: number, samples: Float32Array): void;
}

/** Pieces are small enough to be let go of soon, and large enough to be few. */
const pieceFrames = 4_096;

type Piece = readonly [left: Float32Array, right: Float32Array];

function newPiece(): Piece {
  return [new Float32Array(pieceFrames), new Float32Array(pieceFrames)];
}

/**
 * Two mono tracks in one 16-bit WAV file. Each is written at its own positions, in any order and seconds ahead of the
 * other; where nothing is written there is silence. What lies before {@link StereoRecording.advance} is final and goes to
 * the file, and only what comes after is held in memory. What goes wrong on disk is in {@link StereoRecording.error}.
 *
 * @throws {VoiceloopError} `out-not-writable` (kind `usage`) when the file cannot be made
 * @example
 * ```ts
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { StereoRecording } from 'voiceloop';
 *
 * const recording = new StereoRecording(join(tmpdir(), 'voiceloop-both.wav'), { rateHz: 24_000 });
 * recording.left.write(0, new Float32Array(480).fill(0.1));
 * recording.right.write(2_400, new Float32Array(480).fill(0.1));
 * recording.close(); // 120 ms: left at the beginning, right at 100 ms
 * ```
 */
export class StereoRecording {
  readonly left: Track = { write: (atFrame, samples) => this.#write(0, atFrame, samples) };
  readonly right: Track = { write: (atFrame, samples) => this.#write(1, atFrame, samples) };
  readonly #writer: WavWriter;
  /** Left and right, by their number on the axis of time. */
  readonly #pieces = new Map<number, Piece>();
  readonly #silence = newPiece();
  readonly #interleaved = new Float32Array(2 * pieceFrames);
  #finalFrame = 0;
  #endFrame = 0;
  #closed = false;

  constructor(path: string, options: StereoRecordingOptions) {
    this.#writer = new WavWriter(path, { rateHz: options.rateHz, channels: 2 });
  }

  /** Why the file stopped before the recording was closed; undefined while all is well. */
  get error(): VoiceloopError | undefined {
    return this.#writer.error;
  }

  /** Says that nothing more will be written before `toFrame`, rounded down. Never goes back. */
  advance(toFrame: number): void {
    const to = Math.floor(toFrame);
    while (this.#finalFrame < to && !this.#closed) {
      const piece = Math.floor(this.#finalFrame / pieceFrames);
      const start = piece * pieceFrames;
      const end = Math.min(to, start + pieceFrames);
      const [left, right] = this.#pieces.get(piece) ?? this.#silence;
      const from = this.#finalFrame - start;
      interleaveStereo(
        left.subarray(from, end - start),
        right.subarray(from, end - start),
        this.#interleaved,
      );
      this.#writer.write(this.#interleaved.subarray(0, 2 * (end - start - from)));
      if (end === start + pieceFrames) this.#pieces.delete(piece);
      this.#finalFrame = end;
    }
  }

  /** Writes everything that is left and closes the file; what is written after that is dropped. */
  close(): void {
    if (this.#closed) return;
    this.advance(this.#endFrame);
    this.#closed = true;
    this.#pieces.clear();
    this.#writer.close();
  }

  #write(channel: 0 | 1, atFrame: number, samples: Float32Array): void {
    if (!Number.isSafeInteger(atFrame)) throw new RangeError(`${atFrame} is no frame of a recording`);
    const endFrame = atFrame + samples.length;
    let frame = Math.max(atFrame, this.#finalFrame);
    if (this.#closed || this.error || frame >= endFrame) return;
    this.#endFrame = Math.max(this.#endFrame, endFrame);
    while (frame < endFrame) {
      const piece = Math.floor(frame / pieceFrames);
      const start = piece * pieceFrames;
      const end = Math.min(endFrame, start + pieceFrames);
      this.#piece(piece)[channel].set(samples.subarray(frame - atFrame, end - atFrame), frame - start);
      frame = end;
    }
  }

  #piece(number: number): Piece {
    let piece = this.#pieces.get(number);
    if (!piece) {
      piece = newPiece();
      this.#pieces.set(number, piece);
    }
    return piece;
  }
}
