/**
 * Tones and what is left of them.
 *
 * @module
 */

/** A sine of `amplitude` at `frequencyHz`. */
export function tone(frequencyHz: number, rateHz: number, length: number, amplitude = 0.9): Float32Array {
  return Float32Array.from(
    { length },
    (_, n) => amplitude * Math.sin((2 * Math.PI * frequencyHz * n) / rateHz),
  );
}

/** Least-squares fit of one tone: its amplitude, and the amplitude of a sine as strong as everything else. */
export function fitTone(samples: Float32Array, frequencyHz: number, rateHz: number) {
  const angle = (n: number) => (2 * Math.PI * frequencyHz * n) / rateHz;
  let [ss, sc, cc, ys, yc] = [0, 0, 0, 0, 0];
  samples.forEach((y, n) => {
    const [s, c] = [Math.sin(angle(n)), Math.cos(angle(n))];
    ss += s * s;
    sc += s * c;
    cc += c * c;
    ys += y * s;
    yc += y * c;
  });
  const determinant = ss * cc - sc * sc;
  const inPhase = (ys * cc - yc * sc) / determinant;
  const quadrature = (yc * ss - ys * sc) / determinant;
  // A difference of the sums of squares would drown −140 dB in its own rounding.
  const rest = samples.map((y, n) => y - inPhase * Math.sin(angle(n)) - quadrature * Math.cos(angle(n)));
  return { amplitude: Math.hypot(inPhase, quadrature), residual: strength(rest) };
}

/** The amplitude of a sine as strong as the samples. */
export function strength(samples: Float32Array): number {
  return Math.sqrt((2 * samples.reduce((sum, y) => sum + y * y, 0)) / samples.length);
}

export function decibels(ratio: number): number {
  return 20 * Math.log10(ratio);
}
