/**
 * The pairs of sample rates that are measured.
 *
 * @module
 */

/** From which rate to which, in Hz. */
export interface RatePair {
  readonly fromHz: number;
  readonly toHz: number;
}

/** What microphones and loudspeakers have, to and from the 24 kHz of the service. */
export const pairs: readonly RatePair[] = [
  { fromHz: 48_000, toHz: 24_000 },
  { fromHz: 44_100, toHz: 24_000 },
  { fromHz: 16_000, toHz: 24_000 },
  { fromHz: 24_000, toHz: 48_000 },
  { fromHz: 24_000, toHz: 44_100 },
];

/** As it stands in the tables: 48→24. */
export function pairName({ fromHz, toHz }: RatePair): string {
  return `${fromHz / 1000}→${toHz / 1000}`;
}

/** The highest frequency that both rates can hold, in Hz: half the lower of them. */
export function nyquistHz({ fromHz, toHz }: RatePair): number {
  return Math.min(fromHz, toHz) / 2;
}
