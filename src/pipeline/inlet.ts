/**
 * The contract that every part of the two paths keeps: audio moves by synchronous calls from inlet to inlet.
 *
 * @module
 */

/**
 * Where input is pushed in. What is pushed is valid until `push` returns; who keeps it copies it. In steady state a push
 * allocates nothing.
 */
export interface Inlet<In> {
  push(input: In): void;
  /** No more input comes: whatever is held goes out, then `end` goes on. */
  end(): void;
  /** A gap or an interruption: whatever is held is dropped, then `reset` goes on. */
  reset(): void;
}

/** A part of a path that is opened onto the inlet after it and gives back the inlet before it. */
export interface Stage<In, Out> {
  /** As shown in the description of a path. */
  readonly name: string;
  /** What the stage adds by construction: the delay of its filter, its look-ahead, its framing. */
  readonly delayMs: number;
  open(outlet: Inlet<Out>): Inlet<In>;
}

/** Where a path begins. */
export interface Source<Out> {
  start(inlet: Inlet<Out>): void;
  /** Settles when the last block is out and the inlet was ended. */
  stop(): Promise<void>;
}

/** An inlet made of one function, for the end of a path. */
export function inlet<In>(push: (input: In) => void, end = () => {}, reset = () => {}): Inlet<In> {
  return { push, end, reset };
}
