/**
 * libsamplerate as an engine of the resampler stage.
 *
 * @module
 */
import { LibsamplerateConversion } from './libsamplerate/conversion.ts';
import { type ConverterType, loadInstances } from './libsamplerate/instances.ts';
import type { RateEngine } from './rate-conversion.ts';

const converterTypes = { best: 0, medium: 1, fastest: 2 } as const satisfies Record<string, ConverterType>;

/** Which of libsamplerate's sinc converters does the work. */
export interface LibsamplerateOptions {
  /**
   * `best` is flat to 0.946 of the lower Nyquist frequency, stops aliases by 141 dB and adds 5.98 ms at 48000→24000; `medium`
   * 0.866, 100 dB and 1.92 ms; `fastest` 0.718, 102 dB and 0.81 ms. Default `medium`.
   */
  readonly quality?: keyof typeof converterTypes;
}

/** What the package takes. */
const maxRateHz = 192_000;
const maxChannels = 128;
/** What libsamplerate takes, in both directions. */
const maxRatio = 256;

/**
 * Loads libsamplerate (Erik de Castro Lopo's sinc interpolator, after J. O. Smith, "Digital Audio Resampling", as C compiled to
 * JavaScript by the package `@alexanderolsen/libsamplerate-js`) as an engine: the same streaming contract as the built-in
 * kernels, for whoever must sound the same as other software with libsamplerate in it. One stream at `medium` quality takes 20 to
 * 60 times as much time as with the kernels.
 *
 * The conversions are exact: n frames have given ⌈n · toHz / fromHz⌉ frames at any time, the output does not depend, to the bit,
 * on how the input was cut, and it is, to the bit, what `full()` of the package gives for the same input with `delayMs` of
 * silence before it. `flush` gives the tail, which the package never does. Each conversion has a module of 26 MB (3 MB
 * of them touched) of its own, made in 2 to 6 ms when it is opened; a conversion that is flushed or reset keeps it, and one
 * that is no longer referenced is gone with it.
 *
 * @throws {RangeError} for an unknown quality; and in `open` where a rate is no integer from 1 to 192000, `channels` none from 1
 *   to 128, or the ratio not between 1/256 and 256
 *
 * @example
 * ```ts
 * import { loadLibsamplerate } from 'voiceloop';
 *
 * const engine = await loadLibsamplerate({ quality: 'fastest' });
 * const conversion = engine.open(48_000, 24_000, 1);
 * console.log(engine.name, conversion.convert(new Float32Array(960), 0, 960).length); // libsamplerate fastest 480
 * console.log(conversion.delayMs.toFixed(2), conversion.flush().length); // 0.81 39
 * ```
 */
export async function loadLibsamplerate(options: LibsamplerateOptions = {}): Promise<RateEngine> {
  const { quality = 'medium' } = options;
  if (!Object.hasOwn(converterTypes, quality)) {
    throw new RangeError(
      `the quality must be one of ${Object.keys(converterTypes).join(', ')}, received ${quality}`,
    );
  }
  const make = await loadInstances();
  return {
    name: `libsamplerate ${quality}`,
    open(fromHz, toHz, channels) {
      expectInteger('the rate of the input', fromHz, maxRateHz);
      expectInteger('the rate of the output', toHz, maxRateHz);
      expectInteger('the number of channels', channels, maxChannels);
      if (Math.max(fromHz / toHz, toHz / fromHz) > maxRatio) {
        throw new RangeError(
          `libsamplerate changes the rate by at most ${maxRatio}, received ${fromHz} and ${toHz}`,
        );
      }
      const instance = fromHz === toHz ? undefined : make(fromHz, toHz, channels, converterTypes[quality]);
      return new LibsamplerateConversion(instance, fromHz, toHz, channels);
    },
  };
}

function expectInteger(what: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new RangeError(`${what} must be an integer from 1 to ${max}, received ${value}`);
}
