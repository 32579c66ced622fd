/**
 * The devices of ALSA, from `arecord -L` and `aplay -L`.
 *
 * @module
 */
import type { DeviceInfo, DeviceKind } from '../audio-host.ts';

/** ALSA's `default`, sound servers, and every card with conversion: the rest are plugins and pieces of these. */
const useful = /^(default|pulse|pipewire|plughw:.*)$/;

/** What ALSA does not tell without opening a device; all of these convert. */
const assumed = { channels: 2, rateHz: 48_000 };

/**
 * A name stands at the beginning of a line; the lines below it, indented, describe it. Names that have other configurations
 * can still be opened by a {@link DeviceInfo} with their name.
 */
export function parseAlsaDevices(text: string, kind: DeviceKind): DeviceInfo[] {
  const devices: { id: string; words: string[] }[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (/^\S/.test(line)) devices.push({ id: line.trim(), words: [] });
    else if (line.trim() !== '') devices.at(-1)?.words.push(line.trim());
  }
  return devices
    .filter(({ id }) => useful.test(id))
    .map(({ id, words }) => ({
      id,
      name: id.startsWith('plughw:') ? (words[0] ?? id) : `${id} (${words[0] ?? 'ALSA'})`,
      kind,
      ...assumed,
      isDefault: id === 'default',
    }));
}
