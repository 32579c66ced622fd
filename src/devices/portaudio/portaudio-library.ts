/**
 * The part of PortAudio that the driver calls, so that a test can put something else in its place.
 *
 * @module
 */
import type { DeviceKind } from '../audio-host.ts';

/** A PaError: negative where something went wrong. */
export type PortAudioCode = number;

/** What a PaDeviceInfo says; the index of a device is its place in the list. */
export interface PortAudioDevice {
  readonly name: string;
  /** Index of its {@link PortAudioHostApi}. */
  readonly hostApi: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly rateHz: number;
}

/** What a PaHostApiInfo says: ALSA, Core Audio, Windows WASAPI and so on. */
export interface PortAudioHostApi {
  readonly name: string;
}

/** With what a stream is opened: float32, interleaved, without a callback. */
export interface PortAudioParameters {
  readonly kind: DeviceKind;
  /** Index into the list of devices. */
  readonly device: number;
  readonly channels: number;
  readonly rateHz: number;
  /** Of which PortAudio makes the size of the device's buffer. */
  readonly latencySeconds: number;
}

/** What a PaStreamInfo says, of the direction that the stream was opened for. */
export interface PortAudioStreamInfo {
  readonly latencySeconds: number;
}

/** An open stream. Nothing here blocks, as long as no more is read or written than is available. */
export interface PortAudioStream {
  readonly info: PortAudioStreamInfo;
  start(): PortAudioCode;
  /** Stops at once and drops what is queued. */
  abort(): PortAudioCode;
  close(): PortAudioCode;
  /** Frames that `read` gives now, or a negative code. */
  readAvailable(): number;
  /** Frames that `write` takes now, or a negative code. */
  writeAvailable(): number;
  read(samples: Float32Array, frames: number): PortAudioCode;
  write(samples: Float32Array, frames: number): PortAudioCode;
}

/** The library: lists that stand still from one `initialize` to the next, and streams. */
export interface PortAudioLibrary {
  /** As in `PortAudio V19.6.0-devel, revision …`. */
  readonly versionText: string;
  /** May be called several times; each call that succeeds wants its `terminate`. */
  initialize(): PortAudioCode;
  terminate(): PortAudioCode;
  hostApis(): readonly PortAudioHostApi[];
  devices(): readonly PortAudioDevice[];
  /** Index of the default device of the default host API; negative where there is none. */
  defaultDevice(kind: DeviceKind): number;
  /** The stream, or a negative code. */
  open(parameters: PortAudioParameters): PortAudioStream | PortAudioCode;
  errorText(code: PortAudioCode): string;
  /** What the system underneath said last; empty where it said nothing. */
  lastHostErrorText(): string;
}
