/**
 * The keyboard of a chat: single keys and typed messages on a terminal, lines from a pipe.
 *
 * @module
 */
import process from 'node:process';
import type { Clock, Timer } from '../clock.ts';
import { exitCodes } from '../errors.ts';
import { type Key, KeyDecoder } from './keyboard/key-decoder.ts';
import { type Draft, MessageEditor } from './keyboard/message-editor.ts';
import { type ChatKey, LineDecoder, typedLine } from './keyboard/typed-lines.ts';
import { guardTerminal } from './terminal-guard.ts';

/** Where keys come from: `process.stdin`, or what stands for it. */
export interface KeyboardInput {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  ref?(): unknown;
  unref?(): unknown;
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  on(event: 'end' | 'error', listener: () => void): unknown;
  off(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  off(event: 'end' | 'error', listener: () => void): unknown;
}

/** What a {@link Keyboard} reads and whom it tells. */
export interface KeyboardOptions {
  readonly clock: Clock;
  /** Keys one by one instead of lines, where the input is a terminal. Pass `output.isLive`: elsewhere nobody sees a draft. */
  readonly readsKeys: boolean;
  /** Writes an escape sequence to the terminal: `output.control`. */
  readonly control: (sequence: string) => void;
  readonly onKey: (key: ChatKey) => void;
  /** The user typed a message; never an empty one. */
  readonly onMessage: (text: string) => void;
  /** A line asks for something that does not exist, as the sentence says. */
  readonly onUnknown: (problem: string) => void;
  /** The input has ended (a pipe, a file, `/dev/null`): no key comes any more. Leaving is up to whoever listens. */
  readonly onEnd?: () => void;
  /** Ctrl+Z: the terminal is about to be somebody else's. */
  readonly onSuspend?: () => void;
  /** The process goes on: everything has to be drawn anew. */
  readonly onResume?: () => void;
  /** Default `process.stdin`. */
  readonly input?: KeyboardInput;
}

const keys: ReadonlyMap<string, ChatKey> = new Map([
  [' ', 'talk'],
  ['m', 'mute'],
  ['i', 'interrupt'],
  ['s', 'statistics'],
  ['d', 'compare'],
  ['?', 'help'],
  ['h', 'help'],
  ['q', 'quit'],
]);
/** A key that follows Escape within it was sent by the terminal together with it. */
const escapeMs = 50;
/** A key that is held down repeats about every 30 ms; nobody presses one as fast. */
const repeatMs = 120;
/** A process that still runs so long after it was stopped was not. */
const suspendMs = 200;
/** There is no such thing on Windows. */
const canStop = process.platform !== 'win32';
const pasteAsOne = '\u001b[?2004h';
const pasteAsKeys = '\u001b[?2004l';

/**
 * Reads from when it is made until it is closed. Ctrl+C is raised as SIGINT, which {@link runCommand} takes: the first one
 * leaves, the second one ends the process. However the process ends, the terminal is as it was.
 */
export class Keyboard {
  readonly #options: KeyboardOptions;
  readonly #input: KeyboardInput;
  readonly #readsKeys: boolean;
  readonly #editor = new MessageEditor();
  readonly #decoder: KeyDecoder | LineDecoder;
  #isTyping = false;
  #hasQuit = false;
  #isOpen = true;
  #lastSpaceMs = Number.NEGATIVE_INFINITY;
  #escape: Timer | undefined;
  #suspended: Timer | undefined;
  #release = () => {};

  constructor(options: KeyboardOptions) {
    this.#options = options;
    this.#input = options.input ?? process.stdin;
    this.#readsKeys = options.readsKeys && this.#input.isTTY === true;
    this.#decoder = this.#readsKeys
      ? new KeyDecoder((key) => this.#pressed(key))
      : new LineDecoder((line) => this.#entered(line));
    if (this.#readsKeys) {
      this.#takeTerminal();
      this.#release = guardTerminal(this.#giveTerminalBack);
      if (canStop) process.on('SIGCONT', this.#continued);
    }
    this.#input.on('data', this.#onData);
    this.#input.on('end', this.#onEnd);
    this.#input.on('error', this.#onEnd);
    this.#input.ref?.();
    this.#input.resume();
  }

  /** Keys are read one by one: the others are told about as lines. */
  get readsKeys(): boolean {
    return this.#readsKeys;
  }

  /** What is being typed; undefined while nothing is. */
  get draft(): Draft | undefined {
    return this.#isTyping ? this.#editor.draft : undefined;
  }

  /** Gives the terminal back. The input keeps no process alive any more. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#escape?.cancel();
    this.#suspended?.cancel();
    this.#input.off('data', this.#onData);
    this.#input.off('end', this.#onEnd);
    // An input that fails after it was closed is nobody's concern, and no reason to crash.
    if (this.#readsKeys) {
      this.#release();
      if (canStop) process.off('SIGCONT', this.#continued);
      this.#giveTerminalBack();
    }
    this.#input.pause();
    this.#input.unref?.();
  }

  readonly #onData = (bytes: Uint8Array) => {
    this.#escape?.cancel();
    const decoder = this.#decoder;
    decoder.push(bytes);
    if (!(decoder instanceof KeyDecoder) || !decoder.isUndecided || !this.#isOpen) return;
    const { clock } = this.#options;
    this.#escape = clock.at(clock.now() + escapeMs, () => decoder.decide());
  };

  readonly #onEnd = () => {
    if (!this.#isOpen) return;
    if (this.#decoder instanceof LineDecoder) this.#decoder.end();
    this.#options.onEnd?.();
  };

  #entered(line: string): void {
    const typed = typedLine(line);
    if (!typed || this.#hasQuit) return;
    if (typed.kind === 'message') this.#options.onMessage(typed.text);
    else if (typed.kind === 'unknown') this.#options.onUnknown(typed.problem);
    else this.#command(typed.key);
  }

  #pressed(key: Key): void {
    if (!this.#isOpen) return;
    if (key.name === 'ctrl-c') interrupt();
    else if (key.name === 'ctrl-z' && canStop) this.#suspend();
    // The Enter of somebody who types `q` and Enter is not the beginning of a message.
    else if (this.#hasQuit) return;
    else if (this.#isTyping) this.#type(key);
    else this.#choose(key);
  }

  #type(key: Key): void {
    if (key.name === 'enter') {
      const text = this.#editor.text.trim();
      this.#stopTyping();
      if (text !== '') this.#options.onMessage(text);
    } else if (key.name === 'escape' || (key.name === 'ctrl-d' && this.#editor.text === '')) {
      this.#stopTyping();
    } else {
      this.#editor.press(key);
    }
  }

  #stopTyping(): void {
    this.#isTyping = false;
    this.#editor.clear();
  }

  #choose(key: Key): void {
    if (key.name === 'enter' || key.text === 't' || key.name === 'paste') {
      this.#isTyping = true;
      if (key.name === 'paste') this.#editor.press(key);
    } else if (key.name === 'ctrl-d') {
      this.#command('quit');
    } else if (key.text !== ' ' || !this.#isRepeated()) {
      const command = keys.get(key.text);
      if (command) this.#command(command);
    }
  }

  /** A space bar that is held down would begin and end a turn thirty times a second. */
  #isRepeated(): boolean {
    const nowMs = this.#options.clock.now();
    const isRepeated = nowMs - this.#lastSpaceMs < repeatMs;
    this.#lastSpaceMs = nowMs;
    return isRepeated;
  }

  #command(key: ChatKey): void {
    if (key === 'quit') this.#hasQuit = true;
    this.#options.onKey(key);
  }

  #takeTerminal(): void {
    this.#input.setRawMode?.(true);
    this.#options.control(pasteAsOne);
  }

  readonly #giveTerminalBack = () => {
    this.#options.control(pasteAsKeys);
    this.#input.setRawMode?.(false);
  };

  #suspend(): void {
    this.#options.onSuspend?.();
    this.#giveTerminalBack();
    // To the whole group, as the terminal itself would. Where no shell could continue it, the system lets it run.
    process.kill(0, 'SIGTSTP');
    const { clock } = this.#options;
    this.#suspended = clock.at(clock.now() + suspendMs, this.#continued);
  }

  /** Also after a stop that nobody announced: the shell has set up the terminal for itself since. */
  readonly #continued = () => {
    this.#suspended?.cancel();
    this.#input.setRawMode?.(false);
    this.#takeTerminal();
    this.#options.onResume?.();
  };
}

function interrupt(): void {
  if (!process.emit('SIGINT')) process.exit(exitCodes.interrupted);
}
