/**
 * The contract of a driver for sound devices: it lists them and opens streams on them.
 *
 * @module
 */
import type { AudioBlock } from '../audio/audio-block.ts';
import type { VoiceloopError } from '../errors.ts';

/** Whether sound comes from a device or goes to it. */
export type DeviceKind = 'input' | 'output';

/** One direction of one device. */
export interface DeviceInfo {
  /** Names the device for as long as it is there: the host's own name for it, never a number that moves. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly kind: DeviceKind;
  readonly channels: number;
  /** The rate that the device runs at by itself. */
  readonly rateHz: number;
  readonly isDefault: boolean;
}

/** Sound from a device: interleaved, valid during the call. `timeMs` is when its first frame was captured, as well as the driver knows. */
export interface CapturedBlock extends AudioBlock {
  /** Frames that the device lost just before this block. */
  readonly lostFrames: number;
}

/** What both directions are opened with. */
export interface StreamOptions {
  /** From {@link AudioHost.devices}; undefined for whatever is the default now. */
  readonly device?: DeviceInfo;
  /** Default the device's own. */
  readonly rateHz?: number;
  /** Default 1 for an input, 1 for an output that can do it. */
  readonly channels?: number;
  /** The stream is dead, and closed: called once, and nothing comes after it. Not called for `close`. */
  readonly onLost: (error: VoiceloopError) => void;
}

/** How an input is opened. */
export interface InputOptions extends StreamOptions {
  readonly onBlock: (block: CapturedBlock) => void;
}

/** What every open stream has. */
interface OpenStream {
  /** The device that it is open on. */
  readonly device: DeviceInfo;
  readonly rateHz: number;
  readonly channels: number;
  /** Gives the device back. Nothing is called afterwards. */
  close(): Promise<void>;
}

/** A microphone that runs. */
export interface InputStream extends OpenStream {
  /** How often the device lost sound because nobody took it in time. */
  readonly overruns: number;
}

/** A loudspeaker that runs. The caller asks it regularly, every few milliseconds, and is never called back for sound. */
export interface OutputStream extends OpenStream {
  /** Frames that `write` takes now. */
  readonly writableFrames: number;
  /** Frames that were written and still lie in the queue that `flush` can empty. Falls as the device plays: its clock is the pace. */
  readonly queuedFrames: number;
  /** From the end of that queue to the air: what even `flush` cannot call back. As reported or measured, else an estimate. */
  readonly latencyMs: number;
  /** How often the queue ran empty while the stream was open. */
  readonly underruns: number;
  /** Takes interleaved samples, at most `writableFrames` of them; copies them and never blocks. */
  write(samples: Float32Array): void;
  /**
   * Empties the queue at once, and goes on.
   *
   * @returns how many of the frames that were written will not be heard
   */
  flush(): number;
}

/** A driver. */
export interface AudioHost {
  /** As for `--driver`. */
  readonly driver: string;
  /** What it stands on, for people: `PortAudio 19.6.0`, `parec and pacat (PulseAudio 16.1)`. */
  readonly description: string;
  /** Looks for devices, anew each time. */
  devices(): Promise<readonly DeviceInfo[]>;
  /** @throws {VoiceloopError} of kind `device`: see device-error.ts */
  openInput(options: InputOptions): Promise<InputStream>;
  /** @throws {VoiceloopError} of kind `device` */
  openOutput(options: StreamOptions): Promise<OutputStream>;
  /** Tells when another device becomes the default, where the driver can know; gives back what ends that. */
  onDefaultChanged(listener: (kind: DeviceKind) => void): () => void;
  /** Closes what is open and gives the system back what the driver took. */
  close(): Promise<void>;
}
