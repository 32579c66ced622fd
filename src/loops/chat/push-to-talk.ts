/**
 * Turns that the user begins and ends by a key.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import type { UplinkFrame } from '../../stages/frame-packer.ts';

/** Who is told. */
export interface PushToTalkOptions {
  readonly clock: Clock;
  /** The user begins to talk. */
  readonly onBegin: () => void;
  /** Everything that was said while the key was down has passed. */
  readonly onTurn: () => void;
}

/** The last frame of a turn is not waited for longer, should the microphone be gone. */
const lastFrameMs = 500;

/**
 * Compares when sound was captured with when the key was used: what was captured before the key was let go is still on its
 * way through the device and the filters, and belongs to the turn.
 */
export class PushToTalk {
  readonly #options: PushToTalkOptions;
  #fromMs = Number.POSITIVE_INFINITY;
  #untilMs = Number.POSITIVE_INFINITY;
  #turn = 0;

  constructor(options: PushToTalkOptions) {
    this.#options = options;
  }

  /** The key is down. */
  get isTalking(): boolean {
    return this.isOpen && this.#untilMs === Number.POSITIVE_INFINITY;
  }

  /** The key is down, or what was said until it was let go has not all passed. */
  get isOpen(): boolean {
    return this.#fromMs < Number.POSITIVE_INFINITY;
  }

  press(): void {
    if (this.isTalking) return;
    if (this.isOpen) this.#finish();
    this.#fromMs = this.#options.clock.now();
    this.#options.onBegin();
  }

  release(): void {
    if (!this.isTalking) return;
    const { clock } = this.#options;
    const turn = this.#turn;
    this.#untilMs = clock.now();
    clock.at(this.#untilMs + lastFrameMs, () => this.#turn === turn && this.#finish());
  }

  /** Whether a frame is to be sent. */
  takes({ timeMs, endMs }: UplinkFrame): boolean {
    return endMs > this.#fromMs && timeMs < this.#untilMs;
  }

  /** A frame has passed, sent or not: with the one in which the key was let go, the turn is complete. */
  passed({ endMs }: UplinkFrame): void {
    if (this.isOpen && endMs >= this.#untilMs) this.#finish();
  }

  #finish(): void {
    this.#turn++;
    this.#fromMs = Number.POSITIVE_INFINITY;
    this.#untilMs = Number.POSITIVE_INFINITY;
    this.#options.onTurn();
  }
}
