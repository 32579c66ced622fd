/**
 * Spoken fixtures with known edges, at 48 kHz, and noise to put over them.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { resampleWhole } from '../../../src/audio/resample-whole.ts';
import { speechIn } from '../../../src/audio/speech-segments.ts';
import { openWav } from '../../../src/audio/wav-reader.ts';
import { Random } from '../../../src/random.ts';
import { concatenate } from '../../support/concatenate.ts';

export const rateHz = 48_000;

/** Samples from and to which somebody speaks. */
export type Segment = readonly [from: number, to: number];

export interface Recording {
  readonly samples: Float32Array;
  readonly segments: readonly Segment[];
}

/** Fixtures one after the other, with a second of silence before, between and after them. */
export async function spoken(...names: readonly string[]): Promise<Recording> {
  const parts: Float32Array[] = [new Float32Array(rateHz)];
  const segments: Segment[] = [];
  let length = rateHz;
  for (const name of names) {
    const wav = await openWav(fileURLToPath(new URL(`../../../fixtures/${name}.wav`, import.meta.url)));
    const speech = await speechIn(wav);
    const samples = resampleWhole((await wav.read(wav.frames)) as Float32Array, wav.rateHz, rateHz);
    await wav.close();
    const ratio = rateHz / wav.rateHz;
    for (const { startFrame, endFrame } of speech.segments) {
      segments.push([length + Math.round(startFrame * ratio), length + Math.round(endFrame * ratio)]);
    }
    parts.push(samples, new Float32Array(rateHz));
    length += samples.length + rateHz;
  }
  return { samples: concatenate(parts), segments };
}

/** What is not speech, but for 0.2 s around it. */
export function pausesOf({ samples, segments }: Recording): Segment[] {
  const guard = 0.2 * rateHz;
  const starts = [0, ...segments.map(([, to]) => to + guard)];
  const ends = [...segments.map(([from]) => from - guard), samples.length];
  return starts.map((start, i): Segment => [start, ends[i] as number]).filter(([from, to]) => to > from);
}

export function powerIn(samples: Float32Array, segments: readonly Segment[]): number {
  let [sum, count] = [0, 0];
  for (const [from, to] of segments) {
    for (const sample of samples.subarray(from, to)) sum += sample * sample;
    count += to - from;
  }
  return sum / count;
}

export type NoiseKind = 'white' | 'pink' | 'fan';

/** The same noise for the same seed, of no particular level. */
export function noise(kind: NoiseKind, length: number, seed = 1): Float32Array {
  const random = new Random(seed);
  const white = () => 2 * random.uniform() - 1;
  switch (kind) {
    case 'white':
      return Float32Array.from({ length }, white);
    case 'pink': {
      // One-pole filters an octave and a half apart, each weighted with the root of its corner, add up to about −3 dB an octave.
      const corners = Array.from({ length: 8 }, (_, k) => 20 * 2.8 ** k);
      const memories = corners.map(() => 0);
      return Float32Array.from({ length }, () => {
        const input = white();
        return corners.reduce((sum, corner, k) => {
          const share = Math.min(1, (2 * Math.PI * corner) / rateHz);
          memories[k] = (memories[k] as number) + share * (input - (memories[k] as number));
          return sum + (memories[k] as number) / Math.sqrt(corner);
        }, 0);
      });
    }
    case 'fan': {
      let [once, twice] = [0, 0];
      const share = (2 * Math.PI * 500) / rateHz;
      return Float32Array.from({ length }, (_, n) => {
        once += share * (white() - once);
        twice += share * (once - twice);
        let hum = 0;
        for (let k = 1; k <= 6; k++) hum += Math.sin((2 * Math.PI * 120 * k * n) / rateHz) / k;
        return twice + 0.03 * hum;
      });
    }
  }
}

/** The recording in noise that is so many decibels below its speech. */
export function inNoise(recording: Recording, kind: NoiseKind, snrDb: number, seed = 1): Float32Array {
  const { samples, segments } = recording;
  const disturbance = noise(kind, samples.length, seed);
  const ratio = powerIn(samples, segments) / powerIn(disturbance, [[0, disturbance.length]]);
  const gain = Math.sqrt(ratio) * 10 ** (-snrDb / 20);
  return samples.map((sample, n) => sample + gain * (disturbance[n] as number));
}
