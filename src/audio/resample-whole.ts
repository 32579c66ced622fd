/**
 * A whole signal at another sample rate.
 *
 * @module
 */
import { openConverter } from '../../wasm/open-converter.ts';

/**
 * Converts a whole mono signal, without the delay that a stream has: the first output sample stands where the first input
 * sample stands, and the length is round(n · toHz / fromHz). The filter is the one of the `resampler` stage.
 *
 * @throws {RangeError} where a rate is no integer from 1 to 768000
 *
 * @example
 * ```ts
 * import { resampleWhole } from 'voiceloop';
 *
 * console.log(resampleWhole(new Float32Array(16_000), 16_000, 24_000).length); // 24000
 * ```
 */
export function resampleWhole(samples: Float32Array, fromHz: number, toHz: number): Float32Array {
  if (fromHz === toHz) return samples.slice();
  const converter = openConverter(fromHz, toHz, 1, 'std');
  converter.skipDelay();
  const output = new Float32Array(Math.round((samples.length * toHz) / fromHz));
  let filled = 0;
  const append = (piece: Float32Array) => {
    const fitting = piece.subarray(0, output.length - filled);
    output.set(fitting, filled);
    filled += fitting.length;
  };
  for (let first = 0; first < samples.length; first += converter.maxFrames) {
    append(converter.convert(samples, first, Math.min(converter.maxFrames, samples.length - first)));
  }
  append(converter.flush());
  return output;
}
