/**
 * A-law and µ-law, the 8-bit codes of telephony (ITU-T G.711, 1988), from 16-bit integers.
 *
 * They agree with the reference software of ITU-T G.191 (module G711) for every input: a negative value becomes a magnitude by
 * one's complement, so that a value on a decision threshold goes to the interval above it.
 *
 * @module
 */

/** Even bits are inverted on the line, so that silence has no long runs of equal bits (G.711, 3.1). */
const alawLineMask = 0x55;

/** Moves the µ-law segments to powers of two, in units of a 14-bit sample. */
const ulawBias = 33;

/** The upper 14 bits count. */
export function encodeUlaw(integers: usize, codes: usize, count: i32): void {
  for (let n = 0; n < count; n++) {
    const x = <i32>load<i16>(integers + ((<usize>n) << 1));
    const sign = x >> 31;
    const magnitude = min(((x ^ sign) >> 2) + ulawBias, 0x1fff);
    const segment = 26 - clz(magnitude);
    const step = (magnitude >> (segment + 1)) & 0x0f;
    store<u8>(codes + <usize>n, <u8>~((sign & 0x80) | (segment << 4) | step));
  }
}

/** The upper 13 bits count. */
export function encodeAlaw(integers: usize, codes: usize, count: i32): void {
  for (let n = 0; n < count; n++) {
    const x = <i32>load<i16>(integers + ((<usize>n) << 1));
    const sign = x >> 31;
    const magnitude = (x ^ sign) >> 4;
    const segment = max(0, 28 - clz(magnitude));
    const step = (magnitude >> max(0, segment - 1)) & 0x0f;
    store<u8>(codes + <usize>n, <u8>(((~sign & 0x80) | (segment << 4) | step) ^ alawLineMask));
  }
}
