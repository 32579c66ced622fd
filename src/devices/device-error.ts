/**
 * What goes wrong with sound devices, in words that say what to do.
 *
 * @module
 */
import { type ErrorDetails, VoiceloopError } from '../errors.ts';
import type { DeviceKind } from './audio-host.ts';

/** Every way in which a device fails. */
export type DeviceErrorCode =
  /** There is no device of this kind at all. */
  | 'device-none'
  /** No device has the name that was asked for. */
  | 'device-not-found'
  /** Several have it. */
  | 'device-ambiguous'
  /** Another program holds it. */
  | 'device-busy'
  /** The system does not let this program use it. */
  | 'device-denied'
  /** It was there and is gone: unplugged, or its sound server ended. */
  | 'device-lost'
  /** It is there under another format or rate than before. */
  | 'device-changed'
  /** It cannot do what is asked of it. */
  | 'device-unsupported'
  /** The driver itself is missing. */
  | 'driver-missing'
  /** Anything else. */
  | 'device-failed';

/** `microphone` or `loudspeaker`. */
export function deviceWord(kind: DeviceKind): string {
  return kind === 'input' ? 'microphone' : 'loudspeaker';
}

/** An error of kind `device`, exit code 6. */
export function deviceError(
  code: DeviceErrorCode,
  message: string,
  details: ErrorDetails = {},
): VoiceloopError {
  return new VoiceloopError('device', code, message, details);
}
