/**
 * A driver without hardware, for tests.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import { Random } from '../../random.ts';
import type {
  AudioHost,
  DeviceInfo,
  DeviceKind,
  InputOptions,
  InputStream,
  OutputStream,
  StreamOptions,
} from '../audio-host.ts';
import { deviceError, deviceWord } from '../device-error.ts';
import type { FakeDevice, FakeDeviceOptions } from './fake-device.ts';
import { FakeInput } from './fake-input.ts';
import { FakeOutput, type FakeOutputOptions } from './fake-output.ts';

/** How {@link FakeHost} works. */
export interface FakeHostOptions {
  /** Virtual, for tests that take no time and give the same on every run. */
  readonly clock: Clock;
  /** Where jitter is drawn from. Default 1. */
  readonly seed?: number;
}

/**
 * Sound devices that are not there, and behave like those that are. Each has its own sample clock, block size, latency
 * and jitter; microphones capture what a test lets them hear (a function of the time, samples, the echo of a loudspeaker),
 * loudspeakers remember what really sounded and when. A test plugs devices in, unplugs them, makes them busy, lets them
 * stall, or fail with any code.
 *
 * A device runs at any rate that a stream asks for, as behind a sound server, and with any number of channels up to its
 * own.
 *
 * @example
 * ```ts
 * import { FakeHost, samplesInAir, VirtualClock } from 'voiceloop';
 *
 * const clock = new VirtualClock();
 * const host = new FakeHost({ clock });
 * const microphone = host.addInput({ name: 'Headset', latencyMs: 5 });
 * microphone.hear(samplesInAir([0.25, 0.5], { rateHz: 48_000, startMs: 10 }));
 * await clock.run(async () => {
 *   const stream = await host.openInput({
 *     onBlock: ({ samples, timeMs }) => console.log(clock.now(), timeMs, samples[0]),
 *     onLost: (error) => console.log(error.message),
 *   }); // 15 0 0
 *   await clock.sleep(30); // 25 10 0.25
 *   host.unplug(microphone); // the microphone "Headset" is gone
 *   await stream.close();
 * });
 * ```
 */
export class FakeHost implements AudioHost {
  readonly driver = 'fake';
  readonly description = 'devices that are not there';
  readonly #clock: Clock;
  readonly #random: Random;
  /** Those that are plugged in, the first first. */
  readonly #devices: FakeDevice[] = [];
  readonly #defaults = new Map<DeviceKind, FakeDevice>();
  readonly #listeners = new Set<(kind: DeviceKind) => void>();

  constructor({ clock, seed = 1 }: FakeHostOptions) {
    this.#clock = clock;
    this.#random = new Random(seed);
  }

  /** Adds a microphone and plugs it in. */
  addInput(options: FakeDeviceOptions): FakeInput {
    const device = new FakeInput(options, { clock: this.#clock, random: this.#random });
    this.#add(device, options);
    return device;
  }

  /** Adds a loudspeaker and plugs it in. */
  addOutput(options: FakeOutputOptions): FakeOutput {
    const device = new FakeOutput(options, { clock: this.#clock, random: this.#random });
    this.#add(device, options);
    return device;
  }

  /** Plugs a device in again. It becomes the default where there is none. */
  plug(device: FakeDevice): void {
    if (this.#devices.includes(device)) return;
    this.#devices.push(device);
    if (!this.#defaults.has(device.kind)) this.makeDefault(device);
  }

  /** Takes a device away: what is open on it ends with `device-lost`; another of its kind becomes the default if it was. */
  unplug(device: FakeDevice): void {
    const index = this.#devices.indexOf(device);
    if (index < 0) return;
    this.#devices.splice(index, 1);
    device.lose('device-lost');
    if (this.#defaults.get(device.kind) !== device) return;
    this.#setDefault(
      device.kind,
      this.#devices.find(({ kind }) => kind === device.kind),
    );
  }

  /** @throws {RangeError} where the device is not plugged in */
  makeDefault(device: FakeDevice): void {
    if (!this.#devices.includes(device)) throw new RangeError(`"${device.name}" is not plugged in`);
    if (this.#defaults.get(device.kind) !== device) this.#setDefault(device.kind, device);
  }

  async devices(): Promise<readonly DeviceInfo[]> {
    return this.#devices.map((device) => device.info(this.#isDefault(device)));
  }

  async openInput(options: InputOptions): Promise<InputStream> {
    const device = await this.#ready('input', options);
    if (!(device instanceof FakeInput)) throw device.error('device-failed');
    return device.open(options, this.#isDefault(device));
  }

  async openOutput(options: StreamOptions): Promise<OutputStream> {
    const device = await this.#ready('output', options);
    if (!(device instanceof FakeOutput)) throw device.error('device-failed');
    return device.open(options, this.#isDefault(device));
  }

  onDefaultChanged(listener: (kind: DeviceKind) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await Promise.all(this.#devices.map((device) => device.closeStreams()));
  }

  #add(device: FakeDevice, { isDefault = false }: FakeDeviceOptions): void {
    if (this.#devices.some(({ id, kind }) => id === device.id && kind === device.kind))
      throw new RangeError(`there is already a ${deviceWord(device.kind)} ${device.id}`);
    this.plug(device);
    if (isDefault) this.makeDefault(device);
  }

  #isDefault(device: FakeDevice): boolean {
    return this.#defaults.get(device.kind) === device;
  }

  #setDefault(kind: DeviceKind, device: FakeDevice | undefined): void {
    if (device) this.#defaults.set(kind, device);
    else this.#defaults.delete(kind);
    for (const listener of [...this.#listeners]) listener(kind);
  }

  /** The device that is to be opened, when that has taken its time. */
  async #ready(kind: DeviceKind, { device: wanted }: StreamOptions): Promise<FakeDevice> {
    const device = wanted
      ? this.#devices.find((each) => each.kind === kind && each.id === wanted.id)
      : this.#defaults.get(kind);
    if (!device && wanted)
      throw deviceError('device-lost', `the ${deviceWord(kind)} "${wanted.name}" is gone`, {
        where: wanted.id,
      });
    if (!device) throw deviceError('device-none', `there is no ${deviceWord(kind)}`);
    if (device.openingMs > 0) await this.#clock.sleep(device.openingMs);
    if (!this.#devices.includes(device)) throw device.error('device-lost');
    if (device.refusal) throw device.error(device.refusal);
    return device;
  }
}
