/**
 * Sound on the way to a microphone that is not there.
 *
 * @module
 */
import { decibelsToFactor } from '../../audio/decibels.ts';

/** What sounds at a moment of the loop's clock. A sound that is the same in all channels does not look at `channel`. */
export type SoundInAir = (timeMs: number, channel: number) => number;

/** A position so near to a frame is that frame: times in milliseconds are fractions, and the frame is wanted to the bit. */
const onFrame = 1e-5;

/**
 * The signal between its frames: the polynomial of fifth order through the six around `position`, which stays within
 * −65 dB of the band-limited signal up to a tenth of its rate. At a frame it is the frame, to the bit.
 */
export function valueBetween(frameAt: (frame: number) => number, position: number): number {
  const nearest = Math.round(position);
  if (Math.abs(position - nearest) < onFrame) return frameAt(nearest);
  const base = Math.floor(position);
  const x = position - base;
  let sum = 0;
  for (let k = -2; k <= 3; k++) {
    let weight = 1;
    for (let m = -2; m <= 3; m++) if (m !== k) weight *= (x - m) / (k - m);
    sum += weight * frameAt(base + k);
  }
  return sum;
}

/**
 * Samples that begin to sound at `startMs`, with silence before and after them.
 *
 * @param samples of one channel
 */
export function samplesInAir(
  samples: ArrayLike<number>,
  { rateHz, startMs = 0 }: { readonly rateHz: number; readonly startMs?: number },
): SoundInAir {
  const frameAt = (frame: number) => samples[frame] ?? 0;
  return (timeMs) => {
    const position = ((timeMs - startMs) * rateHz) / 1000;
    return position > -3 && position < samples.length + 2 ? valueBetween(frameAt, position) : 0;
  };
}

/** The way from a loudspeaker to a microphone. */
export interface EchoPath {
  /** From the loudspeaker's membrane to the microphone's, 0 or more: 3 for each metre. Default 3. */
  readonly delayMs?: number;
  /** How loud the microphone hears it. Default −20. */
  readonly gainDb?: number;
}

/**
 * What an output plays, as a microphone beside it hears it: later, and not as loud.
 *
 * @param output the first channel of it is heard
 */
export function echoInAir(
  output: { soundAt(timeMs: number): number },
  { delayMs = 3, gainDb = -20 }: EchoPath = {},
): SoundInAir {
  const gain = decibelsToFactor(gainDb);
  return (timeMs) => gain * output.soundAt(timeMs - delayMs);
}
