/**
 * The driver `ffmpeg`: one program for every system, where nothing better is there.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import type { AudioHost, DeviceInfo } from '../audio-host.ts';
import { deviceError } from '../device-error.ts';
import {
  type IndexedDevice,
  parseAudioToolbox,
  parseAvfoundation,
  parseDirectShow,
  parseSourcesOrSinks,
} from './ffmpeg-listing.ts';
import { type FfmpegSystem, ffmpegInputPlan, ffmpegOutputPlan } from './ffmpeg-programs.ts';
import { ProcessHost } from './process-host.ts';
import { runProgram } from './run-program.ts';

/** Where the program is, and where we are. */
export interface FfmpegHostOptions {
  /** Default `ffmpeg`, as found on the PATH. */
  readonly ffmpeg?: string;
  /** Decides which of ffmpeg's devices are used. Default that of this process. */
  readonly platform?: NodeJS.Platform;
}

/** ffmpeg's way to the sound of one system. */
interface Systems {
  readonly input: FfmpegSystem;
  readonly output: FfmpegSystem | undefined;
  list(): Promise<readonly DeviceInfo[]>;
}

/**
 * Opens the driver `ffmpeg`: `pulse` or else `alsa` on Linux, `avfoundation` and `audiotoolbox` on macOS, `dshow` on
 * Windows, where ffmpeg can record only: opening an output there is refused as `device-unsupported`. Slower and less exact
 * than the other drivers: what lies behind ffmpeg is estimated. macOS and Windows follow ffmpeg's documentation and are untried.
 *
 * @throws {VoiceloopError} `driver-missing` where the program is not there
 */
export async function openFfmpegHost(clock: Clock, options: FfmpegHostOptions = {}): Promise<AudioHost> {
  const { ffmpeg = 'ffmpeg', platform = process.platform } = options;
  const printed = async (...args: string[]) => {
    const { stdout, stderr } = await runProgram(clock, ffmpeg, ['-hide_banner', '-nostdin', ...args]);
    return `${stdout}\n${stderr}`;
  };
  const version = await runProgram(clock, ffmpeg, ['-version']);
  if (version.code !== 0) {
    throw deviceError('driver-missing', 'the driver ffmpeg cannot be used', {
      where: ffmpeg,
      reason: version.isMissing ? `the program ${ffmpeg} is not there` : version.stderr,
      hint: 'install ffmpeg, or choose another driver',
    });
  }
  const indexes = new Map<string, number>();
  const listLinux = async (system: FfmpegSystem) => [
    ...parseSourcesOrSinks(await printed('-sources', system), 'input'),
    ...parseSourcesOrSinks(await printed('-sinks', system), 'output'),
  ];
  const listMac = async () => {
    const outputs: readonly IndexedDevice[] = parseAudioToolbox(
      await printed(
        '-f',
        'lavfi',
        '-i',
        'anullsrc',
        '-t',
        '0.1',
        '-f',
        'audiotoolbox',
        '-list_devices',
        'true',
        '-',
      ),
    );
    for (const { id, index } of outputs) indexes.set(id, index);
    const inputs = parseAvfoundation(await printed('-f', 'avfoundation', '-list_devices', 'true', '-i', ''));
    return [...inputs, ...outputs.map(({ index, ...device }) => device)];
  };
  const systems: Systems = await (async () => {
    if (platform === 'darwin') return { input: 'avfoundation', output: 'audiotoolbox', list: listMac };
    if (platform === 'win32') {
      const list = async () =>
        parseDirectShow(await printed('-f', 'dshow', '-list_devices', 'true', '-i', 'dummy'));
      return { input: 'dshow', output: undefined, list };
    }
    const system = (await listLinux('pulse')).length > 0 ? 'pulse' : 'alsa';
    return { input: system, output: system, list: () => listLinux(system) };
  })();
  const [, number = ''] = /version (\S+)/.exec(version.stdout) ?? [];
  return new ProcessHost(clock, {
    driver: 'ffmpeg',
    description: `ffmpeg ${number} (${[...new Set([systems.input, systems.output])].filter(Boolean).join(', ')})`,
    devices: systems.list,
    inputPlan: (device, format) => ffmpegInputPlan(ffmpeg, systems.input, device, format),
    outputPlan: (device, format) => {
      if (systems.output)
        return ffmpegOutputPlan(ffmpeg, systems.output, device, format, indexes.get(device.id));
      throw deviceError('device-unsupported', 'ffmpeg cannot play sound on this system', {
        where: device.name,
        reason: 'ffmpeg has no output to sound devices on Windows',
        hint: 'choose another driver for the loudspeaker',
      });
    },
  });
}
