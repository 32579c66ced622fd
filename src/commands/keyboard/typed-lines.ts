/**
 * Lines in the place of keys: what is piped into a chat, or typed where keys are not read one by one.
 *
 * @module
 */
import { StringDecoder } from 'node:string_decoder';
import { didYouMean } from '../../errors.ts';

/** What a key, or the line in its place, asks for. */
export type ChatKey = 'talk' | 'mute' | 'interrupt' | 'statistics' | 'compare' | 'help' | 'quit';

/** What a line means. */
export type TypedLine =
  | { readonly kind: 'key'; readonly key: ChatKey }
  | { readonly kind: 'message'; readonly text: string }
  /** A command that does not exist; `problem` says so in a sentence. */
  | { readonly kind: 'unknown'; readonly problem: string };

const commands: ReadonlyMap<string, ChatKey> = new Map([
  ['talk', 'talk'],
  ['mute', 'mute'],
  ['interrupt', 'interrupt'],
  ['stats', 'statistics'],
  ['compare', 'compare'],
  ['help', 'help'],
  ['quit', 'quit'],
]);

/** `q` leaves, `/mute` is a command, everything else is a message; undefined for an empty line. */
export function typedLine(line: string): TypedLine | undefined {
  const text = line.trim();
  if (text === '') return undefined;
  if (text === 'q') return { kind: 'key', key: 'quit' };
  if (!text.startsWith('/')) return { kind: 'message', text };
  const name = text.slice(1);
  const key = commands.get(name);
  if (key) return { kind: 'key', key };
  const hint = didYouMean(name, [...commands.keys()]);
  const known = [...commands.keys()].map((each) => `/${each}`).join(', ');
  return {
    kind: 'unknown',
    problem: `there is no command ${text}: ${hint ? hint.replace('mean ', 'mean /') : `it is one of ${known}`}`,
  };
}

/** Bytes, cut anywhere, as lines. */
export class LineDecoder {
  readonly #bytes = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #held = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(bytes: Uint8Array): void {
    const lines = (this.#held + this.#bytes.write(bytes)).split('\n');
    this.#held = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
  }

  /** The last line may have no end. */
  end(): void {
    const last = this.#held + this.#bytes.end();
    this.#held = '';
    if (last !== '') this.#onLine(last);
  }
}
