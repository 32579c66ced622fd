/**
 * The driver `alsa`: ALSA's own command-line programs.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import type { AudioHost } from '../audio-host.ts';
import { deviceError } from '../device-error.ts';
import { parseAlsaDevices } from './alsa-listing.ts';
import { aplayPlan, arecordPlan } from './alsa-programs.ts';
import { ProcessHost } from './process-host.ts';
import { runProgram } from './run-program.ts';

/** Where the programs are. */
export interface AlsaHostOptions {
  /** Default `arecord`, as found on the PATH. */
  readonly arecord?: string;
  /** Default `aplay`. */
  readonly aplay?: string;
}

/**
 * Opens the driver `alsa`: records with `arecord`, plays with `aplay`, both in periods of 5 ms. Lists `default`, sound
 * servers and every card (as `plughw:`, which converts rates, formats and channels); their rates are not known before they are open,
 * 48 kHz is assumed. What lies behind ALSA is not told, and estimated. Changes of the default are not seen.
 *
 * @throws {VoiceloopError} `driver-missing` where a program is not there
 */
export async function openAlsaHost(clock: Clock, options: AlsaHostOptions = {}): Promise<AudioHost> {
  const { arecord = 'arecord', aplay = 'aplay' } = options;
  let version = '';
  for (const command of [arecord, aplay]) {
    const output = await runProgram(clock, command, ['--version']);
    version = /version (\S+)/.exec(output.stdout + output.stderr)?.[1] ?? version;
    if (output.code === 0) continue;
    throw deviceError('driver-missing', 'the driver alsa cannot be used', {
      where: command,
      reason: output.isMissing ? `the program ${command} is not there` : output.stderr,
      hint: 'install alsa-utils, or choose another driver',
    });
  }
  return new ProcessHost(clock, {
    driver: 'alsa',
    description: `arecord and aplay (alsa-utils ${version})`,
    devices: async () => {
      const inputs = await runProgram(clock, arecord, ['-L']);
      const outputs = await runProgram(clock, aplay, ['-L']);
      return [...parseAlsaDevices(inputs.stdout, 'input'), ...parseAlsaDevices(outputs.stdout, 'output')];
    },
    inputPlan: (device, format) => arecordPlan(arecord, device, format),
    outputPlan: (device, format) => aplayPlan(aplay, device, format),
  });
}
