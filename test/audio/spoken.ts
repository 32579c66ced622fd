/**
 * Voices, noise, and voices in noise.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import type { SpeechSegment } from '../../src/audio/measure-speech.ts';
import { Random } from '../../src/random.ts';
import { readWavFile } from '../fixtures/wav-file.ts';
import { rms } from '../support/loudness.ts';

/** Sound, and where in it somebody speaks. */
export interface Spoken {
  readonly rateHz: number;
  readonly samples: Float32Array;
  readonly segments: readonly SpeechSegment[];
}

/** A fixture by its name, its first channel, with its ground truth. */
export function spoken(name: string): Spoken {
  const { rateHz, samples } = readWavFile(`fixtures/${name}.wav`);
  const truth = JSON.parse(readFileSync(`fixtures/${name}.json`, 'utf8')) as Pick<Spoken, 'segments'>;
  return { rateHz, samples: samples[0] ?? new Float32Array(), segments: truth.segments };
}

/** White noise, approximately Gaussian. */
export function whiteNoise(length: number, rms: number, seed = 5): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => {
    let sum = 0;
    for (let i = 0; i < 4; i++) sum += random.uniform() - 0.5;
    return sum * Math.sqrt(3) * rms;
  });
}

/** Each octave as loud as the next: twelve sources of steps, each half as fast as the one before (Voss). */
export function pinkNoise(length: number, rms: number, seed = 9): Float32Array {
  const random = new Random(seed);
  const held = new Float64Array(12);
  const gain = rms / Math.sqrt(held.length / 12);
  return Float32Array.from({ length }, (_, i) => {
    let sum = 0;
    for (let octave = 0; octave < held.length; octave++) {
      if ((i & ((1 << octave) - 1)) === 0) held[octave] = random.uniform() - 0.5;
      sum += held[octave] as number;
    }
    return sum * gain;
  });
}

/** The RMS of what is said, without the pauses. */
export function speechRms({ samples, segments }: Spoken): number {
  let squares = 0;
  let frames = 0;
  for (const { startFrame, endFrame } of segments) {
    const said = samples.subarray(startFrame, endFrame);
    squares += rms(said) ** 2 * said.length;
    frames += said.length;
  }
  return Math.sqrt(squares / frames);
}

/** The same with silence before and after it, so many seconds. */
export function padded({ rateHz, samples, segments }: Spoken, before: number, after: number): Spoken {
  const start = Math.round(before * rateHz);
  const all = new Float32Array(start + samples.length + Math.round(after * rateHz));
  all.set(samples, start);
  return {
    rateHz,
    samples: all,
    segments: segments.map(({ startFrame, endFrame }) => ({
      startFrame: startFrame + start,
      endFrame: endFrame + start,
    })),
  };
}

export function scaled(samples: Float32Array, factor: number): Float32Array {
  return samples.map((x) => x * factor);
}

/** Cuts samples into pieces of the given numbers of frames, again and again. */
export function cut(samples: Float32Array, lengths: readonly number[], channels = 1): Float32Array[] {
  const pieces: Float32Array[] = [];
  for (let at = 0, n = 0; at < samples.length; n++) {
    const end = at + channels * (lengths[n % lengths.length] ?? 480);
    pieces.push(samples.slice(at, end));
    at = end;
  }
  return pieces;
}
