/**
 * The words of a command line before they are parsed: what must not stand there, and what the parser would misread.
 *
 * @module
 */
import { VoiceloopError } from '../errors.ts';

const secretFlag = /^--?((?:api[-_]?)?key|(?:access[-_]?)?token|authorization)(?:=|$)/i;

/**
 * Refuses a key given as a flag, and a flag whose value is empty, as `--out "$UNSET"` makes one: the parser would read it
 * as 0, or take the next word for it.
 *
 * @throws {VoiceloopError} `key-in-flag`, `flag-empty`
 */
export function checkWords(words: readonly string[]): void {
  for (const [index, word] of words.entries()) {
    if (word === '--') return;
    const secret = secretFlag.exec(word)?.[1];
    if (secret !== undefined) {
      throw new VoiceloopError('usage', 'key-in-flag', `a key is not taken as a flag (--${secret})`, {
        reason: 'everyone on this machine can read the command lines of all processes',
        hint: 'set AZURE_VOICE_LIVE_API_KEY in the environment or in a .env file',
      });
    }
    const flag = /^(--?[\w-]+)(?<empty>=?)$/.exec(word);
    if (flag && (flag.groups?.['empty'] || words[index + 1] === '')) {
      throw new VoiceloopError('usage', 'flag-empty', `the value of ${flag[1]} is empty`, {
        hint: 'give it a value, or leave the flag out',
      });
    }
  }
}

/** Writes `--flag -1` as `--flag=-1`, which the parser does not take for two flags. */
export function joinNegativeNumbers(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1);
    const isValue = /^-\d/.test(word) && before !== undefined && /^--[\w-]+$/.test(before);
    if (isValue && !joined.includes('--')) joined.push(`${joined.pop()}=${word}`);
    else joined.push(word);
  }
  return joined;
}
