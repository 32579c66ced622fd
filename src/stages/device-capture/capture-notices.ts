/**
 * The sentences about a microphone that fails and comes back.
 *
 * @module
 */
import type { DeviceInfo } from '../../devices/audio-host.ts';
import type { DeviceNotice } from '../../devices/device-notice.ts';
import { VoiceloopError } from '../../errors.ts';
import type { CaptureEnd } from './input-keeper.ts';

/** What is told when a stream ends; nothing where the next one is about to run, and will be told of. */
export function endNotice(
  { name }: DeviceInfo,
  end: CaptureEnd,
  followsDefault: boolean,
): DeviceNotice | undefined {
  if (end.kind === 'default-changed') return undefined;
  if (end.kind === 'stalled') {
    const gave = `the microphone "${name}" gave nothing for ${end.afterMs / 1000} s`;
    return warning('device-stalled', `${gave}: it is opened anew, and silence is sent meanwhile`);
  }
  const { code } = end.error;
  if (code === 'device-changed') return undefined;
  const until = followsDefault ? 'there is one again' : 'it is back';
  const what = code === 'device-lost' ? `the microphone "${name}" is gone` : inWords(end.error);
  return warning(code, `${what}: silence is sent until ${until}`);
}

/** What is told when a microphone cannot be opened again; nothing where it is only not there. */
export function reopenNotice(error: unknown): DeviceNotice | undefined {
  const code = error instanceof VoiceloopError ? error.code : 'device-failed';
  if (code === 'device-none' || code === 'device-not-found' || code === 'device-lost') return undefined;
  return warning(code, `${inWords(error)}: silence is sent, and it is tried again every second`);
}

/** The time without a microphone. */
export interface Outage {
  /** What was captured before. */
  readonly before: DeviceInfo;
  readonly end: CaptureEnd;
  /** What was told already. */
  readonly toldCodes: Set<string>;
}

/** What is told with the first sound of the next stream. */
export function backNotice({ before, end }: Outage, now: DeviceInfo): DeviceNotice {
  if (now.id !== before.id) {
    const why = end.kind === 'default-changed' ? ', the new default' : '';
    return info('device-switched', `the microphone is now "${now.name}"${why}`);
  }
  if (end.kind === 'lost' && end.error.code === 'device-changed') return rateNotice(now, now.rateHz);
  return info('device-back', `the microphone "${now.name}" is back`);
}

export function rateNotice({ name }: DeviceInfo, rateHz: number): DeviceNotice {
  return info('device-changed', `the microphone "${name}" now runs at ${rateHz} Hz`);
}

export function gapNotice({ name }: DeviceInfo, lostMs: number): DeviceNotice {
  const seconds = (lostMs / 1000).toFixed(1);
  return warning('device-overrun', `${seconds} s of sound from the microphone "${name}" were lost`);
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const reason = error instanceof VoiceloopError && error.reason;
  return reason ? `${error.message} (${reason})` : error.message;
}

function warning(code: string, message: string): DeviceNotice {
  return { level: 'warning', code, message };
}

function info(code: string, message: string): DeviceNotice {
  return { level: 'info', code, message };
}
