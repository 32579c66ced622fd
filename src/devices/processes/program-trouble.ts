/**
 * Why a program that plays or records ended, as an error for people.
 *
 * @module
 */
import type { VoiceloopError } from '../../errors.ts';
import type { DeviceInfo } from '../audio-host.ts';
import { type DeviceErrorCode, deviceError, deviceWord } from '../device-error.ts';
import type { ProgramEnd } from './child-program.ts';

interface Refusal {
  readonly code: DeviceErrorCode;
  readonly pattern: RegExp;
  readonly says: string;
  readonly hint: string;
}

/** What PulseAudio, ALSA and ffmpeg say, in this order: "No such file" may stand beside a more telling line. */
const refusals: readonly Refusal[] = [
  {
    code: 'device-busy',
    pattern: /\bbusy\b|in use/i,
    says: 'is held by another program',
    hint: 'close the program that uses it, or choose another device',
  },
  {
    code: 'device-denied',
    pattern: /denied|not permitted|not authorized|permission/i,
    says: 'may not be used by this program',
    hint: "allow it in the system's settings for privacy or sound (Linux: the group audio)",
  },
  {
    code: 'device-lost',
    pattern: /connection (refused|terminated|failure)|entity killed/i,
    says: 'cannot be reached: its sound server does not answer',
    hint: 'start the sound server and try again',
  },
  {
    code: 'device-unsupported',
    pattern:
      /invalid (argument|sample spec)|not supported|unsupported|non available|not available|not accurate|bad speed|cannot set (sample|channel)|unable to install hw params|could not set/i,
    says: 'does not do this rate or number of channels',
    hint: 'leave the rate to the device, or choose another device',
  },
  {
    code: 'device-not-found',
    pattern: /no such|unknown pcm|not found|could not find|does not exist|cannot find/i,
    says: 'is not there',
    hint: 'list the devices with: voiceloop devices',
  },
];

function lastWordsOf({ lastWords, code }: ProgramEnd): string {
  if (lastWords.length > 0) return lastWords.slice(-3).join('; ');
  return code === null ? 'it was ended by a signal' : `it ended with exit code ${code}`;
}

/** A program that ended, or was ended, before its stream ran. */
export function openingTrouble(command: string, device: DeviceInfo, end: ProgramEnd): VoiceloopError {
  const word = deviceWord(device.kind);
  const reason = `${command}: ${lastWordsOf(end)}`;
  if (end.isMissing) {
    return deviceError('driver-missing', `the program ${command} cannot be started`, {
      where: command,
      reason,
      hint: `install ${command}, or choose another driver`,
    });
  }
  const words = end.lastWords.join('\n');
  const refusal = refusals.find(({ pattern }) => pattern.test(words));
  if (!refusal) {
    return deviceError('device-failed', `the ${word} could not be opened`, {
      where: device.name,
      reason,
      hint: 'choose another device, or another driver',
    });
  }
  return deviceError(refusal.code, `the ${word} ${refusal.says}`, {
    where: device.name,
    reason,
    hint: refusal.hint,
  });
}

/** A program that has opened nothing in all that time. */
export function openingTimeout(command: string, device: DeviceInfo, seconds: number): VoiceloopError {
  return deviceError('device-failed', `the ${deviceWord(device.kind)} did not start`, {
    where: device.name,
    reason: `nothing came from ${command} within ${seconds} s`,
    hint: 'see whether another program can use the device, or choose another one',
  });
}

/** A program that ended while its stream ran. */
export function lossOf(command: string, device: DeviceInfo, end: ProgramEnd): VoiceloopError {
  return deviceError('device-lost', `the ${deviceWord(device.kind)} is gone`, {
    where: device.name,
    reason: `${command}: ${lastWordsOf(end)}`,
    hint: 'plug it in again, or choose another device',
  });
}
