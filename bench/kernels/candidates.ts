/**
 * The resamplers that are measured, ours and those that others have published, behind one face.
 *
 * @module
 */
import type { ReusedBlock } from '../../src/audio/audio-block.ts';
import {
  type AudioBlock,
  adjustableResampler,
  type Inlet,
  inlet,
  resampler,
  type Stage,
} from '../../src/index.ts';
import { peers } from './peers.ts';
import type { RatePair } from './rate-pairs.ts';

/** A resampler that stands ready. */
export interface OpenCandidate {
  /** Takes a block of mono samples and gives what is ready, valid until the next call. */
  process(block: Float32Array): Float32Array | Int16Array;
  destroy?(): void;
}

export interface Candidate {
  readonly name: string;
  readonly ours: boolean;
  takes(pair: RatePair): boolean;
  open(pair: RatePair): Promise<OpenCandidate>;
}

export const tiers = ['fast', 'std', 'wide', 'hq', 'best', 'half-band'] as const;
export type Tier = (typeof tiers)[number];

/** The half-band filter exists for two rates of which one is twice the other. */
function tierTakes(tier: Tier, { fromHz, toHz }: RatePair): boolean {
  return tier !== 'half-band' || Math.max(fromHz, toHz) === 2 * Math.min(fromHz, toHz);
}

/** One of our stages as a user has it: blocks are pushed in, blocks come out. */
class OpenStage implements OpenCandidate {
  readonly #first: Inlet<AudioBlock>;
  readonly #block: ReusedBlock;
  #ready: Float32Array = new Float32Array();

  constructor(stage: Stage<AudioBlock, AudioBlock>, rateHz: number) {
    this.#block = { samples: this.#ready, rateHz, channels: 1, timeMs: 0 };
    this.#first = stage.open(
      inlet(({ samples }) => {
        this.#ready = samples;
      }),
    );
  }

  process(samples: Float32Array): Float32Array {
    this.#block.samples = samples;
    this.#first.push(this.#block);
    this.#block.timeMs += (samples.length * 1000) / this.#block.rateHz;
    return this.#ready;
  }
}

/** A resampler stage of ours, in every form that there is. */
export interface OwnResampler {
  readonly name: string;
  takes(pair: RatePair): boolean;
  stage(pair: RatePair): Stage<AudioBlock, AudioBlock>;
}

export const ownResamplers: readonly OwnResampler[] = [
  ...tiers.map((tier) => ({
    name: tier,
    takes: (pair: RatePair) => tierTakes(tier, pair),
    stage: (pair: RatePair) => resampler({ ...pair, tier }),
  })),
  { name: 'adjustable', takes: () => true, stage: (pair) => adjustableResampler(pair) },
];

const own: readonly Candidate[] = ownResamplers.map(({ name, takes, stage }) => ({
  name,
  ours: true,
  takes,
  open: async (pair) => new OpenStage(stage(pair), pair.fromHz),
}));

const published: readonly Candidate[] = peers.map(({ name, quality, create }) => ({
  name: `${name} ${quality}`,
  ours: false,
  takes: () => true,
  open: ({ fromHz, toHz }) => create(fromHz, toHz),
}));

export const candidates: readonly Candidate[] = [...own, ...published];

/** The name of the published resampler that has all these words in its own. */
function peerNamed(...words: readonly string[]): string {
  const found = published.find(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  if (!found) throw new RangeError(`no published resampler is called ${words.join(' ')}`);
  return found.name;
}

/** Those that others are compared with. */
export const references = {
  medium: peerNamed('libsamplerate', 'medium'),
  best: peerNamed('libsamplerate', 'best'),
  speex7: peerNamed('echogarden', 'q7'),
} as const;
