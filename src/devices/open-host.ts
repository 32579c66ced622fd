/**
 * Which driver is used: the one that is named, or the first of the best that works here.
 *
 * @module
 */
import type { Clock } from '../clock.ts';
import { didYouMean, messageWithReason, VoiceloopError } from '../errors.ts';
import type { AudioHost, DeviceKind } from './audio-host.ts';
import { deviceError, deviceWord } from './device-error.ts';

/** The drivers there are, best first. */
export const driverNames = ['portaudio', 'pulse', 'alsa', 'ffmpeg'] as const;

export type DriverName = (typeof driverNames)[number];

/** Loads a driver; throws `driver-missing` where what it stands on is not there. */
export type OpenDriver = (clock: Clock) => Promise<AudioHost>;

/** What {@link openHost} is told. */
export interface OpenHostOptions {
  /** One of {@link driverNames}, or `auto`. Default `auto`. */
  readonly driver?: string;
  /** What there must be at least one device of, for `auto` to take a driver. Default both kinds. */
  readonly kinds?: readonly DeviceKind[];
  /** Where no driver has devices of all kinds, `auto` takes the first that has any. Default false. */
  readonly acceptsFewer?: boolean;
}

/** A driver that was tried and not taken. */
export interface PassedOver {
  readonly driver: DriverName;
  /** Why, for people. */
  readonly reason: string;
}

/** The driver that is used. */
export interface OpenedHost {
  readonly host: AudioHost;
  /** Those that would have been better, in the order in which they were tried. */
  readonly passedOver: readonly PassedOver[];
}

/** What the drivers are chosen from. */
interface Surroundings {
  readonly platform: string;
  readonly drivers: Readonly<Record<DriverName, OpenDriver>>;
}

const here: Surroundings = {
  platform: process.platform,
  drivers: {
    portaudio: async (clock) => (await import('./portaudio/portaudio-host.ts')).openPortAudioHost(clock),
    pulse: async (clock) => (await import('./processes/pulse-host.ts')).openPulseHost(clock),
    alsa: async (clock) => (await import('./processes/alsa-host.ts')).openAlsaHost(clock),
    ffmpeg: async (clock) => (await import('./processes/ffmpeg-host.ts')).openFfmpegHost(clock),
  },
};

const bothKinds: readonly DeviceKind[] = ['input', 'output'];

/**
 * Opens the driver that is named, or tries all that this system may have, best first, and takes the first that loads and
 * has devices. There is no silent stand-in: where no driver works, there is no sound.
 *
 * @throws {VoiceloopError} `driver-unknown` for a name that is none; where one is named, what it throws; else
 *   `driver-missing` where none loads and `device-none` where none has the devices, with the reason of each
 * @example
 * ```ts
 * import { openHost, SystemClock } from 'voiceloop';
 *
 * await openHost(new SystemClock(), { driver: 'portaudoi' }).catch((error) => {
 *   console.log(error.message, error.hint); // there is no driver portaudoi did you mean portaudio?
 * });
 * ```
 */
export async function openHost(
  clock: Clock,
  { driver = 'auto', kinds = bothKinds, acceptsFewer = false }: OpenHostOptions = {},
  { platform, drivers }: Surroundings = here,
): Promise<OpenedHost> {
  if (driver !== 'auto') {
    return { host: await drivers[knownDriver(driver)](clock), passedOver: [] };
  }
  const passedOver: PassedOver[] = [];
  let second: OpenedHost | undefined;
  let hasLoaded = false;
  for (const name of driversOf(platform)) {
    const tried = await tryDriver(() => drivers[name](clock), kinds);
    hasLoaded ||= tried.loads;
    if (tried.host && tried.reason === undefined) {
      await second?.host.close();
      return { host: tried.host, passedOver };
    }
    if (tried.host && acceptsFewer && !second) second = { host: tried.host, passedOver: [...passedOver] };
    else await tried.host?.close();
    passedOver.push({ driver: name, reason: tried.reason ?? '' });
  }
  if (second) return second;
  throw noHost(platform, kinds, passedOver, hasLoaded);
}

/** A driver as it was found: open where it has any device of the wanted kinds, with the reason not to take it. */
interface TriedDriver {
  readonly loads: boolean;
  readonly host?: AudioHost;
  readonly reason?: string;
}

async function tryDriver(open: () => Promise<AudioHost>, kinds: readonly DeviceKind[]): Promise<TriedDriver> {
  let host: AudioHost | undefined;
  try {
    host = await open();
    const found = (await host.devices()).map(({ kind }) => kind);
    const missing = kinds.filter((kind) => !found.includes(kind));
    if (missing.length === 0) return { loads: true, host };
    const reason = `it finds no ${missing.map(deviceWord).join(' and no ')}`;
    if (missing.length < kinds.length) return { loads: true, host, reason };
    await host.close();
    return { loads: true, reason };
  } catch (error) {
    // What it says while it closes is no news after what it said before.
    await host?.close().catch(() => {});
    return { loads: host !== undefined, reason: messageWithReason(error) };
  }
}

function knownDriver(name: string): DriverName {
  const known = driverNames.find((each) => each === name);
  if (known) return known;
  throw new VoiceloopError('usage', 'driver-unknown', `there is no driver ${name}`, {
    where: '--driver',
    hint: didYouMean(name, driverNames) ?? `one of: auto, ${driverNames.join(', ')}`,
  });
}

function driversOf(platform: string): readonly DriverName[] {
  return platform === 'linux' ? driverNames : ['portaudio', 'ffmpeg'];
}

function noHost(
  platform: string,
  kinds: readonly DeviceKind[],
  passedOver: readonly PassedOver[],
  hasLoaded: boolean,
): VoiceloopError {
  const reason = passedOver.map((each) => `${each.driver}: ${each.reason}`).join('; ');
  if (!hasLoaded) {
    return deviceError('driver-missing', 'no driver for sound devices works here', {
      reason,
      hint: installHint(platform),
    });
  }
  return deviceError('device-none', `there is no ${kinds.map(deviceWord).join(' or no ')}`, {
    reason,
    hint: 'connect one, or start the sound server (PulseAudio or PipeWire) of this system',
  });
}

function installHint(platform: string): string {
  if (platform === 'darwin') return 'install PortAudio: brew install portaudio';
  if (platform === 'win32') return 'install ffmpeg, and put it on the PATH: winget install ffmpeg';
  return 'install PortAudio, or the tools of PulseAudio: apt-get install libportaudio2 pulseaudio-utils';
}
