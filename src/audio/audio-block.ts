/**
 * What moves through the pipeline: a block of samples with its time.
 *
 * @module
 */

/** A run of audio at one rate. Whoever keeps `samples` beyond the call that delivers them copies them. */
export interface AudioBlock {
  /** Full scale is −1 to 1; interleaved where there is more than one channel. */
  readonly samples: Float32Array;
  readonly rateHz: number;
  readonly channels: number;
  /** When the first sample was captured, or is due to be heard, on the loop's clock. */
  readonly timeMs: number;
}

/** A block that a stage sends out again and again with other samples: whoever keeps a block copies it. */
export type ReusedBlock = AudioBlock & { samples: Float32Array; timeMs: number };

/** What all blocks of a stream have. */
export type BlockFormat = Pick<AudioBlock, 'rateHz' | 'channels'>;

/**
 * @param who was made for the format, as in "the resampler"
 * @throws {RangeError} where a block has another rate or number of channels
 */
export function expectFormat(block: AudioBlock, { rateHz, channels }: BlockFormat, who: string): void {
  if (block.rateHz === rateHz && block.channels === channels) return;
  throw new RangeError(
    `${who} was made for ${rateHz} Hz and ${channels} channel(s), received a block of ${block.rateHz} Hz and ${block.channels}`,
  );
}

/** How long the block lasts. */
export function durationMs(block: AudioBlock): number {
  return (block.samples.length / block.channels / block.rateHz) * 1000;
}
