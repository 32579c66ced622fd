/**
 * `voiceloop devices`: which sound devices there are, and whether they work.
 *
 * @module
 */
import * as v from 'valibot';
import { type Clock, SystemClock } from '../clock.ts';
import type { AudioHost, DeviceInfo, DeviceKind } from '../devices/audio-host.ts';
import { chooseDevice } from '../devices/choose-device.ts';
import { deviceError } from '../devices/device-error.ts';
import { type OpenedHost, openHost } from '../devices/open-host.ts';
import { VoiceloopError } from '../errors.ts';
import { type DeviceTestResult, testDevices } from '../loops/device-test.ts';
import { DevicesScreen } from './devices-screen.ts';
import { commonFlagSchemas, parseFlags, text, yes } from './flags.ts';
import type { Output } from './output.ts';
import { type CommandContext, runCommand } from './run-command.ts';

const flagSchemas = {
  ...commonFlagSchemas,
  driver: v.optional(text()),
  inputDevice: v.optional(text()),
  outputDevice: v.optional(text()),
  test: v.optional(yes(), false),
};

type Flags = v.InferOutput<ReturnType<typeof v.object<typeof flagSchemas>>>;

/** Lists the devices; with `--test` it tries a microphone and a loudspeaker as well. */
export function devicesCommand(rawFlags: Readonly<Record<string, unknown>>): Promise<void> {
  return runCommand(rawFlags, async (context) => {
    const flags = parseFlags(flagSchemas, rawFlags);
    const clock = new SystemClock();
    const opened = await openAnyHost(clock, flags.driver, context.output);
    try {
      await showDevices(clock, opened, flags, context);
    } finally {
      await opened.host.close();
    }
  });
}

async function openAnyHost(clock: Clock, driver: string | undefined, output: Output): Promise<OpenedHost> {
  try {
    return await openHost(clock, { acceptsFewer: true, ...(driver !== undefined && { driver }) });
  } catch (error) {
    if (error instanceof VoiceloopError && error.kind === 'device') sayWhatWorks(output);
    throw error;
  }
}

async function showDevices(
  clock: Clock,
  { host, passedOver }: OpenedHost,
  flags: Flags,
  { output, signal }: CommandContext,
): Promise<void> {
  const devices = await host.devices();
  if (devices.length === 0) {
    sayWhatWorks(output);
    throw deviceError('device-none', 'there is neither a microphone nor a loudspeaker', {
      where: host.description,
      hint: 'connect one, or try another driver with --driver',
    });
  }
  const screen = new DevicesScreen(clock, output);
  screen.list(host, devices, passedOver);
  const input = wanted(devices, 'input', flags.inputDevice);
  const loudspeaker = wanted(devices, 'output', flags.outputDevice);
  screen.chosen([input, loudspeaker].filter((device) => device !== undefined));
  const test = flags.test
    ? await testDevices({
        clock,
        host,
        signal,
        onStep: (step) => screen.step(step),
        onLevel: (level) => screen.level(level),
        ...(input && { input }),
        ...(loudspeaker && { output: loudspeaker }),
      })
    : undefined;
  if (output.json) {
    const document = devicesDocument(host, devices, { passedOver, input, output: loudspeaker, test });
    output.result(JSON.stringify(document, undefined, 2));
  } else if (test) screen.end(test);
  if (test?.input.isSilent) throw nothingArrives(test.input.device);
}

/** Undefined where nothing was asked for: the system itself knows best what its default is. */
function wanted(
  devices: readonly DeviceInfo[],
  kind: DeviceKind,
  name: string | undefined,
): DeviceInfo | undefined {
  return name === undefined ? undefined : chooseDevice(devices, kind, name);
}

function sayWhatWorks(output: Output): void {
  output.info('without sound devices, voiceloop chat --text and replay work all the same');
}

function nothingArrives({ name }: DeviceInfo): VoiceloopError {
  return deviceError('device-failed', 'no sound at all arrives from the microphone', {
    where: name,
    reason: 'it gave nothing but zeros: it is muted, or this program has no permission to hear it',
    hint: 'turn it on in the sound settings of the system, and allow this terminal to use it',
  });
}

/** What `--json` prints. A level of nothing but zeros is null. */
function devicesDocument(
  { driver, description }: AudioHost,
  devices: readonly DeviceInfo[],
  rest: Pick<OpenedHost, 'passedOver'> & {
    readonly input: DeviceInfo | undefined;
    readonly output: DeviceInfo | undefined;
    readonly test: DeviceTestResult | undefined;
  },
): object {
  const { passedOver, input, output, test } = rest;
  return {
    schema: 'voiceloop.devices/1',
    driver,
    description,
    passedOver,
    devices,
    ...(input && { inputDevice: input.id }),
    ...(output && { outputDevice: output.id }),
    ...(test && { test }),
  };
}
