/**
 * The sentences about a loudspeaker that fails and comes back.
 *
 * @module
 */
import type { DeviceInfo } from '../../devices/audio-host.ts';
import type { DeviceNotice } from '../../devices/device-notice.ts';
import { VoiceloopError } from '../../errors.ts';

/** Why a stream is given up. */
export type LoudspeakerEnd =
  /** The driver says that it is dead. */
  | { readonly kind: 'lost'; readonly error: VoiceloopError }
  /** It took nothing for so long. */
  | { readonly kind: 'stalled'; readonly afterMs: number }
  /** It was the default, and another device is now. */
  | { readonly kind: 'default-changed' };

/** What is told when a stream ends; nothing where the next one is about to run, and will be told of. */
export function endNotice(
  { name }: DeviceInfo,
  end: LoudspeakerEnd,
  followsDefault: boolean,
): DeviceNotice | undefined {
  if (end.kind === 'default-changed') return undefined;
  if (end.kind === 'stalled') {
    const took = `the loudspeaker "${name}" took nothing for ${end.afterMs / 1000} s`;
    return {
      level: 'warning',
      code: 'device-stalled',
      message: `${took}: it is opened anew, and the answer waits`,
    };
  }
  const { code, message } = end.error;
  if (code === 'device-changed') return undefined;
  const until = followsDefault ? 'there is one again' : 'it is back';
  const what =
    code === 'device-lost'
      ? `the loudspeaker "${name}" is gone`
      : `the loudspeaker "${name}" failed (${message})`;
  return { level: 'warning', code, message: `${what}: the answer waits until ${until}` };
}

/** What is told when a loudspeaker cannot be opened again; nothing where it is only not there. */
export function reopenNotice({ name }: DeviceInfo, error: unknown): DeviceNotice | undefined {
  const code = error instanceof VoiceloopError ? error.code : 'device-failed';
  if (code === 'device-none' || code === 'device-not-found' || code === 'device-lost') return undefined;
  const why = (error instanceof Error && error.message) || `the loudspeaker "${name}" cannot be opened`;
  return {
    level: 'warning',
    code,
    message: `${why}: the answer waits, and it is tried again every half second`,
  };
}

/** What is told when the next stream runs. */
export function backNotice(
  before: DeviceInfo,
  end: LoudspeakerEnd,
  now: DeviceInfo,
  rateHz: number,
): DeviceNotice {
  if (now.id !== before.id) {
    const why = end.kind === 'default-changed' ? ', the new default' : '';
    return { level: 'info', code: 'device-switched', message: `the loudspeaker is now "${now.name}"${why}` };
  }
  const isChanged = end.kind === 'lost' && end.error.code === 'device-changed';
  return isChanged
    ? {
        level: 'info',
        code: 'device-changed',
        message: `the loudspeaker "${now.name}" now runs at ${rateHz} Hz`,
      }
    : { level: 'info', code: 'device-back', message: `the loudspeaker "${now.name}" is back` };
}
