/**
 * What is told of the time without a device.
 *
 * @module
 */
import type { DeviceInfo, DeviceKind, InputStream, OutputStream } from './audio-host.ts';
import type { DeviceNotice } from './device-notice.ts';
import { backNotice, endNotice, refusedNotice, type StreamEnd } from './stream-notices.ts';

/** How {@link Outage} tells. */
export interface OutageOptions {
  readonly kind: DeviceKind;
  /** Any device is as good; otherwise one is waited for. */
  readonly followsDefault: boolean;
  readonly onNotice: (notice: DeviceNotice) => void;
}

/** The time from the end of a stream to the first life of another. Each kind of trouble in it is told once. */
export class Outage {
  readonly #options: OutageOptions;
  readonly #toldCodes = new Set<string>();
  #began: { readonly before: DeviceInfo; readonly end: StreamEnd } | undefined;

  constructor(options: OutageOptions) {
    this.#options = options;
  }

  get isGoingOn(): boolean {
    return this.#began !== undefined;
  }

  /** A stream ended: another one if the outage goes on already. */
  begin(before: DeviceInfo, end: StreamEnd): void {
    this.#began ??= { before, end };
    this.#tellOnce(endNotice(before, end, this.#options.followsDefault));
  }

  /** A device could not be opened; `inUse` is used until it can. */
  refuse(error: unknown, inUse: DeviceInfo | undefined): void {
    this.#tellOnce(refusedNotice(this.#options.kind, error, inUse));
  }

  /** It is another device now that may be in trouble. */
  forgetTold(): void {
    this.#toldCodes.clear();
  }

  /** The stream shows life. */
  end(stream: InputStream | OutputStream): void {
    if (!this.#began) return;
    const { before, end } = this.#began;
    this.#began = undefined;
    this.forgetTold();
    this.#options.onNotice(backNotice(before, end, stream));
  }

  #tellOnce(notice: DeviceNotice | undefined): void {
    if (!notice || this.#toldCodes.has(notice.code)) return;
    this.#toldCodes.add(notice.code);
    this.#options.onNotice(notice);
  }
}
