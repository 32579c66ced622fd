/**
 * Whether a sentence sounds as if it were over.
 *
 * @module
 */

/** How sure one must be: `low` takes a sentence for complete sooner. */
export type EndOfUtteranceLevel = 'low' | 'medium' | 'high';

/** How long a session waits for the rest of a sentence. */
export interface EndOfUtterance {
  readonly level: EndOfUtteranceLevel;
  /** The longest wait after the silence. */
  readonly timeoutMs: number;
}

const wanted: Readonly<Record<EndOfUtteranceLevel, number>> = { low: 1, medium: 2, high: 3 };
const dangling =
  /(?:^|\s)(?:and|or|but|because|so|if|when|that|which|with|for|of|to|in|on|at|the|a|an|my|your|is|are|um|uh|er|hmm)$/i;

/**
 * Judges the words as the service's semantic models are described to do: a full stop or question mark is an end, a comma, a
 * dash, an ellipsis or a word that needs another one is none, and in between it depends on the level. Words that are not known are taken
 * for complete.
 */
export function isUtteranceOver(text: string, level: EndOfUtteranceLevel): boolean {
  return completeness(text.trim()) >= wanted[level];
}

function completeness(text: string): 0 | 1 | 2 | 3 {
  if (text === '') return 3;
  if (/(?:…|\.\.\.|[,;:–—-])$/.test(text)) return 0;
  if (/[.!?。！？]["'”’)]*$/.test(text)) return 3;
  return dangling.test(text) ? 1 : 2;
}
