/**
 * Finds the device that somebody means.
 *
 * @module
 */
import { didYouMean } from '../errors.ts';
import type { DeviceInfo, DeviceKind } from './audio-host.ts';
import { deviceError, deviceWord } from './device-error.ts';

/** Where the names are to be seen. */
const listing = 'voiceloop devices lists what there is';

/**
 * Finds a device by its id, or else its whole name, or else a part of the name, small or capital letters alike, that no
 * other device of the kind has. Without `wanted`, it is the default, or the first where none is.
 *
 * @param devices of both kinds, as a host lists them
 * @throws {VoiceloopError} `device-none` where there is no device of the kind, `device-not-found` where none is called so,
 *   with the nearest name, and `device-ambiguous` where several are, with their names
 *
 * @example
 * ```ts
 * import { chooseDevice } from 'voiceloop';
 *
 * const microphone = { kind: 'input', channels: 1, rateHz: 48_000, isDefault: false } as const;
 * const devices = [
 *   { ...microphone, id: 'card-0', name: 'Built-in Audio', isDefault: true },
 *   { ...microphone, id: 'card-1', name: 'USB Headset' },
 * ];
 * console.log(chooseDevice(devices, 'input').name); // Built-in Audio
 * console.log(chooseDevice(devices, 'input', 'headset').id); // card-1
 * ```
 */
export function chooseDevice(devices: readonly DeviceInfo[], kind: DeviceKind, wanted?: string): DeviceInfo {
  const candidates = devices.filter((device) => device.kind === kind);
  const [first] = candidates;
  if (!first)
    throw deviceError('device-none', `there is no ${deviceWord(kind)}`, { hint: `plug one in; ${listing}` });
  if (wanted === undefined) return candidates.find(({ isDefault }) => isDefault) ?? first;

  const [found, ...others] = called(wanted, candidates);
  if (!found) throw notFound(wanted, kind, devices);
  if (others.length > 0) throw ambiguous(wanted, kind, [found, ...others]);
  return found;
}

/** Those that are called so in the strictest way in which any is. */
function called(wanted: string, candidates: readonly DeviceInfo[]): readonly DeviceInfo[] {
  const small = wanted.toLowerCase();
  const ways: readonly ((device: DeviceInfo) => boolean)[] = [
    ({ id }) => id === wanted,
    ({ name }) => name === wanted,
    ({ name }) => name.toLowerCase() === small,
    ({ name }) => name.toLowerCase().includes(small),
  ];
  return ways.map((way) => candidates.filter(way)).find((found) => found.length > 0) ?? [];
}

function notFound(wanted: string, kind: DeviceKind, devices: readonly DeviceInfo[]) {
  const candidates = devices.filter((device) => device.kind === kind);
  // A word of a name is as good a part of it as any.
  const names = candidates.flatMap(({ id, name }) => [name, id, ...name.split(/\s+/)]);
  const [other] = called(
    wanted,
    devices.filter((device) => device.kind !== kind),
  );
  const nearest = didYouMean(wanted, names);
  return deviceError('device-not-found', `there is no ${deviceWord(kind)} "${wanted}"`, {
    ...(other && { reason: `"${other.name}" is a ${deviceWord(other.kind)}` }),
    hint: nearest ? `${nearest} ${listing}` : listing,
  });
}

function ambiguous(wanted: string, kind: DeviceKind, found: readonly DeviceInfo[]) {
  const names = found.map(({ name }) => `"${name}"`);
  // Two devices of one make have one name.
  const distinct =
    new Set(names).size === names.length ? names : found.map(({ id, name }) => `"${name}" (${id})`);
  return deviceError('device-ambiguous', `"${wanted}" could be any of ${found.length} ${deviceWord(kind)}s`, {
    reason: distinct.join(', '),
    hint: `give more of the name, or the id; ${listing}`,
  });
}
