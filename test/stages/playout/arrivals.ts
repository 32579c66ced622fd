/**
 * When the deltas of an answer arrive over TCP: in order, never lost, in bursts.
 *
 * @module
 */
import type { Quantiles, Random } from '../../../src/random.ts';
import { SAMPLES_PER_MS } from './listening-room.ts';

export interface Network {
  readonly deltaMs: Quantiles;
  /** How many times faster than real time the service speaks. */
  readonly speed: number;
  readonly delayMs: Quantiles;
  readonly stallChance: number;
  readonly stallMs: Quantiles;
}

const around100: Quantiles = [
  [0, 20],
  [0.5, 100],
  [1, 250],
];

export const networks = {
  clean: {
    deltaMs: around100,
    speed: 4,
    delayMs: [
      [0, 20],
      [1, 24],
    ],
    stallChance: 0,
    stallMs: [
      [0, 0],
      [1, 0],
    ],
  },
  'home Wi-Fi': {
    deltaMs: around100,
    speed: 1.5,
    delayMs: [
      [0, 5],
      [0.9, 25],
      [0.99, 90],
      [1, 250],
    ],
    stallChance: 0.01,
    stallMs: [
      [0, 50],
      [1, 200],
    ],
  },
  'bad mobile': {
    deltaMs: around100,
    speed: 1.05,
    delayMs: [
      [0, 40],
      [0.8, 120],
      [0.97, 400],
      [1, 900],
    ],
    stallChance: 0.04,
    stallMs: [
      [0, 100],
      [1, 600],
    ],
  },
  'one-second stalls': {
    deltaMs: around100,
    speed: 1.2,
    delayMs: [
      [0, 20],
      [1, 40],
    ],
    stallChance: 0.06,
    stallMs: [
      [0, 1000],
      [1, 1000],
    ],
  },
} as const satisfies Record<string, Network>;

export interface Arrival {
  readonly atMs: number;
  readonly samples: Float32Array;
}

/** Cuts `audio` into deltas and says when each arrives, the first one no earlier than `startMs`. */
export function arrivals(audio: Float32Array, startMs: number, network: Network, random: Random): Arrival[] {
  const list: Arrival[] = [];
  let sentMs = startMs;
  let arrivedMs = startMs;
  for (let from = 0; from < audio.length; ) {
    const length = Math.max(1, Math.round(random.fromQuantiles(network.deltaMs) * SAMPLES_PER_MS));
    const samples = audio.subarray(from, from + length);
    const stallMs = random.chance(network.stallChance) ? random.fromQuantiles(network.stallMs) : 0;
    arrivedMs = Math.max(arrivedMs, sentMs + random.fromQuantiles(network.delayMs) + stallMs);
    list.push({ atMs: arrivedMs, samples });
    sentMs += samples.length / SAMPLES_PER_MS / network.speed;
    from += length;
  }
  return list;
}
