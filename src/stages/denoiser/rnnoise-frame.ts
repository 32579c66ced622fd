/**
 * The frames in which RNNoise works.
 *
 * @module
 */

/** The one rate that RNNoise knows. */
export const rnnoiseRateHz = 48_000;

/** It hears and gives this many samples at a time, … */
export const frameLength = 480;

/** … which last 10 ms, and gives them a frame late, because its windows of two frames overlap by one. */
export const frameMs = 10;
