/**
 * What the filters must do.
 *
 * @module
 */
import type { LowPassSpecification } from './low-pass.ts';

/**
 * The lengths are chosen so that at the rates of sound devices hardly a tap is wasted: 4, 3.675 and 2 times `periods`, at 48000 and
 * 44100 to 24000 Hz and from 24000 Hz up, are just below multiples of 4.
 */
export const lowPassSpecifications = {
  fast: { periods: 22, passEdge: 0.813, rippleDb: 0.01, stopDb: -81, farDb: -85 },
  std: { periods: 35.9, passEdge: 0.8589, rippleDb: 0.01, stopDb: -111, farDb: -118 },
  wide: { periods: 52, passEdge: 0.9053, rippleDb: 0.01, stopDb: -108.8, farDb: -113.8 },
  hq: { periods: 66, passEdge: 0.917, rippleDb: 0.01, stopDb: -126.5, farDb: -132 },
  best: { periods: 96, passEdge: 0.936, rippleDb: 0.003, stopDb: -135, farDb: -139 },
} as const satisfies Record<string, LowPassSpecification>;

/** The fewest pairs with which 13.55 kHz at 48 kHz is 112 dB down, and what is below 10.8 kHz within 0.02 dB. */
export const halfBandSpecification = { pairs: 27, stopEdge: 1.129 } as const;
