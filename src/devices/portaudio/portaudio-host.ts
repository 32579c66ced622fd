/**
 * The driver on PortAudio: ALSA, PulseAudio and PipeWire, Core Audio, WASAPI.
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
import { loadPortAudio } from './load-portaudio.ts';
import { openError, paError } from './portaudio-errors.ts';
import { PortAudioInput } from './portaudio-input.ts';
import { type LatencyPlan, latencyPlan } from './portaudio-latency.ts';
import type { PortAudioLibrary, PortAudioStream } from './portaudio-library.ts';
import { PortAudioOutput } from './portaudio-output.ts';
import type { PortAudioParts } from './portaudio-parts.ts';
import { type ListedDevice, PortAudioSession } from './portaudio-session.ts';

/** How the driver is opened. */
export interface PortAudioHostOptions {
  /** Default the library of the system. */
  readonly library?: PortAudioLibrary;
}

/**
 * Opens the driver. Its streams have no callbacks: an input asks PortAudio every 5 ms what there is, an output whenever it is
 * asked itself. PortAudio looks for devices only when no stream is open in the process; until then `devices` gives what
 * there was. It cannot tell when the default changes.
 *
 * @throws {VoiceloopError} `driver-missing` where koffi or PortAudio cannot be loaded, `device-denied` where the runtime does
 *   not allow it, `device-failed` where PortAudio does not start
 */
export async function openPortAudioHost(
  clock: Clock,
  options: PortAudioHostOptions = {},
): Promise<AudioHost> {
  const library = options.library ?? (await loadPortAudio());
  return new PortAudioHost(clock, PortAudioSession.join(library));
}

class PortAudioHost implements AudioHost {
  readonly driver = 'portaudio';
  readonly description: string;
  readonly #clock: Clock;
  readonly #session: PortAudioSession;
  readonly #library: PortAudioLibrary;
  /** What closes each stream that is open. */
  readonly #open = new Map<PortAudioStream, () => Promise<void>>();
  #isClosed = false;

  constructor(clock: Clock, session: PortAudioSession) {
    this.#clock = clock;
    this.#session = session;
    this.#library = session.library;
    const version = /\d+\.\d+(\.\d+)?/.exec(this.#library.versionText)?.[0];
    this.description = version ? `PortAudio ${version}` : this.#library.versionText;
  }

  async devices(): Promise<readonly DeviceInfo[]> {
    this.#expectOpen();
    return this.#session.list().map(withoutPlace);
  }

  async openInput(options: InputOptions): Promise<InputStream> {
    const parts = this.#start('input', options);
    const input = new PortAudioInput({ ...parts, onBlock: options.onBlock });
    this.#open.set(parts.stream, () => input.close());
    return input;
  }

  async openOutput(options: StreamOptions): Promise<OutputStream> {
    const parts = this.#start('output', options);
    const output = new PortAudioOutput(parts);
    this.#open.set(parts.stream, () => output.close());
    await output.settle();
    return output;
  }

  onDefaultChanged(): () => void {
    return () => {};
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const close of [...this.#open.values()]) await close();
    this.#session.leave();
  }

  #expectOpen(): void {
    if (this.#isClosed) throw new RangeError('the PortAudio host is closed');
  }

  #start(kind: DeviceKind, options: StreamOptions): PortAudioParts {
    this.#expectOpen();
    const device = this.#find(kind, options.device);
    const rateHz = options.rateHz ?? device.rateHz;
    const plan = latencyPlan(device.hostApi);
    const { stream, channels } = this.#openStream(device, rateHz, options.channels, plan);
    const code = stream.start();
    if (code < 0) {
      stream.close();
      throw openError(this.#library, code, kind, device.name);
    }
    this.#session.streamOpened();
    const onClosed = () => {
      this.#open.delete(stream);
      this.#session.streamClosed();
    };
    const info = withoutPlace(device);
    const { onLost } = options;
    return {
      library: this.#library,
      stream,
      clock: this.#clock,
      device: info,
      rateHz,
      channels,
      plan,
      onLost,
      onClosed,
    };
  }

  #openStream(device: ListedDevice, rateHz: number, wanted: number | undefined, plan: LatencyPlan) {
    const { kind, index } = device;
    // Some loudspeakers take stereo alone.
    const channelsToTry = wanted === undefined ? [1, Math.min(2, device.channels)] : [wanted];
    const latencySeconds = plan.suggestedSeconds;
    let code: number = paError.invalidChannelCount;
    for (const channels of channelsToTry) {
      const opened = this.#library.open({ kind, device: index, channels, rateHz, latencySeconds });
      if (typeof opened !== 'number') return { stream: opened, channels };
      code = opened;
      if (code !== paError.invalidChannelCount) break;
    }
    throw openError(this.#library, code, kind, device.name);
  }

  /** Where the device stands in PortAudio's list now: its index moves. */
  #find(kind: DeviceKind, wanted: DeviceInfo | undefined): ListedDevice {
    const devices = this.#session.list().filter((device) => device.kind === kind);
    const found = devices.find((device) => (wanted ? device.id === wanted.id : device.isDefault));
    if (found) return found;
    if (wanted)
      throw deviceError(
        'device-not-found',
        `the ${deviceWord(kind)} "${wanted.name}" is not there any more`,
        {
          where: 'portaudio',
          reason: `PortAudio lists ${devices.map(({ name }) => name).join(', ') || `no ${deviceWord(kind)}`}`,
          hint: 'list the devices again',
        },
      );
    throw deviceError('device-none', `there is no ${deviceWord(kind)}`, {
      where: 'portaudio',
      reason: devices.length > 0 ? 'PortAudio lists some, but none as the default' : 'PortAudio lists none',
      hint:
        devices.length > 0 ? 'choose one by its name' : 'connect one, or see whether the sound server runs',
    });
  }
}

function withoutPlace({ id, name, kind, channels, rateHz, isDefault }: ListedDevice): DeviceInfo {
  return { id, name, kind, channels, rateHz, isDefault };
}
