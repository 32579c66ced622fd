/**
 * What the microphones and loudspeakers of the fake host have in common.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import type { VoiceloopError } from '../../errors.ts';
import type { Random } from '../../random.ts';
import type { DeviceInfo, DeviceKind, StreamOptions } from '../audio-host.ts';
import { type DeviceErrorCode, deviceError, deviceWord } from '../device-error.ts';

/** What a device of the fake host is like. */
export interface FakeDeviceOptions {
  /** For people. */
  readonly name: string;
  /** Default `fake:` and the name. */
  readonly id?: string;
  /** Default 48000. */
  readonly rateHz?: number;
  /** Default 1. */
  readonly channels?: number;
  /** How many frames the device takes or gives at once, at its own rate. Default 10 ms of them. */
  readonly blockFrames?: number;
  /** By how much its sample clock runs fast, in parts per million; slow where negative. Default 0. */
  readonly driftPpm?: number;
  /** Blocks come up to so much late, as the system schedules them; no sound is moved by it. Default 0. */
  readonly jitterMs?: number;
  /** Between the air and the driver. Default 10. */
  readonly latencyMs?: number;
  /** How long it takes to open. Default 0, at once. */
  readonly openingMs?: number;
  /** Becomes the default of its kind. Default only where there is none. */
  readonly isDefault?: boolean;
}

/** Where a device of the fake host stands. */
export interface FakeSurroundings {
  readonly clock: Clock;
  readonly random: Random;
}

/** What a fake device knows of a stream that is open on it. */
export interface FakeStream {
  lose(error: VoiceloopError): void;
  close(): Promise<void>;
}

/** How a stream is opened when everything is said. */
export interface FakeFormat {
  readonly device: DeviceInfo;
  readonly rateHz: number;
  readonly channels: number;
  /** Length of a block and of a frame on the loop's clock, by the device's own. */
  readonly blockFrames: number;
  readonly msPerFrame: number;
}

/** A device that a test plugs in, and to which it does what happens to devices. */
export abstract class FakeDevice {
  readonly kind: DeviceKind;
  readonly id: string;
  readonly name: string;
  readonly channels: number;
  readonly latencyMs: number;
  readonly jitterMs: number;
  readonly openingMs: number;
  protected readonly clock: Clock;
  protected readonly random: Random;
  /** Of what is open now. */
  protected readonly streams = new Set<FakeStream>();
  readonly #driftPpm: number;
  readonly #blockShare: number;
  #rateHz: number;
  #isStalled = false;
  #refusal: DeviceErrorCode | undefined;

  constructor(kind: DeviceKind, options: FakeDeviceOptions, { clock, random }: FakeSurroundings) {
    this.kind = kind;
    this.name = options.name;
    this.id = options.id ?? `fake:${options.name}`;
    this.channels = options.channels ?? 1;
    this.latencyMs = options.latencyMs ?? 10;
    this.jitterMs = options.jitterMs ?? 0;
    this.openingMs = options.openingMs ?? 0;
    this.clock = clock;
    this.random = random.fork(this.id);
    this.#rateHz = options.rateHz ?? 48_000;
    this.#driftPpm = options.driftPpm ?? 0;
    this.#blockShare = (options.blockFrames ?? this.#rateHz / 100) / this.#rateHz;
  }

  get rateHz(): number {
    return this.#rateHz;
  }

  /** How many streams are open on it. */
  get openStreams(): number {
    return this.streams.size;
  }

  /** Nothing moves, and nobody is told. */
  get isStalled(): boolean {
    return this.#isStalled;
  }

  /** What opening it fails with. */
  get refusal(): DeviceErrorCode | undefined {
    return this.#refusal;
  }

  /** Lets opening it fail from now on: `device-busy`, `device-denied`. What is open stays open. */
  refuse(code: DeviceErrorCode): void {
    this.#refusal = code;
  }

  /** Lets it be opened again. */
  allow(): void {
    this.#refusal = undefined;
  }

  /** Stops its clock, without a word: no block comes, none is taken. */
  stall(): void {
    this.#isStalled = true;
  }

  /** Goes on after {@link stall}; a microphone has lost what was said meanwhile. */
  resume(): void {
    this.#isStalled = false;
  }

  /** Ends what is open with an error. The device stays where it is, and can be opened again. */
  lose(code: DeviceErrorCode = 'device-lost'): void {
    const error = this.error(code);
    for (const stream of [...this.streams]) stream.lose(error);
  }

  /** Runs at another rate from now on, which ends what is open with `device-changed`. */
  changeRate(rateHz: number): void {
    this.#rateHz = rateHz;
    this.lose('device-changed');
  }

  /** Closes what is open; nobody is told. */
  async closeStreams(): Promise<void> {
    await Promise.all([...this.streams].map((stream) => stream.close()));
  }

  info(isDefault: boolean): DeviceInfo {
    const { id, name, kind, channels, rateHz } = this;
    return { id, name, kind, channels, rateHz, isDefault };
  }

  /** The error that a driver would give. */
  error(code: DeviceErrorCode): VoiceloopError {
    const what = `the ${deviceWord(this.kind)} "${this.name}"`;
    const sentences: Partial<Record<DeviceErrorCode, string>> = {
      'device-busy': `${what} is in use by another program`,
      'device-denied': `this program may not use ${what}`,
      'device-lost': `${what} is gone`,
      'device-changed': `${what} now runs at ${this.#rateHz} Hz`,
    };
    return deviceError(code, sentences[code] ?? `${what} failed`, { where: this.id });
  }

  /** @throws {VoiceloopError} `device-unsupported` for more channels than it has, or no rate at all */
  protected format(options: StreamOptions, isDefault: boolean): FakeFormat {
    const { rateHz = this.#rateHz, channels = 1 } = options;
    if (!(channels >= 1 && channels <= this.channels) || !(rateHz > 0)) {
      const message = `the ${deviceWord(this.kind)} "${this.name}" cannot do ${rateHz} Hz with ${channels} channels`;
      throw deviceError('device-unsupported', message, { where: this.id });
    }
    const blockFrames = Math.max(1, Math.round(this.#blockShare * rateHz));
    const msPerFrame = 1000 / (rateHz * (1 + this.#driftPpm / 1e6));
    return { device: this.info(isDefault), rateHz, channels, blockFrames, msPerFrame };
  }
}
