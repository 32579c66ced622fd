/**
 * Waits until a program's stream runs, or says why it does not.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import type { VoiceloopError } from '../../errors.ts';
import type { DeviceInfo } from '../audio-host.ts';
import { openingTimeout } from './program-trouble.ts';

const patienceMs = 5000;

/** The outcome of opening a stream, which is settled once. */
export class ProgramStart {
  readonly #clock: Clock;
  readonly #outcome = Promise.withResolvers<void>();
  #isSettled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the stream runs or has failed to. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  succeed(): void {
    this.#isSettled = true;
    this.#outcome.resolve();
  }

  fail(error: VoiceloopError): void {
    this.#isSettled = true;
    this.#outcome.reject(error);
  }

  /** @throws {VoiceloopError} what `fail` was given, or `device-failed` after 5 s */
  async wait(command: string, device: DeviceInfo): Promise<void> {
    const timer = this.#clock.at(this.#clock.now() + patienceMs, () =>
      this.fail(openingTimeout(command, device, patienceMs / 1000)),
    );
    try {
      await this.#clock.standStill(this.#outcome.promise);
    } finally {
      timer.cancel();
    }
  }
}
