/**
 * The devices that ffmpeg prints.
 *
 * @module
 */
import type { DeviceInfo, DeviceKind } from '../audio-host.ts';

/** ffmpeg tells neither rate nor channels before a device is open, and converts. */
const assumed = { channels: 2, rateHz: 48_000 };

function device(kind: DeviceKind, id: string, name: string, isDefault: boolean): DeviceInfo {
  return { id, name, kind, ...assumed, isDefault };
}

/** Linux: `ffmpeg -sources pulse`, `-sinks alsa` and the like; a star stands before the default. Without monitors. */
export function parseSourcesOrSinks(text: string, kind: DeviceKind): DeviceInfo[] {
  return [...text.matchAll(/^([* ]) (\S+) \[(.*)\] \(.*\)$/gm)]
    .map(([, star, id = '', name = '']) => device(kind, id, name, star === '*'))
    .filter(({ id }) => !id.endsWith('.monitor'));
}

/** macOS: `ffmpeg -f avfoundation -list_devices true -i ""`. The first one stands for the default, which is not marked. */
export function parseAvfoundation(text: string): DeviceInfo[] {
  const [, audio = ''] = text.split('AVFoundation audio devices:');
  return [...audio.matchAll(/^\[AVFoundation [^\]]*\] \[\d+\] (.+)$/gm)].map(([, name = ''], n) =>
    device('input', name, name, n === 0),
  );
}

/** What AudioToolbox wants to have instead of a name. */
export interface IndexedDevice extends DeviceInfo {
  /** Moves when devices come and go. */
  readonly index: number;
}

/**
 * macOS: `ffmpeg … -f audiotoolbox -list_devices true -`. It lists every device of CoreAudio, microphones too, and does not
 * mark the default: an entry of its own stands for it.
 */
export function parseAudioToolbox(text: string): IndexedDevice[] {
  const named = [...text.matchAll(/^\[AudioToolbox [^\]]*\] \[(\d+)\]\s+(.+?), (.+)$/gm)]
    .filter(([, , name]) => name !== '(null)')
    .map(([, index, name = '', id = '']) => ({ ...device('output', id, name, false), index: Number(index) }));
  return [{ ...device('output', 'default', 'the default loudspeaker', true), index: -1 }, ...named];
}

/** Windows: `ffmpeg -f dshow -list_devices true -i dummy`. Older versions print sections, newer ones mark every line. */
export function parseDirectShow(text: string): DeviceInfo[] {
  const names: string[] = [];
  let isAudio = false;
  for (const line of text.split(/\r?\n/)) {
    if (/DirectShow (audio|video) devices/.test(line)) isAudio = line.includes('DirectShow audio');
    const [, name, types] = /\]\s+"(.+)"(?: \((.*)\))?\s*$/.exec(line) ?? [];
    if (!name || line.includes('Alternative name')) continue;
    if (types ? types.includes('audio') : isAudio) names.push(name);
  }
  return names.map((name, n) => device('input', name, name, n === 0));
}
