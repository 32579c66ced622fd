/**
 * The microphone, whatever happens to it.
 *
 * @module
 */
import type { AudioBlock } from '../audio/audio-block.ts';
import type { Clock, Timer } from '../clock.ts';
import type { AudioHost, CapturedBlock, DeviceInfo, InputStream } from '../devices/audio-host.ts';
import type { DeviceNotice } from '../devices/device-notice.ts';
import { StreamKeeper } from '../devices/stream-keeper.ts';
import { gapNotice, rateNotice } from '../devices/stream-notices.ts';
import type { VoiceloopError } from '../errors.ts';
import type { Inlet, Source } from '../pipeline/inlet.ts';
import { CaptureTimeline } from './device-capture/capture-timeline.ts';

/** How {@link DeviceCapture} works. */
export interface DeviceCaptureOptions {
  readonly clock: Clock;
  readonly host: AudioHost;
  /** Id, name or part of the name, as for `chooseDevice`. Default whatever is the default, which is then followed. */
  readonly device?: string;
  /** Default the device's own. */
  readonly rateHz?: number;
  /** How many are captured; their mean goes out. Default 1. */
  readonly channels?: number;
  /** Length of the blocks, in whole frames. Default 10. */
  readonly blockMs?: number;
  /** Told of everything that happens to the device, in one sentence each. Must not throw. */
  readonly onNotice: (notice: DeviceNotice) => void;
}

/** Frames that a device loses are filled with silence up to so much, beyond which they are a gap. */
const longestFillMs = 1000;

/** A pause of the process may keep silence from going out. More than this of it does not all come at once, but is a gap. */
const longestBacklogMs = 3000;

/**
 * Captures a device as blocks of one channel and one length, at the device's rate, with the times of the driver. `open`
 * opens the device, or says why it cannot be; from `start` on, sound goes into the inlet.
 *
 * Once it is open it never fails. Where the device is lost, stalls for two seconds, or stops being the default that is
 * followed, the inlet is reset and silence goes on in real time, so that a service that detects turns still hears one end,
 * while the device is opened again: at once, then every half second, for ever. A device that was asked for is waited for;
 * else the new default is taken, and the old one goes on until that is open. The sound joins the same axis of time without a
 * gap. Another rate is marked by a reset. Frames that the device loses are silence, up to a second of them; more are a gap,
 * with a reset.
 *
 * Several channels become their mean, always. NaN and infinities count as silence. Errors that the inlet throws do not go
 * back into the driver; they are errors of a task of the clock.
 *
 * @example
 * ```ts
 * import { DeviceCapture, FakeHost, inlet, VirtualClock } from 'voiceloop';
 *
 * const clock = new VirtualClock();
 * const host = new FakeHost({ clock });
 * const headset = host.addInput({ name: 'Headset' });
 * const capture = new DeviceCapture({ clock, host, onNotice: ({ message }) => console.log(message) });
 * let blocks = 0;
 * await clock.run(async () => {
 *   await capture.open();
 *   capture.start(inlet(() => blocks++));
 *   await clock.sleep(1000);
 *   host.unplug(headset); // the microphone "Headset" is gone: silence is sent until there is one again
 *   await clock.sleep(1000);
 *   host.plug(headset);
 *   await clock.sleep(1000); // the microphone "Headset" is back
 *   await capture.stop();
 * });
 * console.log(blocks); // 298: three seconds, but for the last 20 ms, which are on their way
 * ```
 */
export class DeviceCapture implements Source<AudioBlock> {
  readonly #options: DeviceCaptureOptions;
  readonly #clock: Clock;
  readonly #keeper: StreamKeeper<InputStream>;
  readonly #timeline: CaptureTimeline;
  #outlet: Inlet<AudioBlock> | undefined;
  /** Since a stream ended, no sound has come from the next one. */
  #isInterrupted = false;
  #silence: Timer | undefined;
  #isOpen = false;
  #isStopped = false;
  #overruns = 0;
  #lostMs = 0;

  /** @throws {RangeError} where a block is not longer than nothing */
  constructor(options: DeviceCaptureOptions) {
    const { clock, host, device, blockMs = 10, onNotice } = options;
    if (!(blockMs > 0 && Number.isFinite(blockMs)))
      throw new RangeError(`blocks last more than 0 ms, received ${blockMs}`);
    this.#options = options;
    this.#clock = clock;
    this.#timeline = new CaptureTimeline({ blockMs, onBlock: (block) => this.#outlet?.push(block) });
    this.#keeper = new StreamKeeper({
      clock,
      host,
      kind: 'input',
      device,
      open: (chosen, onLost) => this.#openInput(chosen, onLost),
      onStream: (stream) => {
        if (this.rateHz === 0) this.#timeline.changeRate(stream.rateHz);
        else this.#interrupt();
      },
      onEnd: () => this.#interrupt(),
      onNotice,
    });
  }

  /** What is captured now; undefined while there is none. */
  get device(): DeviceInfo | undefined {
    return this.#keeper.stream?.device;
  }

  /** The rate of the blocks now, in Hz; 0 before the device is open. */
  get rateHz(): number {
    return this.#timeline.rateHz;
  }

  /** How often the device lost frames because nobody took them in time. */
  get overruns(): number {
    return this.#overruns;
  }

  /** How much was lost by that, in milliseconds. */
  get lostMs(): number {
    return this.#lostMs;
  }

  /** How often a device was opened again. */
  get reopened(): number {
    return this.#keeper.reopened;
  }

  /**
   * Opens the device. What it hears is dropped until the start. After an error it may be tried again.
   *
   * @throws {VoiceloopError} of kind `device`: there is none, none or several of that name, it is busy, it is denied
   * @throws {TypeError} where it was opened before, or stopped
   */
  async open(): Promise<void> {
    if (this.#isOpen || this.#isStopped) throw new TypeError('the microphone was opened already');
    this.#isOpen = true;
    try {
      await this.#keeper.open();
    } catch (error) {
      this.#isOpen = false;
      throw error;
    }
  }

  /**
   * Lets sound into the inlet. After a stop, the inlet is ended at once.
   *
   * @throws {TypeError} where it was started before, or is not open
   */
  start(outlet: Inlet<AudioBlock>): void {
    if (this.#outlet) throw new TypeError('the microphone was started already');
    if (this.#isStopped) {
      outlet.end();
      return;
    }
    if (this.rateHz === 0) throw new TypeError('the microphone is not open');
    this.#outlet = outlet;
    if (this.#isInterrupted) this.#scheduleSilence();
  }

  /** Ends the inlet with what was captured so far, and gives the device back, even where it was just being opened. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#silence?.cancel();
    const outlet = this.#outlet;
    this.#outlet = undefined;
    const rest = this.#timeline.takeRest();
    if (rest) outlet?.push(rest);
    outlet?.end();
    await this.#keeper.close();
  }

  async #openInput(
    device: DeviceInfo | undefined,
    onLost: (error: VoiceloopError) => void,
  ): Promise<InputStream> {
    const { host, rateHz, channels = 1 } = this.#options;
    const opened: { stream?: InputStream } = {};
    const onBlock = (block: CapturedBlock) => {
      // A driver may have sound before it has told that the stream is open.
      if (!opened.stream || opened.stream !== this.#keeper.stream) return;
      try {
        this.#onBlock(block, opened.stream.device);
      } catch (error) {
        this.#rethrow(error);
      }
    };
    const rate = rateHz !== undefined && { rateHz };
    opened.stream = await host.openInput({ ...(device && { device }), ...rate, channels, onBlock, onLost });
    return opened.stream;
  }

  #onBlock(block: CapturedBlock, device: DeviceInfo): void {
    const { rateHz } = block;
    const isNew = this.#isInterrupted;
    const hasNewRate = rateHz !== this.rateHz;
    this.#isInterrupted = false;
    this.#silence?.cancel();
    this.#countLost(block);
    this.#keeper.noteLife();
    if (hasNewRate && !isNew) this.#options.onNotice(rateNotice(device, rateHz));
    if (hasNewRate) {
      this.#timeline.changeRate(rateHz);
      this.#outlet?.reset();
    }
    if (!this.#outlet) return;
    if (isNew || hasNewRate) this.#join(block);
    else if (block.lostFrames > 0) this.#fill(block, device);
    this.#timeline.add(block);
  }

  #countLost({ lostFrames, rateHz }: CapturedBlock): void {
    if (lostFrames === 0) return;
    this.#overruns++;
    this.#lostMs += (lostFrames * 1000) / rateHz;
  }

  #join({ timeMs }: CapturedBlock): void {
    const offMs = timeMs - (this.#timeline.nextMs ?? timeMs);
    if (Math.abs(offMs) <= longestFillMs) this.#timeline.joinAt(timeMs);
    else this.#leaveGap(timeMs);
  }

  #fill({ lostFrames, rateHz, timeMs }: CapturedBlock, device: DeviceInfo): void {
    if (this.#timeline.nextMs === undefined) return;
    const lostMs = (lostFrames * 1000) / rateHz;
    if (lostMs <= longestFillMs) {
      this.#timeline.addSilence(lostFrames);
      return;
    }
    this.#options.onNotice(gapNotice(device, lostMs));
    this.#leaveGap(timeMs);
  }

  #leaveGap(timeMs: number): void {
    this.#timeline.jumpTo(timeMs);
    this.#outlet?.reset();
  }

  #interrupt(): void {
    if (this.#isInterrupted) return;
    this.#isInterrupted = true;
    this.#timeline.drop();
    try {
      this.#outlet?.reset();
    } catch (error) {
      this.#rethrow(error);
    }
    if (this.#outlet) this.#scheduleSilence();
  }

  #scheduleSilence(): void {
    if (this.#timeline.nextMs === undefined) this.#timeline.jumpTo(this.#clock.now());
    this.#silence = this.#clock.at(this.#timeline.blockEndMs, () => {
      const nowMs = this.#clock.now();
      if (nowMs - this.#timeline.blockEndMs > longestBacklogMs) this.#leaveGap(nowMs);
      this.#timeline.addSilenceUntil(nowMs);
      if (this.#outlet && this.#isInterrupted) this.#scheduleSilence();
    });
  }

  /** What is wrong behind the inlet must neither stop the driver nor be hidden. */
  #rethrow(error: unknown): void {
    this.#clock.at(this.#clock.now(), () => {
      throw error;
    });
  }
}
