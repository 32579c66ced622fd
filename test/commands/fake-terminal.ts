/**
 * A terminal, or a pipe, that keeps what was written to it.
 *
 * @module
 */
import { Output, type OutputOptions, type Terminal } from '../../src/commands/output.ts';

export class FakeTerminal implements Terminal {
  readonly env: Readonly<Record<string, string>>;
  readonly stdout: FakeStream;
  readonly stderr: FakeStream;

  constructor({ stdout = false, stderr = false, env = {}, columns = 80 } = {}) {
    this.env = env;
    this.stdout = new FakeStream(stdout, columns);
    this.stderr = new FakeStream(stderr, columns);
  }
}

class FakeStream {
  readonly isTTY: boolean;
  readonly columns: number;
  written = '';

  constructor(isTTY: boolean, columns: number) {
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string): void {
    this.written += text;
  }
}

/** An output with the flags that nobody gave. */
export function outputTo(terminal: Terminal, flags: Partial<OutputOptions> = {}): Output {
  return new Output({ json: false, quiet: false, verbose: false, color: true, ...flags }, terminal);
}
