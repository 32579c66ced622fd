/**
 * Sines that go through a resampler, and what comes out: the tone, and everything that is not the tone.
 *
 * @module
 */
import type { OpenCandidate } from './candidates.ts';
import type { RatePair } from './rate-pairs.ts';

export const toneAmplitude = 0.9;
const blockMs = 20;
/** So long a filter may still sound of what went before. */
const settleMs = 60;
/** What counts as nothing: below everything that 32 bits can tell. */
const floorDb = -200;

export interface Tone {
  readonly amplitude: number;
  /** Of the sine that was fitted, at the first sample, in radians. */
  readonly phase: number;
  /** The amplitude of a sine as strong as everything that is not the tone. */
  readonly residual: number;
  /** The amplitude of a sine as strong as everything. */
  readonly strength: number;
}

/** As an amplitude against full scale of the tones that went in. */
export function decibels(amplitude: number): number {
  return Math.max(floorDb, 20 * Math.log10(amplitude / toneAmplitude));
}

/** Sends a sine through, 20 ms at a time, and reads what comes out once the beginning has passed. */
export function sendTone(
  open: OpenCandidate,
  { fromHz, toHz }: RatePair,
  frequencyHz: number,
  toneMs: number,
): Tone {
  const block = new Float32Array((fromHz * blockMs) / 1000);
  const step = (2 * Math.PI * frequencyHz) / fromHz;
  const settled: number[] = [];
  for (let n = 0; n * blockMs < settleMs + toneMs; n++) {
    for (let i = 0; i < block.length; i++) {
      block[i] = toneAmplitude * Math.sin(step * (n * block.length + i));
    }
    const ready = open.process(block);
    if (n * blockMs < settleMs) continue;
    const scale = ready instanceof Int16Array ? 1 / 32_768 : 1;
    for (const sample of ready) settled.push(sample * scale);
  }
  return fitTone(settled, (2 * Math.PI * frequencyHz) / toHz);
}

/** Least-squares fit of a sine of `step` radians a sample. */
export function fitTone(samples: ArrayLike<number>, step: number): Tone {
  const sines = Float64Array.from({ length: samples.length }, (_, n) => Math.sin(step * n));
  const cosines = Float64Array.from({ length: samples.length }, (_, n) => Math.cos(step * n));
  let [ss, sc, cc, ys, yc, yy] = [0, 0, 0, 0, 0, 0];
  for (let n = 0; n < samples.length; n++) {
    const [y, s, c] = [samples[n] as number, sines[n] as number, cosines[n] as number];
    ss += s * s;
    sc += s * c;
    cc += c * c;
    ys += y * s;
    yc += y * c;
    yy += y * y;
  }
  const determinant = ss * cc - sc * sc;
  const inPhase = (ys * cc - yc * sc) / determinant;
  const quadrature = (yc * ss - ys * sc) / determinant;
  // Summed anew: as a difference of the sums above, −140 dB would drown in their rounding.
  let rest = 0;
  for (let n = 0; n < samples.length; n++) {
    const tone = inPhase * (sines[n] as number) + quadrature * (cosines[n] as number);
    rest += ((samples[n] as number) - tone) ** 2;
  }
  return {
    amplitude: Math.hypot(inPhase, quadrature),
    phase: Math.atan2(quadrature, inPhase),
    residual: Math.sqrt((2 * rest) / samples.length),
    strength: Math.sqrt((2 * yy) / samples.length),
  };
}

/**
 * How late a resampler that is fresh gives what it got, in milliseconds: what it holds back of the input at the worst, and
 * the delay of a tone of 50 Hz against the count of samples.
 */
export function measureLatency(open: OpenCandidate, { fromHz, toHz }: RatePair): number {
  const frequencyHz = 50;
  const block = new Float32Array((fromHz * blockMs) / 1000);
  const [firstMs, lastMs] = [100, 400];
  const heard: number[] = [];
  let heldMs = 0;
  for (let n = 0; n * blockMs < lastMs; n++) {
    for (let i = 0; i < block.length; i++) {
      block[i] = Math.sin((2 * Math.PI * frequencyHz * (n * block.length + i)) / fromHz);
    }
    const ready = open.process(block);
    const scale = ready instanceof Int16Array ? 1 / 32_768 : 1;
    for (const sample of ready) heard.push(sample * scale);
    heldMs = Math.max(heldMs, (n + 1) * blockMs - (heard.length * 1000) / toHz);
  }
  const from = (firstMs * toHz) / 1000;
  const step = (2 * Math.PI * frequencyHz) / toHz;
  // A whole number of periods has gone by at the first sample that counts.
  const periods = -fitTone(heard.slice(from), step).phase / (2 * Math.PI);
  // A phase is known but for whole periods: nobody here is more than 19 ms late, nobody more than 1 ms early.
  return heldMs + (periods < -0.05 ? periods + 1 : periods) * (1000 / frequencyHz);
}
