/**
 * Keeps a loudspeaker open.
 *
 * @module
 */
import type { Clock, Timer } from '../../clock.ts';
import type { AudioHost, DeviceInfo, OutputStream } from '../../devices/audio-host.ts';
import { chooseDevice } from '../../devices/choose-device.ts';
import type { DeviceNotice } from '../../devices/device-notice.ts';
import type { VoiceloopError } from '../../errors.ts';
import { backNotice, endNotice, type LoudspeakerEnd, reopenNotice } from './loudspeaker-notices.ts';

/** How often a device that is not there is looked for: an answer waits for it. */
const RETRY_MS = 500;

/** What {@link LoudspeakerKeeper} is made of. None of the callbacks may throw. */
export interface LoudspeakerKeeperOptions {
  readonly clock: Clock;
  readonly host: AudioHost;
  /** As for `chooseDevice`; undefined for whatever is the default, which is then followed. */
  readonly device: string | undefined;
  /** From now on this is where sound goes. A stream before it is open until the call returns. */
  readonly onStream: (stream: OutputStream) => void;
  /** The stream is gone, and there is no other yet. */
  readonly onEnd: () => void;
  readonly onNotice: (notice: DeviceNotice) => void;
}

/** A stream from the moment it is asked for. It may be lost before the driver has told that it is open. */
interface Opening {
  stream?: OutputStream;
  lost?: VoiceloopError;
}

/**
 * Opens a loudspeaker, and opens it again whenever it is lost or given up: at once, then every half second, for ever, and as
 * soon as there is another default. Where the default changes while its stream is well, the old stream plays until the new one is
 * open.
 */
export class LoudspeakerKeeper {
  readonly #options: LoudspeakerKeeperOptions;
  #current: Opening | undefined;
  #isKept = false;
  /** What is being opened now; never rejects. */
  #work: Promise<void> | undefined;
  #defaultHasChanged = false;
  #retry: Timer | undefined;
  #unsubscribe = () => {};
  /** The device of the last stream, why that ended, and what was told of it. */
  #before: { readonly device: DeviceInfo; readonly end: LoudspeakerEnd } | undefined;
  readonly #toldCodes = new Set<string>();
  #reopened = 0;

  constructor(options: LoudspeakerKeeperOptions) {
    this.#options = options;
  }

  /** How often another stream took the place of one before it. */
  get reopened(): number {
    return this.#reopened;
  }

  /** @throws {VoiceloopError} where the device cannot be opened: only later troubles are waited out */
  async open(): Promise<void> {
    const { host, device } = this.#options;
    this.#isKept = true;
    const attempt = this.#tryToOpen().then((opening) => this.#adopt(opening));
    this.#work = attempt.catch(() => {});
    await attempt.finally(() => {
      this.#work = undefined;
    });
    // It may have been lost again before anybody could use it.
    if (!this.#current) this.#reopen();
    if (device !== undefined || !this.#isKept) return;
    this.#unsubscribe = host.onDefaultChanged((kind) => {
      if (kind === 'output') this.#onDefaultChanged();
    });
  }

  /** Nothing is called any more, and nothing is open when it settles, even where it was just being opened. */
  async close(): Promise<void> {
    this.#isKept = false;
    this.#retry?.cancel();
    this.#unsubscribe();
    const { stream } = this.#current ?? {};
    this.#current = undefined;
    await this.#work;
    await closed(stream);
  }

  /** Closes the stream that is open, and opens another. */
  giveUp(end: LoudspeakerEnd): void {
    const { device, onEnd, onNotice } = this.#options;
    const { stream } = this.#current ?? {};
    if (!stream) return;
    this.#current = undefined;
    this.#before = { device: stream.device, end };
    onEnd();
    if (end.kind !== 'lost') void closed(stream);
    const notice = endNotice(stream.device, end, device === undefined);
    if (notice) onNotice(notice);
    this.#reopen();
  }

  async #tryToOpen(): Promise<Opening> {
    const { host, device } = this.#options;
    const chosen = device === undefined ? undefined : chooseDevice(await host.devices(), 'output', device);
    const opening: Opening = {};
    const onLost = (error: VoiceloopError) => {
      opening.lost = error;
      if (this.#current === opening) this.giveUp({ kind: 'lost', error });
    };
    opening.stream = await host.openOutput({ ...(chosen && { device: chosen }), onLost });
    if (opening.lost) throw opening.lost;
    return opening;
  }

  /** Takes a stream into use, unless nobody wants one any more. */
  async #adopt(opening: Opening): Promise<void> {
    const { stream } = opening;
    if (!this.#isKept || !stream) return closed(stream);
    const old = this.#current?.stream;
    if (old) this.#before = { device: old.device, end: { kind: 'default-changed' } };
    this.#current = opening;
    this.#options.onStream(stream);
    this.#toldCodes.clear();
    if (this.#before) {
      this.#reopened++;
      const { device, end } = this.#before;
      this.#options.onNotice(backNotice(device, end, stream.device, stream.rateHz));
    }
    await closed(old);
  }

  #onDefaultChanged(): void {
    this.#defaultHasChanged = true;
    const current = this.#current?.stream?.device;
    if (!current) {
      this.#reopen();
      return;
    }
    // A sound server's own default device keeps its name and moves by itself.
    const check = async () => {
      const devices = await this.#options.host.devices();
      const next = devices.find(({ kind, isDefault }) => kind === 'output' && isDefault);
      if (next && next.id !== this.#current?.stream?.device.id) this.#reopen();
    };
    check().catch(() => {});
  }

  #reopen(): void {
    if (!this.#isKept || this.#work) return;
    this.#retry?.cancel();
    this.#work = this.#tryAgain();
  }

  async #tryAgain(): Promise<void> {
    const { clock, onNotice } = this.#options;
    this.#defaultHasChanged = false;
    await this.#tryToOpen()
      .then((opening) => this.#adopt(opening))
      .catch((error: unknown) => {
        const notice = this.#before && reopenNotice(this.#before.device, error);
        if (!notice || this.#toldCodes.has(notice.code) || !this.#isKept) return;
        this.#toldCodes.add(notice.code);
        onNotice(notice);
      });
    this.#work = undefined;
    if (!this.#isKept) return;
    if (this.#defaultHasChanged) this.#onDefaultChanged();
    else if (!this.#current) this.#retry = clock.at(clock.now() + RETRY_MS, () => this.#reopen());
  }
}

/** A device that cannot even be closed is gone, which is what was wanted. */
async function closed(stream: OutputStream | undefined): Promise<void> {
  await stream?.close().catch(() => {});
}
