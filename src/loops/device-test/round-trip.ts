/**
 * How long sound takes from the program through a loudspeaker and a microphone back to the program.
 *
 * @module
 */
import { wholeMicroseconds } from '../../latency/whole-microseconds.ts';
import type { CapturedSound } from './captured-sound.ts';
import { ChirpFinder } from './find-chirp.ts';
import type { PlayedSound } from './test-player.ts';
import { chirp, chirpLowHz, highestChirpHz } from './test-sounds.ts';

/** One way there and back, which is the sum of its parts. */
export interface RoundTripParts {
  /** From the program's `write` to the program's having it back, for the first frame of a sound. */
  readonly totalMs: number;
  /** In the queue that a flush can empty. */
  readonly queueMs: number;
  /** From there to the air, as the driver reports it. */
  readonly outputMs: number;
  /** From when the driver says it was captured to the program. */
  readonly inputMs: number;
  /**
   * What no driver reports: the air, what was left of the block that the loudspeaker just played, and what drivers have
   * wrong. Below 0 where they report too much.
   */
  readonly restMs: number;
}

/** What was found. */
export interface RoundTrip {
  readonly sent: number;
  readonly heard: number;
  /** The middle one of those that were heard; undefined where less than half were: there is no loopback. */
  readonly median?: RoundTripParts;
  /** From the shortest to the longest. */
  readonly spreadMs?: number;
  /** How much alike what was heard is to what was played, in the median; 1 but for the level. */
  readonly likeness: number;
}

/** What it is measured with. */
export interface RoundTripOptions {
  /** Settles when the last frame is written. */
  readonly play: (samples: Float32Array) => Promise<PlayedSound>;
  readonly captured: CapturedSound;
  readonly inputRateHz: number;
  readonly outputRateHz: number;
  readonly count: number;
  readonly wait: (ms: number) => Promise<void>;
}

/** Noise comes to 0.12 at most; a loudspeaker at the other end of a room comes to 0.3. */
const leastLikeness = 0.2;
/** At first a quick look, which is enough for most devices; then as long as any takes. */
const looksMs = [450, 1300] as const;
/** A look keeps the program from filling the queue: it is full again before the next chirp. */
const pauseMs = 100;
/** Who has not heard so many does not hear. */
const mostUnheard = 3;

interface Heard {
  readonly parts: RoundTripParts;
  readonly likeness: number;
}

/**
 * Sends chirps, rising and falling in turn, so that one that takes longer than any should is not taken for the next.
 *
 * @throws {VoiceloopError} what ends the streams, or the waiting
 */
export async function measureRoundTrip(options: RoundTripOptions): Promise<RoundTrip> {
  const { play, captured, inputRateHz, outputRateHz, count, wait } = options;
  const highHz = highestChirpHz(inputRateHz, outputRateHz);
  const sounds = [true, false].map((isRising) => ({
    samples: chirp(outputRateHz, highHz, isRising),
    finder: new ChirpFinder(chirp(inputRateHz, highHz, isRising), {
      rateHz: inputRateHz,
      lowHz: chirpLowHz,
      highHz,
    }),
  }));
  const heard: Heard[] = [];
  let likeness = 0;
  let sent = 0;
  while (sent < count && !(heard.length === 0 && sent >= mostUnheard)) {
    const sound = sounds[sent++ % 2];
    if (!sound) break;
    await wait(pauseMs);
    const firstFrame = captured.frames;
    const played = await play(sound.samples);
    let waitedMs = 0;
    for (const untilMs of looksMs) {
      await wait(untilMs - waitedMs);
      waitedMs = untilMs;
      const found = sound.finder.find(captured.between(firstFrame));
      likeness = Math.max(likeness, found?.likeness ?? 0);
      if (!found || found.likeness < leastLikeness) continue;
      const parts = partsOf(played, captured.timesOf(firstFrame + found.frame));
      if (parts) heard.push({ parts, likeness: found.likeness });
      break;
    }
  }
  return summary(heard, sent, likeness);
}

function partsOf(
  { writtenMs, queueMs, outputMs }: PlayedSound,
  times: { readonly capturedMs: number; readonly arrivedMs: number } | undefined,
): RoundTripParts | undefined {
  if (!times) return undefined;
  const totalMs = times.arrivedMs - writtenMs;
  const inputMs = times.arrivedMs - times.capturedMs;
  return { totalMs, queueMs, outputMs, inputMs, restMs: totalMs - queueMs - outputMs - inputMs };
}

function summary(heard: readonly Heard[], sent: number, likeness: number): RoundTrip {
  const sorted = heard.toSorted((a, b) => a.parts.totalMs - b.parts.totalMs);
  const middle = sorted[(sorted.length - 1) >> 1];
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!middle || !first || !last || 2 * heard.length < sent) return { sent, heard: heard.length, likeness };
  return {
    sent,
    heard: heard.length,
    median: inMicroseconds(middle.parts),
    spreadMs: wholeMicroseconds(last.parts.totalMs - first.parts.totalMs),
    likeness: middle.likeness,
  };
}

/** The rest takes what the rounding of the others leaves, so that the sum is right. */
function inMicroseconds(parts: RoundTripParts): RoundTripParts {
  const totalMs = wholeMicroseconds(parts.totalMs);
  const queueMs = wholeMicroseconds(parts.queueMs);
  const outputMs = wholeMicroseconds(parts.outputMs);
  const inputMs = wholeMicroseconds(parts.inputMs);
  const restMs = wholeMicroseconds(totalMs - queueMs - outputMs - inputMs);
  return { totalMs, queueMs, outputMs, inputMs, restMs };
}
