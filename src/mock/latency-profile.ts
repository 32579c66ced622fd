/**
 * How long the service takes for what.
 *
 * @module
 */
import type { Quantiles, Random } from '../random.ts';

/** The distribution of each stage's duration, in milliseconds where nothing else is said. */
export interface StageTables {
  /** From `session.update` to `session.updated`. */
  readonly sessionUpdate: Quantiles;
  /** From the end of a turn to the user's transcript. */
  readonly transcribe: Quantiles;
  /** The language model: from `response.created` to the first words. */
  readonly firstText: Quantiles;
  /** Speech synthesis: from the first words to the first audio. */
  readonly firstAudio: Quantiles;
  /** From one piece of text to the next. */
  readonly textInterval: Quantiles;
  /** How much audio one delta holds. */
  readonly audioChunk: Quantiles;
  /** Stretches (over 1) or shortens the pause after a burst of audio. */
  readonly burstPause: Quantiles;
  /** From the user's first word over an answer to the end of that answer's stream. */
  readonly interrupt: Quantiles;
}

/** A service of one character. */
export interface LatencyProfile {
  readonly stages: StageTables;
  /** Audio deltas that leave together. */
  readonly chunksPerBurst: number;
  /** How many times faster than it plays an answer's audio is delivered. */
  readonly realTimeFactor: number;
}

/** The name of a latency profile. */
export type ProfileName = 'fast' | 'typical' | 'slow';

/**
 * `typical` follows what has been published about the service. Transcript 0.19 to 0.68 s after the end of the turn, mean
 * 0.32 s; end of turn to first audio 0.83 to 1.57 s, mean 1.1 s (Microsoft's voicelive-evaluation, sample runs); a recorded
 * cascaded turn took 197 ms to the transcript, 296 ms more to the first text, 137 ms more to the first audio, and then sent two
 * deltas about every 57 ms, three times faster than real time. `fast` is a service next door on a good day, `slow` one that is
 * overloaded.
 */
export const latencyProfiles: Readonly<Record<ProfileName, LatencyProfile>> = {
  fast: {
    stages: {
      sessionUpdate: [[0, 5], [0.5, 10], [1, 25]],
      transcribe: [[0, 40], [0.5, 60], [0.95, 90], [1, 120]],
      firstText: [[0, 80], [0.5, 110], [0.95, 160], [1, 220]],
      firstAudio: [[0, 40], [0.5, 60], [0.95, 90], [1, 120]],
      textInterval: [[0, 4], [0.5, 10], [1, 20]],
      audioChunk: [[0, 80], [0.5, 100], [1, 120]],
      burstPause: [[0, 0.8], [0.5, 1], [1, 1.2]],
      interrupt: [[0, 5], [0.5, 10], [1, 20]],
    },
    chunksPerBurst: 2,
    realTimeFactor: 8,
  },
  typical: {
    stages: {
      sessionUpdate: [[0, 60], [0.5, 81], [0.95, 140], [1, 250]],
      transcribe: [[0, 190], [0.5, 290], [0.9, 480], [1, 680]],
      firstText: [[0, 290], [0.5, 500], [0.9, 720], [1, 900]],
      firstAudio: [[0, 130], [0.5, 240], [0.9, 340], [1, 420]],
      textInterval: [[0, 10], [0.5, 30], [0.9, 60], [1, 150]],
      audioChunk: [[0, 60], [0.5, 85], [1, 110]],
      burstPause: [[0, 0.5], [0.5, 0.9], [0.9, 1.4], [1, 3]],
      interrupt: [[0, 10], [0.5, 25], [0.95, 60], [1, 120]],
    },
    chunksPerBurst: 2,
    realTimeFactor: 3,
  },
  slow: {
    stages: {
      sessionUpdate: [[0, 120], [0.5, 200], [0.95, 500], [1, 900]],
      transcribe: [[0, 400], [0.5, 650], [0.9, 1100], [1, 1800]],
      firstText: [[0, 700], [0.5, 1200], [0.9, 2000], [1, 3500]],
      firstAudio: [[0, 300], [0.5, 500], [0.9, 800], [1, 1200]],
      textInterval: [[0, 20], [0.5, 60], [0.9, 140], [1, 400]],
      audioChunk: [[0, 60], [0.5, 100], [1, 200]],
      burstPause: [[0, 0.4], [0.5, 0.8], [0.9, 1.6], [1, 6]],
      interrupt: [[0, 30], [0.5, 80], [0.95, 200], [1, 400]],
    },
    chunksPerBurst: 3,
    realTimeFactor: 1.4,
  },
};

/** Draws durations from a profile, each stage from its own generator: one turn more of one moves none of the others. */
export class StageDelays {
  readonly profile: LatencyProfile;
  readonly #random: Readonly<Record<keyof StageTables, Random>>;

  constructor(profile: LatencyProfile, random: Random) {
    this.profile = profile;
    const names = Object.keys(profile.stages) as (keyof StageTables)[];
    this.#random = Object.fromEntries(names.map((name) => [name, random.fork(name)])) as Record<
      keyof StageTables,
      Random
    >;
  }

  draw(stage: keyof StageTables): number {
    return this.#random[stage].fromQuantiles(this.profile.stages[stage]);
  }
}
