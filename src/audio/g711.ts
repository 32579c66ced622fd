/**
 * What the codes of A-law and µ-law stand for, the 8-bit codes of telephony (ITU-T G.711, 1988). The kernels encode them: see
 * wasm/assembly/g711.ts.
 *
 * @module
 */

/** Even bits are inverted on the line, so that silence has no long runs of equal bits (G.711, 3.1). */
const alawLineMask = 0x55;

/** Moves the µ-law segments to powers of two, in units of a 14-bit sample. */
const ulawBias = 33;

/** The 16-bit sample in the middle of an A-law code's interval. */
export function decodeAlaw(code: number): number {
  const bits = code ^ alawLineMask;
  const segment = (bits >> 4) & 0x07;
  const step = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

/** The 16-bit sample in the middle of a µ-law code's interval. Both codes of zero, 0xFF and 0x7F, give 0. */
export function decodeUlaw(code: number): number {
  const bits = ~code & 0xff;
  const segment = (bits >> 4) & 0x07;
  const magnitude = ((((bits & 0x0f) << 1) + ulawBias) << segment) - ulawBias;
  // Subtracted rather than negated: negating would give −0.
  return bits & 0x80 ? 0 - (magnitude << 2) : magnitude << 2;
}

/** All 256 A-law codes as samples with full scale −1 to 1. */
export const alawSamples: Readonly<Float32Array> = Float32Array.from({ length: 256 }, (_, code) => {
  return decodeAlaw(code) / 32768;
});

/** All 256 µ-law codes as samples with full scale −1 to 1. */
export const ulawSamples: Readonly<Float32Array> = Float32Array.from({ length: 256 }, (_, code) => {
  return decodeUlaw(code) / 32768;
});
