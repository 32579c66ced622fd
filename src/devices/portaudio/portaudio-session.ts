/**
 * The one PortAudio of a process, which all hosts share: its list of devices stands still while any stream is open.
 *
 * @module
 */
import type { DeviceInfo } from '../audio-host.ts';
import { deviceError } from '../device-error.ts';
import { reasonOf } from './portaudio-errors.ts';
import type { PortAudioDevice, PortAudioLibrary } from './portaudio-library.ts';

/** A device and where it stands in PortAudio's list, until the list is made anew. */
export interface ListedDevice extends DeviceInfo {
  readonly index: number;
  readonly hostApi: string;
}

const sessions = new WeakMap<PortAudioLibrary, PortAudioSession>();

/**
 * Counts who uses PortAudio. It looks for devices when it is initialized and never again, so that looking anew is to end it
 * and to begin again.
 */
export class PortAudioSession {
  readonly library: PortAudioLibrary;
  #hosts = 0;
  #streams = 0;

  private constructor(library: PortAudioLibrary) {
    this.library = library;
  }

  /**
   * The session of a library, with one more host in it.
   *
   * @throws {VoiceloopError} `device-failed` where PortAudio does not initialize
   */
  static join(library: PortAudioLibrary): PortAudioSession {
    const session = sessions.get(library) ?? new PortAudioSession(library);
    sessions.set(library, session);
    if (session.#hosts === 0) session.#initialize();
    session.#hosts++;
    return session;
  }

  leave(): void {
    this.#hosts--;
    if (this.#hosts === 0) this.library.terminate();
  }

  streamOpened(): void {
    this.#streams++;
  }

  streamClosed(): void {
    this.#streams--;
  }

  /** Both directions of all devices, as they are now, or, while a stream is open, as they were when the first was opened. */
  list(): readonly ListedDevice[] {
    if (this.#streams === 0) {
      this.library.terminate();
      this.#initialize();
    }
    return this.#lastList();
  }

  #lastList(): readonly ListedDevice[] {
    const devices = this.library.devices();
    const hostApis = this.library.hostApis();
    return (['input', 'output'] as const).flatMap((kind) => {
      const taken = new Set<string>();
      return devices.flatMap((device, index) => {
        const channels = kind === 'input' ? device.inputChannels : device.outputChannels;
        if (channels <= 0) return [];
        const hostApi = hostApis[device.hostApi]?.name ?? 'PortAudio';
        const id = firstFree(idOf(device, hostApi), taken);
        const isDefault = this.library.defaultDevice(kind) === index;
        const rateHz = Math.round(device.rateHz);
        return [{ id, name: device.name, kind, channels, rateHz, isDefault, index, hostApi }];
      });
    });
  }

  #initialize(): void {
    const code = this.library.initialize();
    if (code >= 0) return;
    throw deviceError('device-failed', 'PortAudio does not start', {
      where: 'portaudio',
      reason: reasonOf(this.library, code),
      hint: 'see whether the sound system runs, or choose another driver with --driver',
    });
  }
}

/** ALSA's names end with the numbers of card and device, which depend on what else is plugged in. */
function idOf(device: PortAudioDevice, hostApi: string): string {
  return `${hostApi}/${device.name.replace(/ \(hw:\d+,\d+\)$/, '')}`;
}

/** Two of a kind have one name: the second is told apart by a number, in PortAudio's order. */
function firstFree(id: string, taken: Set<string>): string {
  let free = id;
  for (let n = 2; taken.has(free); n++) free = `${id} (${n})`;
  taken.add(free);
  return free;
}
