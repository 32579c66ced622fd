/**
 * How long the service takes for what.
 *
 * @module
 */
import type { Quantiles, Random } from '../../random.ts';

/** The distribution of each stage's duration, in milliseconds where nothing else is said. */
export interface StageTables {
  /** From the request for a connection to its acceptance. */
  readonly connect: Quantiles;
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
  /** From one piece of a function call's arguments to the next. */
  readonly argumentInterval: Quantiles;
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

/** The names of the latency profiles. */
export const profileNames = ['fast', 'typical', 'slow', 'spiky'] as const;

/** The name of a latency profile. */
export type ProfileName = (typeof profileNames)[number];

/**
 * `typical` follows what has been published about the service. Transcript 0.19 to 0.68 s after the end of the turn, mean
 * 0.32 s; end of turn to first audio 0.83 to 1.57 s, mean 1.1 s (Microsoft's voicelive-evaluation, sample runs); a recorded
 * cascaded turn took 197 ms to the transcript, 296 ms more to the first text, 137 ms more to the first audio, and then sent two
 * deltas about every 57 ms, three times faster than real time. A connection took 450 ms to be accepted, and the arguments of a
 * recorded call came 10 ms apart. `fast` is a service next door on a good day, `slow` one that is overloaded, `spiky` the
 * typical one that now and then takes many times as long.
 */
export const latencyProfiles: Readonly<Record<ProfileName, LatencyProfile>> = {
  fast: {
    stages: {
      connect: spread(2, 4, 8, 10),
      sessionUpdate: spread(5, 10, 22, 25),
      transcribe: spread(40, 60, 87, 120),
      firstText: spread(80, 110, 154, 220),
      firstAudio: spread(40, 60, 87, 120),
      textInterval: spread(4, 10, 18, 20),
      argumentInterval: spread(1, 4, 8, 10),
      audioChunk: spread(80, 100, 116, 120),
      burstPause: spread(0.8, 1, 1.2, 1.2),
      interrupt: spread(5, 10, 18, 20),
    },
    chunksPerBurst: 2,
    realTimeFactor: 8,
  },
  typical: {
    stages: {
      connect: spread(120, 250, 450, 700),
      sessionUpdate: spread(60, 81, 130, 250),
      transcribe: spread(190, 290, 480, 680),
      firstText: spread(290, 500, 720, 900),
      firstAudio: spread(130, 240, 340, 420),
      textInterval: spread(10, 30, 60, 150),
      argumentInterval: spread(4, 10, 20, 40),
      audioChunk: spread(60, 85, 105, 110),
      burstPause: spread(0.5, 0.9, 1.4, 3),
      interrupt: spread(10, 25, 55, 120),
    },
    chunksPerBurst: 2,
    realTimeFactor: 3,
  },
  slow: {
    stages: {
      connect: spread(300, 600, 1500, 3000),
      sessionUpdate: spread(120, 200, 450, 900),
      transcribe: spread(400, 650, 1100, 1800),
      firstText: spread(700, 1200, 2000, 3500),
      firstAudio: spread(300, 500, 800, 1200),
      textInterval: spread(20, 60, 140, 400),
      argumentInterval: spread(10, 25, 60, 150),
      audioChunk: spread(60, 100, 180, 200),
      burstPause: spread(0.4, 0.8, 1.6, 6),
      interrupt: spread(30, 80, 180, 400),
    },
    chunksPerBurst: 3,
    realTimeFactor: 1.4,
  },
  spiky: {
    stages: {
      connect: spiky(120, 250, 450, 4000),
      sessionUpdate: spiky(60, 81, 130, 2000),
      transcribe: spiky(190, 290, 480, 3000),
      firstText: spiky(290, 500, 720, 6000),
      firstAudio: spiky(130, 240, 340, 2500),
      textInterval: spiky(10, 30, 60, 800),
      argumentInterval: spiky(4, 10, 20, 500),
      audioChunk: spread(60, 85, 105, 110),
      burstPause: spiky(0.5, 0.9, 1.4, 20),
      interrupt: spiky(10, 25, 55, 800),
    },
    chunksPerBurst: 2,
    realTimeFactor: 3,
  },
};

/** The distribution that half of all draws lie under `median` and nine tenths under `usual`. */
function spread(least: number, median: number, usual: number, most: number, usualShare = 0.9): Quantiles {
  return [
    [0, least],
    [0.5, median],
    [usualShare, usual],
    [1, most],
  ];
}

/** The same, but for one draw in fifty, which lies between `usual` and `most`. */
function spiky(least: number, median: number, usual: number, most: number): Quantiles {
  return spread(least, median, usual, most, 0.98);
}

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
