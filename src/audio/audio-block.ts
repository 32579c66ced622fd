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

/** How long the block lasts. */
export function durationMs(block: AudioBlock): number {
  return (block.samples.length / block.channels / block.rateHz) * 1000;
}
