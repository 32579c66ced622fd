/**
 * When which piece of an answer leaves the service.
 *
 * @module
 */
import type { StageDelays } from '../scenario/latency-profile.ts';

/** One delta of text or of audio. `afterMs` counts from the first text. */
export type AnswerStep =
  | { readonly kind: 'text'; readonly afterMs: number; readonly delta: string }
  | {
      readonly kind: 'audio';
      readonly afterMs: number;
      readonly fromSample: number;
      readonly toSample: number;
    };

/**
 * Plans an answer: words one after the other as the language model finds them, audio in bursts that are faster than real time
 * and begin somewhat later. In the order of time; the text is complete when the last audio leaves.
 *
 * @param sampleCount 0 for an answer in text only
 */
export function planAnswer(
  text: string,
  sampleCount: number,
  rateHz: number,
  delays: StageDelays,
): readonly AnswerStep[] {
  const audio = planAudio(sampleCount, rateHz, delays);
  const lastAudioMs = audio.at(-1)?.afterMs ?? Infinity;
  return [...planText(text, lastAudioMs, delays), ...audio].sort((a, b) => a.afterMs - b.afterMs);
}

function planText(text: string, latestMs: number, delays: StageDelays): AnswerStep[] {
  let afterMs = 0;
  return splitIntoDeltas(text).map((delta, i) => {
    if (i > 0) afterMs = Math.min(afterMs + delays.draw('textInterval'), latestMs);
    return { kind: 'text', afterMs, delta };
  });
}

function planAudio(sampleCount: number, rateHz: number, delays: StageDelays): AnswerStep[] {
  if (sampleCount === 0) return [];
  const { chunksPerBurst, realTimeFactor } = delays.profile;
  const steps: AnswerStep[] = [];
  let afterMs = delays.draw('firstAudio');
  let burstSamples = 0;
  for (let fromSample = 0; fromSample < sampleCount; ) {
    const chunk = Math.max(1, Math.round((delays.draw('audioChunk') * rateHz) / 1000));
    const toSample = Math.min(fromSample + chunk, sampleCount);
    steps.push({ kind: 'audio', afterMs, fromSample, toSample });
    burstSamples += toSample - fromSample;
    fromSample = toSample;
    if (steps.length % chunksPerBurst > 0) continue;
    const burstMs = (burstSamples / rateHz) * 1000;
    afterMs += (burstMs / realTimeFactor) * delays.draw('burstPause');
    burstSamples = 0;
  }
  return steps;
}

/** Cuts a text as a language model gives it out: words with the space before them, punctuation by itself. */
export function splitIntoDeltas(text: string): string[] {
  return text.match(/\s*[\p{L}\p{M}\p{N}'’-]+|\s*[^\p{L}\p{M}\p{N}\s'’-]+|\s+$/gu) ?? [];
}
