/**
 * A file of text that holds whole lines at any moment.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** How a {@link LineFile} is written. */
export interface LineFileOptions {
  readonly path: string;
  /** Behind what there is, or in its place. */
  readonly mode: 'append' | 'replace';
}

/**
 * Writes each line at once, so that a crash cuts none. The file is opened with the first line, or by {@link LineFile.open}.
 * When the disk fails the file ends with its last whole line, what else is written is dropped, and {@link LineFile.failure}
 * says why.
 */
export class LineFile {
  readonly #options: LineFileOptions;
  #file: number | undefined;
  #lines = 0;
  #bytes = 0;
  #failure: { readonly cause: unknown } | undefined;

  constructor(options: LineFileOptions) {
    this.#options = options;
  }

  /** Why lines are missing; undefined while all is well. */
  get failure(): { readonly cause: unknown } | undefined {
    return this.#failure;
  }

  /** How many lines were written. */
  get lines(): number {
    return this.#lines;
  }

  /** @throws what the system says where it cannot be opened */
  open(): number {
    if (this.#file === undefined) {
      const { path, mode } = this.#options;
      this.#file = openSync(path, mode === 'append' ? 'a' : 'w');
      this.#bytes = fstatSync(this.#file).size;
    }
    return this.#file;
  }

  /** @param line without its end */
  write(line: string): void {
    if (this.#failure) return;
    const bytes = Buffer.from(`${line}\n`);
    try {
      if (writeSync(this.open(), bytes) < bytes.length)
        throw new Error('the disk took only a part of a line');
      this.#bytes += bytes.length;
      this.#lines++;
    } catch (cause) {
      this.#failure ??= { cause };
      this.#cutToWholeLines();
    }
  }

  close(): void {
    try {
      if (this.#file !== undefined) closeSync(this.#file);
    } catch (cause) {
      this.#failure ??= { cause };
    }
    this.#file = undefined;
  }

  #cutToWholeLines(): void {
    try {
      if (this.#file !== undefined) ftruncateSync(this.#file, this.#bytes);
    } catch {
      // What is no regular file cannot be cut.
    }
  }
}
