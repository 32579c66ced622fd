/**
 * A message while it is typed.
 *
 * @module
 */
import { graphemes } from '../terminal-text.ts';
import type { Key } from './key-decoder.ts';

/** What was typed so far, and where the cursor is in it. */
export interface Draft {
  readonly before: string;
  readonly after: string;
}

/** Edits one message, by characters as the reader counts them. */
export class MessageEditor {
  #before = '';
  #after = '';

  get draft(): Draft {
    return { before: this.#before, after: this.#after };
  }

  get text(): string {
    return this.#before + this.#after;
  }

  clear(): void {
    this.#before = '';
    this.#after = '';
  }

  /** Does what a key does to the text; nothing for keys that do not edit. */
  press({ name, text }: Key): void {
    switch (name) {
      case 'text':
      case 'paste':
        this.#before += text;
        break;
      case 'backspace':
        this.#before = graphemes(this.#before).slice(0, -1).join('');
        break;
      case 'delete':
        this.#after = graphemes(this.#after).slice(1).join('');
        break;
      case 'left':
        this.#moveTo(graphemes(this.#before).length - 1);
        break;
      case 'right':
        this.#moveTo(graphemes(this.#before).length + 1);
        break;
      case 'home':
        this.#moveTo(0);
        break;
      case 'end':
        this.#moveTo(Number.POSITIVE_INFINITY);
        break;
      case 'ctrl-u':
        this.#before = '';
        break;
      case 'ctrl-w':
        this.#before = this.#before.replace(/\S*\s*$/u, '');
        break;
      default:
    }
  }

  #moveTo(position: number): void {
    const all = graphemes(this.text);
    const at = Math.max(0, position);
    this.#before = all.slice(0, at).join('');
    this.#after = all.slice(at).join('');
  }
}
