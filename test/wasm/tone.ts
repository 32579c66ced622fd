/**
 * Tones and what is left of them.
 *
 * @module
 */
import { fitTone as fitSine, type Tone } from '../../bench/kernels/tones.ts';

/** A sine of `amplitude` at `frequencyHz`. */
export function tone(frequencyHz: number, rateHz: number, length: number, amplitude = 0.9): Float32Array {
  return Float32Array.from(
    { length },
    (_, n) => amplitude * Math.sin((2 * Math.PI * frequencyHz * n) / rateHz),
  );
}

/** Least-squares fit of one tone: its amplitude, and the amplitude of a sine as strong as everything else. */
export function fitTone(samples: Float32Array, frequencyHz: number, rateHz: number): Tone {
  return fitSine(samples, (2 * Math.PI * frequencyHz) / rateHz);
}

/** The amplitude of a sine as strong as the samples. */
export function strength(samples: Float32Array): number {
  return Math.sqrt((2 * samples.reduce((sum, y) => sum + y * y, 0)) / samples.length);
}

export function decibels(ratio: number): number {
  return 20 * Math.log10(ratio);
}
