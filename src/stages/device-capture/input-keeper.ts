/**
 * Keeps a microphone open.
 *
 * @module
 */
import type { Clock, Timer } from '../../clock.ts';
import type { AudioHost, CapturedBlock, DeviceInfo, InputStream } from '../../devices/audio-host.ts';
import { chooseDevice } from '../../devices/choose-device.ts';
import type { VoiceloopError } from '../../errors.ts';

/** Why a stream is given up. */
export type CaptureEnd =
  /** The driver says that it is dead. */
  | { readonly kind: 'lost'; readonly error: VoiceloopError }
  /** It gave nothing for so long. */
  | { readonly kind: 'stalled'; readonly afterMs: number }
  /** It was the default, and another device is now. */
  | { readonly kind: 'default-changed' };

/** How {@link InputKeeper} works. None of the callbacks may throw. */
export interface InputKeeperOptions {
  readonly clock: Clock;
  readonly host: AudioHost;
  /** As for `chooseDevice`. Default whatever is the default, which is then followed. */
  readonly device: string | undefined;
  readonly rateHz: number | undefined;
  readonly channels: number;
  readonly onBlock: (block: CapturedBlock) => void;
  /** A stream was given up; the next is being opened. */
  readonly onEnd: (device: DeviceInfo, end: CaptureEnd) => void;
  /** It could not be opened again now. */
  readonly onRefused: (error: unknown) => void;
}

/** A device's silence is looked for so often, and borne so many times in a row. Time in which the process sleeps does not count. */
const watchMs = 500;
const watches = 4;

const retryMs = 1000;

/** What comes from any attempt but the latest is not heard. */
interface Attempt {
  lost: VoiceloopError | undefined;
}

/**
 * Opens an input, and opens it again whenever it is lost, gives nothing for two seconds, or is no longer the default that
 * is followed: at once, then every second, for ever, and as soon as there is another default.
 */
export class InputKeeper {
  readonly #options: InputKeeperOptions;
  #stream: InputStream | undefined;
  #attempt: Attempt | undefined;
  #isClosed = false;
  /** What is being opened or closed now; never rejects. */
  #work: Promise<void> = Promise.resolve();
  #unsubscribe = () => {};
  /** Ends the pause before the next attempt. */
  #wake = () => {};
  #defaultHasChanged = false;
  #watch: Timer | undefined;
  #emptyWatches = 0;
  #reopened = 0;

  constructor(options: InputKeeperOptions) {
    this.#options = options;
  }

  get stream(): InputStream | undefined {
    return this.#stream;
  }

  get reopened(): number {
    return this.#reopened;
  }

  /**
   * @returns the first stream; undefined where it was closed meanwhile
   * @throws {VoiceloopError} where it cannot be opened the first time
   */
  async open(): Promise<InputStream | undefined> {
    if (this.#options.device === undefined) {
      this.#unsubscribe = this.#options.host.onDefaultChanged((kind) => {
        if (kind === 'input') this.#onDefaultChanged();
      });
    }
    const opening = this.#openStream();
    this.#work = opening.then(
      () => {},
      () => {},
    );
    try {
      return await opening;
    } catch (error) {
      this.#unsubscribe();
      throw error;
    }
  }

  /** Nothing is called any more, and nothing is open when it settles, even where it was just being opened. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#attempt = undefined;
    this.#unsubscribe();
    this.#watch?.cancel();
    this.#wake();
    await this.#work;
    const stream = this.#stream;
    this.#stream = undefined;
    await closed(stream);
  }

  async #openStream(): Promise<InputStream | undefined> {
    const { host, device: wanted, rateHz, channels } = this.#options;
    const attempt: Attempt = { lost: undefined };
    this.#attempt = attempt;
    this.#defaultHasChanged = false;
    const device = wanted === undefined ? undefined : chooseDevice(await host.devices(), 'input', wanted);
    if (this.#isClosed) return undefined;
    const stream = await host.openInput({
      ...(device && { device }),
      ...(rateHz !== undefined && { rateHz }),
      channels,
      onBlock: (block) => this.#onBlock(attempt, block),
      onLost: (error) => this.#onLost(attempt, error),
    });
    if (this.#isClosed) {
      await closed(stream);
      return undefined;
    }
    if (attempt.lost) throw attempt.lost;
    this.#stream = stream;
    this.#emptyWatches = 0;
    this.#keepWatch();
    if (this.#defaultHasChanged) this.#onDefaultChanged();
    return stream;
  }

  #onBlock(attempt: Attempt, block: CapturedBlock): void {
    // A driver may have sound before it has told that the stream is open.
    if (attempt !== this.#attempt || !this.#stream) return;
    this.#emptyWatches = 0;
    this.#options.onBlock(block);
  }

  #onLost(attempt: Attempt, error: VoiceloopError): void {
    attempt.lost = error;
    if (attempt === this.#attempt) this.#giveUp({ kind: 'lost', error });
  }

  #onDefaultChanged(): void {
    this.#defaultHasChanged = true;
    this.#wake();
    const attempt = this.#attempt;
    const current = this.#stream?.device;
    if (!current) return;
    // A sound server's own default device keeps its name and moves by itself.
    const check = async () => {
      const devices = await this.#options.host.devices();
      const next = devices.find(({ kind, isDefault }) => kind === 'input' && isDefault);
      if (next && next.id !== current.id && attempt === this.#attempt)
        this.#giveUp({ kind: 'default-changed' });
    };
    check().catch(() => {});
  }

  #keepWatch(): void {
    const { clock } = this.#options;
    this.#watch?.cancel();
    this.#watch = clock.at(clock.now() + watchMs, () => {
      this.#emptyWatches++;
      if (this.#emptyWatches <= watches) return this.#keepWatch();
      this.#giveUp({ kind: 'stalled', afterMs: watches * watchMs });
    });
  }

  #giveUp(end: CaptureEnd): void {
    const stream = this.#stream;
    if (!stream) return;
    this.#stream = undefined;
    this.#attempt = undefined;
    this.#watch?.cancel();
    this.#work = this.#reopen(end.kind === 'lost' ? undefined : stream);
    this.#options.onEnd(stream.device, end);
  }

  async #reopen(before: InputStream | undefined): Promise<void> {
    await closed(before);
    while (!this.#isClosed) {
      try {
        await this.#openStream();
        this.#reopened++;
        return;
      } catch (error) {
        if (this.#isClosed) return;
        this.#options.onRefused(error);
      }
      if (!this.#defaultHasChanged) await this.#pause();
    }
  }

  #pause(): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => {
      const timer = clock.at(clock.now() + retryMs, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

/** A device that cannot even be closed is gone, which is what was wanted. */
async function closed(stream: InputStream | undefined): Promise<void> {
  await stream?.close().catch(() => {});
}
