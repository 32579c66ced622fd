/**
 * The bytes of a terminal as keys.
 *
 * @module
 */
import { StringDecoder } from 'node:string_decoder';

/** The keys that are told apart; all others are swallowed. */
export type KeyName =
  | 'text'
  | 'paste'
  | 'enter'
  | 'escape'
  | 'backspace'
  | 'delete'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'ctrl-c'
  | 'ctrl-d'
  | 'ctrl-u'
  | 'ctrl-w'
  | 'ctrl-z';

/** A key, or a text that was pasted. */
export interface Key {
  readonly name: KeyName;
  /** The character, or what was pasted; empty for other keys. */
  readonly text: string;
}

const escapeCode = '\u001b';
const controls: ReadonlyMap<string, KeyName> = new Map([
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\u007f', 'backspace'],
  ['\b', 'backspace'],
  ['\u0001', 'home'],
  ['\u0003', 'ctrl-c'],
  ['\u0004', 'ctrl-d'],
  ['\u0005', 'end'],
  ['\u0015', 'ctrl-u'],
  ['\u0017', 'ctrl-w'],
  ['\u001a', 'ctrl-z'],
]);
const sequences: ReadonlyMap<string, KeyName> = new Map([
  ['[C', 'right'],
  ['[D', 'left'],
  ['OC', 'right'],
  ['OD', 'left'],
  ['[H', 'home'],
  ['[F', 'end'],
  ['OH', 'home'],
  ['OF', 'end'],
  ['[1~', 'home'],
  ['[4~', 'end'],
  ['[3~', 'delete'],
]);
const pasteStart = '[200~';
const pasteEnd = `${escapeCode}[201~`;
/** A control sequence, as far as it has come (ECMA-48, 5.4), or a function key of the keypad. */
const sequence = /^(?:\[[0-?]*[ -/]*(?<csi>[@-~])?|O(?<keypad>[@-~])?)/;

/**
 * Takes bytes as they come, cut anywhere, and tells each key once it is complete. A lone Escape looks like the beginning of
 * another key: {@link isUndecided} is true then, and after a moment of silence {@link decide} takes it for what it is.
 */
export class KeyDecoder {
  readonly #bytes = new StringDecoder('utf8');
  readonly #onKey: (key: Key) => void;
  #held = '';
  #pasted: string | undefined;

  constructor(onKey: (key: Key) => void) {
    this.#onKey = onKey;
  }

  /** Silence would decide what the last bytes were. */
  get isUndecided(): boolean {
    return this.#pasted === undefined && this.#held !== '';
  }

  push(bytes: Uint8Array): void {
    this.#held += this.#bytes.write(bytes);
    while (this.#held !== '' && this.#take());
  }

  decide(): void {
    if (!this.isUndecided) return;
    const isEscape = this.#held === escapeCode;
    this.#held = '';
    if (isEscape) this.#tell('escape');
  }

  /** Takes one key from what is held; false when more has to come. */
  #take(): boolean {
    if (this.#pasted !== undefined) return this.#takePasted(this.#pasted);
    if (this.#held.startsWith(escapeCode)) return this.#takeEscape();
    const character = String.fromCodePoint(this.#held.codePointAt(0) ?? 0);
    this.#held = this.#held.slice(character.length);
    const control = controls.get(character);
    if (control) this.#tell(control);
    else if (!/\p{Cc}/u.test(character)) this.#tell('text', character);
    return true;
  }

  #takeEscape(): boolean {
    const rest = this.#held.slice(1);
    if (rest === '') return false;
    if (rest.startsWith(escapeCode)) {
      this.#held = rest;
      this.#tell('escape');
      return true;
    }
    const match = sequence.exec(rest);
    if (match === null) {
      // Alt and a key. A control key stays what it is: Ctrl+C must be heard.
      const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
      this.#held = controls.has(character) ? rest : rest.slice(character.length);
      return true;
    }
    const isComplete = (match.groups?.['csi'] ?? match.groups?.['keypad']) !== undefined;
    if (!isComplete && match[0] === rest) return false;
    this.#held = rest.slice(match[0].length);
    if (match[0] === pasteStart) this.#pasted = '';
    const name = sequences.get(match[0]);
    if (name) this.#tell(name);
    return true;
  }

  #takePasted(before: string): boolean {
    const end = this.#held.indexOf(pasteEnd);
    if (end >= 0) {
      const text = before + this.#held.slice(0, end);
      this.#held = this.#held.slice(end + pasteEnd.length);
      this.#pasted = undefined;
      this.#tell('paste', text.replace(/\r\n?/g, '\n'));
      return true;
    }
    // What is held back may be the beginning of the end.
    const kept = Math.max(this.#held.lastIndexOf(escapeCode), this.#held.length - pasteEnd.length + 1, 0);
    this.#pasted = before + this.#held.slice(0, kept);
    this.#held = this.#held.slice(kept);
    return false;
  }

  #tell(name: KeyName, text = ''): void {
    this.#onKey({ name, text });
  }
}
