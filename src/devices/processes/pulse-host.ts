/**
 * The driver `pulse`: PulseAudio, or PipeWire in its place, through its command-line programs.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import type { AudioHost } from '../audio-host.ts';
import { deviceError } from '../device-error.ts';
import { ProcessHost } from './process-host.ts';
import { PulseDefaults } from './pulse-defaults.ts';
import { type PulseServer, parsePulseDevices, parsePulseServer } from './pulse-listing.ts';
import { pacatPlan, parecPlan } from './pulse-programs.ts';
import { type ProgramOutput, runProgram } from './run-program.ts';

/** Where the programs are. */
export interface PulseHostOptions {
  /** Default `pactl`, as found on the PATH. */
  readonly pactl?: string;
  /** Default `parec`. */
  readonly parec?: string;
  /** Default `pacat`. */
  readonly pacat?: string;
}

/**
 * Opens the driver `pulse`: records with `parec`, plays with `pacat`, lists with `pactl`. Their reports of time and latency
 * (`-v`, every 50 ms) say what has been heard and when sound was captured; the server converts rates and channels. A stream
 * that the server moves to another device, as it does when a device is unplugged, goes on there.
 *
 * @throws {VoiceloopError} `driver-missing` where a program is not there, too old for `pactl -f json` (before 16.0), or no
 *   server answers
 */
export async function openPulseHost(clock: Clock, options: PulseHostOptions = {}): Promise<AudioHost> {
  const { pactl = 'pactl', parec = 'parec', pacat = 'pacat' } = options;
  const ask = async (): Promise<PulseServer> => {
    const output = await runProgram(clock, pactl, ['-f', 'json', 'info']);
    try {
      return parsePulseServer(output.stdout);
    } catch {
      throw missing(pactl, output);
    }
  };
  for (const command of [parec, pacat]) {
    const output = await runProgram(clock, command, ['--version']);
    if (output.code !== 0) throw missing(command, output);
  }
  const server = await ask();
  const list = async (what: 'sources' | 'sinks', defaultName: string) => {
    const output = await runProgram(clock, pactl, ['-f', 'json', 'list', what]);
    try {
      return parsePulseDevices(output.stdout, what === 'sources' ? 'input' : 'output', defaultName);
    } catch {
      throw missing(pactl, output);
    }
  };
  const defaults = new PulseDefaults(pactl, ask);
  return new ProcessHost(
    clock,
    {
      driver: 'pulse',
      description: `parec and pacat (${server.name} ${server.version})`,
      devices: async () => {
        const { defaultInput, defaultOutput } = await ask();
        return [...(await list('sources', defaultInput)), ...(await list('sinks', defaultOutput))];
      },
      inputPlan: (device, format) => parecPlan(parec, device, format),
      outputPlan: (device, format) => pacatPlan(pacat, device, format),
    },
    (listener) => defaults.watch(listener),
  );
}

function missing(command: string, { isMissing, stderr }: ProgramOutput) {
  const words = stderr.trim().split('\n').slice(-2).join('; ');
  return deviceError('driver-missing', 'the driver pulse cannot be used', {
    where: command,
    reason: isMissing ? `the program ${command} is not there` : words || `${command} gave no answer`,
    hint: isMissing
      ? 'install pulseaudio-utils (Debian, Fedora) or libpulse (Arch), or choose another driver'
      : 'start PulseAudio or PipeWire, or choose another driver',
  });
}
