/**
 * The sentences about a microphone or a loudspeaker that fails and comes back.
 *
 * @module
 */
import { messageWithReason, VoiceloopError } from '../errors.ts';
import type { DeviceInfo, DeviceKind, InputStream, OutputStream } from './audio-host.ts';
import { deviceWord } from './device-error.ts';
import type { DeviceNotice } from './device-notice.ts';

/** Why a stream is given up. */
export type StreamEnd =
  /** The driver says that it is dead. */
  | { readonly kind: 'lost'; readonly error: VoiceloopError }
  /** It gave or took nothing for so long. */
  | { readonly kind: 'stalled'; readonly afterMs: number }
  /** It was the default, and another device is now. */
  | { readonly kind: 'default-changed' };

const standstill: Readonly<Record<DeviceKind, string>> = { input: 'gave nothing', output: 'took nothing' };

/** What happens while there is no stream. */
const meanwhile: Readonly<Record<DeviceKind, string>> = {
  input: 'silence is sent',
  output: 'the answer waits',
};

/** What is told when a stream ends; nothing where the next one is about to run, and will be told of. */
export function endNotice(
  device: DeviceInfo,
  end: StreamEnd,
  followsDefault: boolean,
): DeviceNotice | undefined {
  if (end.kind === 'default-changed') return undefined;
  const { kind } = device;
  if (end.kind === 'stalled') {
    const what = `${named(device)} ${standstill[kind]} for ${end.afterMs / 1000} s`;
    return warning('device-stalled', `${what}: it is opened anew, and ${meanwhile[kind]} meanwhile`);
  }
  const { code } = end.error;
  if (code === 'device-changed') return undefined;
  const what = code === 'device-lost' ? `${named(device)} is gone` : messageWithReason(end.error);
  const until = followsDefault ? 'there is one again' : 'it is back';
  return warning(code, `${what}: ${meanwhile[kind]} until ${until}`);
}

/**
 * What is told when a device cannot be opened again; nothing where it is only not there.
 *
 * @param inUse what is used until it can
 */
export function refusedNotice(
  kind: DeviceKind,
  error: unknown,
  inUse: DeviceInfo | undefined,
): DeviceNotice | undefined {
  const code = error instanceof VoiceloopError ? error.code : 'device-failed';
  if (code === 'device-none' || code === 'device-not-found' || code === 'device-lost') return undefined;
  const until = inUse ? `${named(inUse)} stays in use` : meanwhile[kind];
  return warning(code, `${messageWithReason(error)}: ${until}, and it is tried again every half second`);
}

/** What is told when the next stream shows life. */
export function backNotice(
  before: DeviceInfo,
  end: StreamEnd,
  { device, rateHz }: InputStream | OutputStream,
): DeviceNotice {
  if (device.id !== before.id) {
    const why = end.kind === 'default-changed' ? ', the new default' : '';
    return info('device-switched', `the ${deviceWord(device.kind)} is now "${device.name}"${why}`);
  }
  if (end.kind === 'lost' && end.error.code === 'device-changed') return rateNotice(device, rateHz);
  return info('device-back', `${named(device)} is back`);
}

export function rateNotice(device: DeviceInfo, rateHz: number): DeviceNotice {
  return info('device-changed', `${named(device)} now runs at ${rateHz} Hz`);
}

export function gapNotice(microphone: DeviceInfo, lostMs: number): DeviceNotice {
  const seconds = (lostMs / 1000).toFixed(1);
  return warning('device-overrun', `${seconds} s of sound from ${named(microphone)} were lost`);
}

function named({ kind, name }: DeviceInfo): string {
  return `the ${deviceWord(kind)} "${name}"`;
}

function warning(code: string, message: string): DeviceNotice {
  return { level: 'warning', code, message };
}

function info(code: string, message: string): DeviceNotice {
  return { level: 'info', code, message };
}
