/**
 * What PortAudio's codes mean to a user.
 *
 * @module
 */
import type { VoiceloopError } from '../../errors.ts';
import type { DeviceKind } from '../audio-host.ts';
import { type DeviceErrorCode, deviceError, deviceWord } from '../device-error.ts';
import type { PortAudioCode, PortAudioLibrary } from './portaudio-library.ts';

/** The codes that the driver tells apart, named as in portaudio.h. */
export const paError = {
  unanticipatedHostError: -9999,
  invalidChannelCount: -9998,
  invalidSampleRate: -9997,
  invalidDevice: -9996,
  sampleFormatNotSupported: -9994,
  deviceUnavailable: -9985,
  inputOverflowed: -9981,
  outputUnderflowed: -9980,
} as const;

const codes: Readonly<Record<PortAudioCode, DeviceErrorCode>> = {
  [paError.invalidChannelCount]: 'device-unsupported',
  [paError.invalidSampleRate]: 'device-unsupported',
  [paError.sampleFormatNotSupported]: 'device-unsupported',
  [paError.invalidDevice]: 'device-not-found',
  [paError.deviceUnavailable]: 'device-busy',
};

/** What the systems underneath say in words only. */
const hostTexts: readonly (readonly [text: RegExp, code: DeviceErrorCode])[] = [
  [/denied|not permitted|permission/i, 'device-denied'],
  [/busy|in use/i, 'device-busy'],
  [/no such|not found|disconnected|invalidated/i, 'device-not-found'],
  [/invalid argument|not supported|unsupported/i, 'device-unsupported'],
];

const sentences: Partial<Record<DeviceErrorCode, (device: string) => string>> = {
  'device-unsupported': (device) => `${device} cannot run at the rate or with the channels asked for`,
  'device-not-found': (device) => `${device} is not there any more`,
  'device-busy': (device) => `${device} is in use by another program`,
  'device-denied': (device) => `the system does not let this program use ${device}`,
};

const hints: Partial<Record<DeviceErrorCode, string>> = {
  'device-unsupported': 'choose another device or leave the rate to it',
  'device-not-found': 'list the devices again',
  'device-busy': 'close the program that uses it, or choose another device',
  'device-denied': 'allow it in the privacy settings of the system, or (Linux) join the group audio',
};

/**
 * Whether a code that came from a running stream says that the device is gone. Over- and underruns pass; after every other
 * error PortAudio goes on with the same one for ever.
 */
export function isLoss(code: PortAudioCode): boolean {
  return code < 0 && code !== paError.inputOverflowed && code !== paError.outputUnderflowed;
}

/** Why a stream did not open. */
export function openError(
  library: PortAudioLibrary,
  code: PortAudioCode,
  kind: DeviceKind,
  name: string,
): VoiceloopError {
  const hostText = code === paError.unanticipatedHostError ? library.lastHostErrorText() : '';
  const known = codes[code] ?? hostTexts.find(([text]) => text.test(hostText))?.[1] ?? 'device-failed';
  const device = `the ${deviceWord(kind)} "${name}"`;
  return deviceError(known, sentences[known]?.(device) ?? `${device} does not open`, {
    where: `portaudio, ${name}`,
    reason: reasonOf(library, code),
    hint: hints[known] ?? 'choose another device, or another driver with --driver',
  });
}

/** Why a stream ended by itself; `code` as PortAudio gave it, or words of the driver's own. */
export function lostError(
  library: PortAudioLibrary,
  code: PortAudioCode | string,
  kind: DeviceKind,
  name: string,
): VoiceloopError {
  return deviceError('device-lost', `the ${deviceWord(kind)} "${name}" is gone`, {
    where: `portaudio, ${name}`,
    reason: typeof code === 'string' ? code : reasonOf(library, code),
    hint: 'plug it in again or choose another device; if all are gone, see whether the sound server runs',
  });
}

/** PortAudio's words and its code, and those of the system underneath where it had any. */
export function reasonOf(library: PortAudioLibrary, code: PortAudioCode): string {
  const hostText = code === paError.unanticipatedHostError ? library.lastHostErrorText() : '';
  return `${library.errorText(code)} (${code})${hostText && `: ${hostText}`}`;
}
