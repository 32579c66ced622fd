/**
 * What a transcription says besides the words, where a session asks for it by `include`.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import type { LogProbProperties, TranscriptionPhrase } from '../../protocol/events.ts';
import { splitIntoDeltas } from '../answering/answer-plan.ts';
import { timeWords } from '../answering/word-timing.ts';
import { asFloats, type HeardSpeech } from './heard-turn.ts';

/** As sure as a recogniser is of clear speech. */
const confidence = 0.95;
/** The natural logarithm of that, rounded. */
const logprob = -0.0513;

/** The words as one phrase with times, on the clock of the turn's own audio. */
export function transcriptionPhrases(text: string, { samples, rateHz }: HeardSpeech): TranscriptionPhrase[] {
  const words = timeWords(text, asFloats(samples), rateHz);
  const [first, last] = [words[0], words.at(-1)];
  if (!first || !last) return [];
  return [
    {
      offset_milliseconds: first.offsetMs,
      duration_milliseconds: last.offsetMs + last.durationMs - first.offsetMs,
      text,
      words: words.map((word) => ({
        text: word.text,
        offset_milliseconds: word.offsetMs,
        duration_milliseconds: word.durationMs,
      })),
      locale: 'en-US',
      confidence,
    },
  ];
}

/** Every token with its probability, all of them alike. */
export function transcriptionLogprobs(text: string): LogProbProperties[] {
  return splitIntoDeltas(text).map((token) => ({ token, logprob, bytes: [...Buffer.from(token)] }));
}
