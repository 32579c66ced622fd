/**
 * The devices of a PulseAudio server, from `pactl -f json`.
 *
 * @module
 */
import * as v from 'valibot';
import type { DeviceInfo, DeviceKind } from '../audio-host.ts';

const entries = v.array(
  v.object({
    name: v.string(),
    description: v.nullish(v.string(), ''),
    sample_specification: v.string(),
    monitor_source: v.nullish(v.string(), ''),
    properties: v.optional(v.record(v.string(), v.unknown()), {}),
  }),
);

const serverInfo = v.object({
  server_name: v.string(),
  server_version: v.string(),
  default_sink_name: v.optional(v.string(), ''),
  default_source_name: v.optional(v.string(), ''),
});

/** What `pactl -f json info` tells. */
export interface PulseServer {
  readonly name: string;
  readonly version: string;
  readonly defaultInput: string;
  readonly defaultOutput: string;
}

/** @throws {Error} where the text is not what pactl prints */
export function parsePulseServer(json: string): PulseServer {
  const info = v.parse(serverInfo, JSON.parse(json));
  return {
    name: info.server_name,
    version: info.server_version,
    defaultInput: info.default_source_name,
    defaultOutput: info.default_sink_name,
  };
}

/**
 * Monitors, which record what a loudspeaker plays, are no microphones and left out, unless one is the default: then the
 * user has made it that. A monitor can still be opened by a {@link DeviceInfo} with its name.
 *
 * @throws {Error} where the text is not what pactl prints
 */
export function parsePulseDevices(json: string, kind: DeviceKind, defaultName: string): DeviceInfo[] {
  return v
    .parse(entries, JSON.parse(json))
    .filter((entry) => kind === 'output' || entry.name === defaultName || !isMonitor(entry))
    .map(({ name, description, sample_specification }) => {
      const [, channels = '2', rateHz = '48000'] = /(\d+)ch (\d+)Hz/.exec(sample_specification) ?? [];
      return {
        id: name,
        name: description || name,
        kind,
        channels: Number(channels),
        rateHz: Number(rateHz),
        isDefault: name === defaultName,
      };
    });
}

function isMonitor({ name, properties }: v.InferOutput<typeof entries>[number]): boolean {
  return properties['device.class'] === 'monitor' || name.endsWith('.monitor');
}
