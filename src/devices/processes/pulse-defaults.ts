/**
 * Tells when a PulseAudio server's default devices change.
 *
 * @module
 */
import type { DeviceKind } from '../audio-host.ts';
import { ChildProgram } from './child-program.ts';
import type { PulseServer } from './pulse-listing.ts';

type Listener = (kind: DeviceKind) => void;

/** `pactl subscribe` says that something changed at the server, not what: that is asked for. It runs while somebody listens. */
export class PulseDefaults {
  readonly #command: string;
  readonly #ask: () => Promise<PulseServer>;
  readonly #listeners = new Set<Listener>();
  #program: ChildProgram | undefined;
  #known: PulseServer | undefined;
  #asking = Promise.resolve();

  constructor(pactl: string, ask: () => Promise<PulseServer>) {
    this.#command = pactl;
    this.#ask = ask;
  }

  watch(listener: Listener): () => void {
    // A function of its own, so that one that listens twice can leave once.
    const own: Listener = (kind) => listener(kind);
    this.#listeners.add(own);
    if (!this.#program) this.#begin();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size > 0) return;
      this.#program?.kill();
      this.#program = undefined;
      this.#known = undefined;
    };
  }

  #begin(): void {
    this.#program = new ChildProgram(this.#command, ['subscribe'], {
      onBytes: (bytes) => {
        // Cut in two, the line is missed; the server tells every change more than once.
        if (new TextDecoder().decode(bytes).includes('on server')) this.#compare();
      },
      // The server is gone, and the streams say so.
      onEnd: () => {
        this.#program = undefined;
      },
    });
    this.#compare();
  }

  /** One after the other, because every question makes the server speak. */
  #compare(): void {
    this.#asking = this.#asking.then(async () => {
      const now = await this.#ask().catch(() => undefined);
      const before = this.#known;
      if (!now || !this.#program) return;
      this.#known = now;
      if (!before) return;
      if (before.defaultInput !== now.defaultInput) this.#tell('input');
      if (before.defaultOutput !== now.defaultOutput) this.#tell('output');
    });
  }

  #tell(kind: DeviceKind): void {
    for (const listener of this.#listeners) listener(kind);
  }
}
