/**
 * The host that all families of programs share.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
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
import { ProcessInput } from './process-input.ts';
import { ProcessOutput } from './process-output.ts';
import type { ProgramFamily, StreamFormat } from './program-plan.ts';

/** Tells of changes of the default devices while somebody listens; gives back what ends that. */
export type DefaultWatcher = (listener: (kind: DeviceKind) => void) => () => void;

/** Every stream is a program of its own. */
export class ProcessHost implements AudioHost {
  readonly driver: string;
  readonly description: string;
  readonly #clock: Clock;
  readonly #family: ProgramFamily;
  readonly #watchDefaults: DefaultWatcher | undefined;
  readonly #closers = new Set<() => unknown>();

  constructor(clock: Clock, family: ProgramFamily, watchDefaults?: DefaultWatcher) {
    this.driver = family.driver;
    this.description = family.description;
    this.#clock = clock;
    this.#family = family;
    this.#watchDefaults = watchDefaults;
  }

  devices(): Promise<readonly DeviceInfo[]> {
    return this.#family.devices();
  }

  async openInput(options: InputOptions): Promise<InputStream> {
    const device = options.device ?? (await this.#defaultDevice('input'));
    const format = formatOf(device, options);
    const plan = this.#family.inputPlan(device, format);
    const stream = await ProcessInput.open(this.#clock, plan, device, format, options);
    this.#closers.add(() => stream.close());
    return stream;
  }

  async openOutput(options: StreamOptions): Promise<OutputStream> {
    const device = options.device ?? (await this.#defaultDevice('output'));
    const format = formatOf(device, options);
    const plan = this.#family.outputPlan(device, format);
    const stream = await ProcessOutput.open(this.#clock, plan, device, format, options);
    this.#closers.add(() => stream.close());
    return stream;
  }

  onDefaultChanged(listener: (kind: DeviceKind) => void): () => void {
    if (!this.#watchDefaults) return () => {};
    const stop = this.#watchDefaults(listener);
    this.#closers.add(stop);
    return () => {
      this.#closers.delete(stop);
      stop();
    };
  }

  async close(): Promise<void> {
    for (const close of this.#closers) await close();
    this.#closers.clear();
  }

  /** The first one where none is marked: a name like `default` is not everywhere. */
  async #defaultDevice(kind: DeviceKind): Promise<DeviceInfo> {
    const devices = (await this.#family.devices()).filter((device) => device.kind === kind);
    const device = devices.find(({ isDefault }) => isDefault) ?? devices[0];
    if (device) return device;
    throw deviceError('device-none', `there is no ${deviceWord(kind)}`, {
      where: this.description,
      reason: `the driver ${this.driver} lists none`,
      hint: 'plug one in, or choose another driver',
    });
  }
}

/** Sound systems mix channels down and up themselves: one is enough for a voice. */
function formatOf(device: DeviceInfo, { rateHz = device.rateHz, channels = 1 }: StreamOptions): StreamFormat {
  return { rateHz, channels };
}
