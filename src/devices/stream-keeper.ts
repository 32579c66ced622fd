/**
 * Keeps a microphone or a loudspeaker open.
 *
 * @module
 */
import type { Clock } from '../clock.ts';
import type { VoiceloopError } from '../errors.ts';
import type { AudioHost, DeviceInfo, DeviceKind, InputStream, OutputStream } from './audio-host.ts';
import { chooseDevice } from './choose-device.ts';
import type { DeviceNotice } from './device-notice.ts';
import { LifeWatch } from './life-watch.ts';
import { Outage } from './outage.ts';
import type { StreamEnd } from './stream-notices.ts';

/** How {@link StreamKeeper} works. None of the callbacks may throw. */
export interface StreamKeeperOptions<Stream> {
  readonly clock: Clock;
  readonly host: AudioHost;
  readonly kind: DeviceKind;
  /** As for `chooseDevice`; undefined for whatever is the default, which is then followed. */
  readonly device: string | undefined;
  /** Opens a stream on the host. It may be lost before the driver has told that it is open. */
  readonly open: (device: DeviceInfo | undefined, onLost: (error: VoiceloopError) => void) => Promise<Stream>;
  /** From now on this stream is used. One before it that is still well is open until the call returns. */
  readonly onStream: (stream: Stream) => void;
  /** The stream is gone, and there is no other yet. */
  readonly onEnd: () => void;
  readonly onNotice: (notice: DeviceNotice) => void;
}

/** As the notices say. */
const retryMs = 500;

/**
 * Opens a stream, and opens it again whenever it is lost, shows no life for two seconds, or is no longer on the default that
 * is followed: at once, then every half second, for ever, and as soon as there is another default. Where the default changes
 * while the stream on the old one is well, that is used until the new one is open.
 */
export class StreamKeeper<Stream extends InputStream | OutputStream> {
  readonly #options: StreamKeeperOptions<Stream>;
  readonly #outage: Outage;
  readonly #watch: LifeWatch;
  #stream: Stream | undefined;
  #isKept = false;
  /** What is being opened now; never rejects. */
  #work: Promise<void> | undefined;
  /** A stalled stream, which may need its time. */
  #closing: Promise<void> | undefined;
  #defaultMayDiffer = false;
  #hasToPause = false;
  #pause = new AbortController();
  #unsubscribe = () => {};
  #reopened = 0;

  constructor(options: StreamKeeperOptions<Stream>) {
    const { clock, kind, device, onNotice } = options;
    this.#options = options;
    this.#outage = new Outage({ kind, followsDefault: device === undefined, onNotice });
    this.#watch = new LifeWatch(clock, (afterMs) => this.#giveUp({ kind: 'stalled', afterMs }));
  }

  /** What is used now; undefined while there is none. */
  get stream(): Stream | undefined {
    return this.#stream;
  }

  /** How often another stream took the place of one before it. */
  get reopened(): number {
    return this.#reopened;
  }

  /** @throws {VoiceloopError} where it cannot be opened the first time: only later troubles are waited out */
  async open(): Promise<void> {
    const { host, kind, device } = this.#options;
    this.#isKept = true;
    if (device === undefined) {
      this.#unsubscribe = host.onDefaultChanged((changed) => {
        if (changed === kind) this.#onDefaultChanged();
      });
    }
    const opening = this.#openAnother();
    this.#work = opening.catch(() => {});
    try {
      await opening;
    } catch (error) {
      this.#isKept = false;
      this.#unsubscribe();
      throw error;
    } finally {
      this.#work = undefined;
    }
    // It may have been lost again, or the default have changed, before anybody could use it.
    this.#reopen();
  }

  /** Nothing is called any more, and nothing is open when it settles, even where it was just being opened. */
  async close(): Promise<void> {
    const stream = this.#stream;
    this.#isKept = false;
    this.#stream = undefined;
    this.#unsubscribe();
    this.#watch.stop();
    this.#pause.abort();
    await Promise.all([this.#work, this.#closing, closed(stream)]);
  }

  /** The stream that is used gave sound, or took some: if it had to be opened again, that is told now. */
  noteLife(): void {
    this.#watch.noteLife();
    if (this.#stream) this.#outage.end(this.#stream);
  }

  async #openAnother(): Promise<void> {
    const { host, kind, device: wanted, open, onStream } = this.#options;
    const device = wanted === undefined ? undefined : chooseDevice(await host.devices(), kind, wanted);
    if (!this.#isKept) return;
    const attempt: { stream?: Stream; lost?: VoiceloopError } = {};
    const stream = await open(device, (error) => {
      attempt.lost = error;
      if (attempt.stream && attempt.stream === this.#stream) this.#giveUp({ kind: 'lost', error });
    });
    if (!this.#isKept) return closed(stream);
    if (attempt.lost) throw attempt.lost;
    attempt.stream = stream;
    const old = this.#stream;
    if (old) this.#outage.begin(old.device, { kind: 'default-changed' });
    if (this.#outage.isGoingOn) this.#reopened++;
    this.#stream = stream;
    this.#watch.start();
    onStream(stream);
    await closed(old);
  }

  #giveUp(end: StreamEnd): void {
    const stream = this.#stream;
    if (!stream) return;
    this.#stream = undefined;
    this.#watch.stop();
    if (end.kind === 'stalled') this.#closing = closed(stream);
    // One that dies as soon as it is open must not be opened in a circle.
    this.#hasToPause = this.#outage.isGoingOn;
    this.#options.onEnd();
    this.#outage.begin(stream.device, end);
    this.#reopen();
  }

  #onDefaultChanged(): void {
    this.#defaultMayDiffer = true;
    this.#hasToPause = false;
    this.#outage.forgetTold();
    this.#pause.abort();
    this.#reopen();
  }

  get #needsAnother(): boolean {
    return this.#isKept && (!this.#stream || this.#defaultMayDiffer);
  }

  #reopen(): void {
    if (this.#needsAnother) this.#work ??= this.#openUntilWell();
  }

  async #openUntilWell(): Promise<void> {
    while (this.#needsAnother) {
      if (this.#hasToPause) await this.#rest();
      await this.#closing;
      this.#hasToPause = false;
      this.#defaultMayDiffer = false;
      try {
        if (!this.#stream || (await this.#isAnotherDefault())) await this.#openAnother();
      } catch (error) {
        if (this.#isKept) this.#outage.refuse(error, this.#stream?.device);
        this.#hasToPause = !this.#defaultMayDiffer;
        this.#defaultMayDiffer = true;
      }
    }
    this.#work = undefined;
  }

  async #isAnotherDefault(): Promise<boolean> {
    const { host, kind } = this.#options;
    const devices = await host.devices().catch(() => []);
    const next = devices.find((device) => device.kind === kind && device.isDefault);
    // A sound server's own default device keeps its name and moves by itself.
    return next !== undefined && next.id !== this.#stream?.device.id;
  }

  async #rest(): Promise<void> {
    this.#pause = new AbortController();
    await this.#options.clock.sleep(retryMs, this.#pause.signal).catch(() => {});
  }
}

/** A device that cannot even be closed is gone, which is what was wanted. */
async function closed(stream: InputStream | OutputStream | undefined): Promise<void> {
  await stream?.close().catch(() => {});
}
