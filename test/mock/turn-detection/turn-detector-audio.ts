/** Fixtures in every input format, and noise of several colours to put them in. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { resampleWhole } from '../../../src/audio/resample-whole.ts';
import { decodeSamples, encodeSamples, type WireFormat } from '../../../src/audio/sample-format.ts';
import { speechOf } from '../../../src/audio/speech-segments.ts';
import { openWav } from '../../../src/audio/wav-reader.ts';
import type { TurnDetector, TurnEvent } from '../../../src/mock/turn-detection/turn-detector.ts';
import { Random } from '../../../src/random.ts';
import { rms } from '../../support/loudness.ts';

const folder = fileURLToPath(new URL('../../../fixtures/', import.meta.url));
export const fixtureNames = readdirSync(folder).filter((name) => name.endsWith('.wav'));

export const inputFormats: readonly WireFormat[] = [
  { format: 'pcm16', rateHz: 24_000 },
  { format: 'pcm16', rateHz: 16_000 },
  { format: 'pcm16', rateHz: 8_000 },
  { format: 'g711_ulaw', rateHz: 8_000 },
  { format: 'g711_alaw', rateHz: 8_000 },
];

/** The numbers of both kinds of detection, without padding, so that times are those of the speech. */
export const serverVad = {
  threshold: 0.5,
  prefixPaddingMs: 0,
  silenceDurationMs: 500,
  speechDurationMs: 100,
};
export const semanticVad = { ...serverVad, speechDurationMs: 80 };

export interface Fixture {
  readonly samples: Float32Array;
  readonly rateHz: number;
  /** Start and end of each segment, in turn. */
  readonly edgesMs: readonly number[];
}

export async function readFixture(name: string): Promise<Fixture> {
  const wav = await openWav(folder + name);
  const samples = (await wav.read(wav.frames)) ?? new Float32Array(0);
  await wav.close();
  const { segments } = await speechOf(folder + name);
  const edgesMs = segments.flatMap(({ startFrame, endFrame }) =>
    [startFrame, endFrame].map((frame) => (frame / wav.rateHz) * 1000),
  );
  return { samples, rateHz: wav.rateHz, edgesMs };
}

/** The fixture at another rate, with a second of silence after it. */
export function atRate({ samples, rateHz }: Fixture, toHz: number): Float32Array {
  const converted = resampleWhole(samples, rateHz, toHz);
  const padded = new Float32Array(converted.length + toHz);
  padded.set(converted);
  return padded;
}

export type Colour = 'white' | 'pink' | 'fan';

/** Noise of a certain level (RMS). */
export function colouredNoise(
  colour: Colour,
  length: number,
  rateHz: number,
  level: number,
  seed: number,
): Float32Array {
  const random = new Random(seed);
  const white = () => random.uniform() + random.uniform() + random.uniform() - 1.5;
  const shaped = Float32Array.from({ length }, { white, pink: pink(white), fan: fan(white, rateHz) }[colour]);
  const gain = level / rms(shaped);
  return shaped.map((sample) => sample * gain);
}

/** P. Kellet's economical filter: 3 dB less with every octave. */
function pink(white: () => number): () => number {
  let slow = 0;
  let middle = 0;
  let fast = 0;
  return () => {
    const next = white();
    slow = 0.99765 * slow + 0.099046 * next;
    middle = 0.963 * middle + 0.2965164 * next;
    fast = 0.57 * fast + 1.0526913 * next;
    return slow + middle + fast + 0.1848 * next;
  };
}

/** Falls by 12 dB an octave above 250 Hz, and swells by 3 dB up and down in a second and a half. */
function fan(white: () => number, rateHz: number): (_: unknown, i: number) => number {
  const share = 1570 / (rateHz + 1570);
  let once = 0;
  let twice = 0;
  return (_, i) => {
    once += share * (white() - once);
    twice += share * (once - twice);
    const turn = (i / rateHz / 1.5) % 1;
    return twice * (0.7 + 0.7 * Math.abs(2 * turn - 1));
  };
}

/** The level of the speech in `samples`, over its segments. */
export function speechLevel(samples: Float32Array, rateHz: number, edgesMs: readonly number[]): number {
  let energy = 0;
  let count = 0;
  for (let i = 0; i < edgesMs.length; i += 2) {
    const from = Math.round(((edgesMs[i] as number) * rateHz) / 1000);
    const to = Math.round(((edgesMs[i + 1] as number) * rateHz) / 1000);
    energy += rms(samples.subarray(from, to)) ** 2 * (to - from);
    count += to - from;
  }
  return Math.sqrt(energy / count);
}

/** As it arrives after it has been sent in this format. */
export function received(samples: Float32Array, { format }: WireFormat): Float32Array {
  const bytes = new Uint8Array(samples.length * (format === 'pcm16' ? 2 : 1));
  encodeSamples(format, samples, bytes);
  const decoded = new Float32Array(samples.length);
  decodeSamples(format, bytes, decoded);
  return decoded;
}

export interface Decision {
  readonly event: TurnEvent;
  /** How much audio the detector had got when it decided. */
  readonly atMs: number;
}

/** Lets the detector hear it, 10 ms at a time. */
export function decisions(detector: TurnDetector, samples: Float32Array, rateHz: number): Decision[] {
  const made: Decision[] = [];
  const length = rateHz / 100;
  for (let at = 0; at < samples.length; at += length) {
    const atMs = ((at + length) * 1000) / rateHz;
    for (const event of detector.push(samples.subarray(at, at + length))) made.push({ event, atMs });
  }
  return made;
}
