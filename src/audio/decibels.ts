/**
 * Decibels to factors and back, equal to the bit on every engine.
 *
 * @module
 */

/** The most that a gain somebody sets can be, and with the other sign the least. */
export const mostGainDb = 60;

/**
 * The factor that changes a level by `db`, rounded to single precision, because the last bit of a power differs between
 * JavaScript engines.
 */
export function decibelsToFactor(db: number): number {
  return Math.fround(10 ** (db / 20));
}

/** The level of an amplitude against full scale (1), in thousandths of a decibel; −Infinity for 0. */
export function amplitudeToDecibels(amplitude: number): number {
  return Math.round(20_000 * Math.log10(amplitude)) / 1000;
}

/** The level of a mean square against full scale (1), in thousandths of a decibel; −Infinity for 0. */
export function powerToDecibels(power: number): number {
  return Math.round(10_000 * Math.log10(power)) / 1000;
}
