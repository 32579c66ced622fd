/**
 * When each word of an answer is spoken.
 *
 * @module
 */

/** One word, on the clock of the answer's audio. */
export interface TimedWord {
  readonly text: string;
  readonly offsetMs: number;
  readonly durationMs: number;
}

/** −50 dBFS: what is louder is speech. */
const audible = 0.00316;

/**
 * Spreads the words over what can be heard of the samples, each by its number of letters: as near as one comes without
 * recognising them. In whole milliseconds that are over when they are named, so that none lies behind the audio's end.
 */
export function timeWords(text: string, samples: Float32Array, rateHz: number): readonly TimedWord[] {
  const words = text.match(/\S+/g) ?? [];
  const first = samples.findIndex((sample) => Math.abs(sample) > audible);
  const last = samples.findLastIndex((sample) => Math.abs(sample) > audible);
  if (first < 0) return [];
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const startMs = (first / rateHz) * 1000;
  const msPerLetter = ((last + 1 - first) / rateHz / letters) * 1000;
  let before = 0;
  return words.map((word) => {
    const offsetMs = Math.floor(startMs + before * msPerLetter);
    before += word.length;
    return { text: word, offsetMs, durationMs: Math.floor(startMs + before * msPerLetter) - offsetMs };
  });
}
