/**
 * Whether there is a driver, and a microphone and a loudspeaker that can be opened.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import type { AudioHost, DeviceInfo, DeviceKind } from '../../devices/audio-host.ts';
import { deviceError, deviceWord } from '../../devices/device-error.ts';
import { type OpenedHost, openHost } from '../../devices/open-host.ts';
import { VoiceloopError } from '../../errors.ts';
import { formatOf } from '../devices-screen.ts';
import { type Check, failedCheck } from './check.ts';

/** A microphone that has given nothing for so long does not work. */
const longestMs = 3000;

/**
 * Opens the driver, then the default of each kind for a moment: nothing is heard of it, and nothing is kept.
 *
 * @throws {VoiceloopError} `driver-unknown`: that is no finding, but a slip of the pen
 */
export async function deviceChecks(
  clock: Clock,
  driver: string | undefined,
  open: typeof openHost = openHost,
): Promise<readonly Check[]> {
  let opened: OpenedHost;
  try {
    opened = await open(clock, { acceptsFewer: true, ...(driver !== undefined && { driver }) });
  } catch (error) {
    if (error instanceof VoiceloopError && error.kind === 'usage') throw error;
    const skipped = (['input', 'output'] as const).map((kind): Check => {
      return { name: deviceWord(kind), status: 'skipped', text: 'not looked for, without a driver' };
    });
    return [failedCheck('driver', error), ...skipped];
  }
  const { host, passedOver } = opened;
  const check: Check = {
    name: 'driver',
    status: 'ok',
    text: `${host.driver}: ${host.description}`,
    ...(passedOver.length > 0 && {
      notes: passedOver.map((each) => `passed over ${each.driver}: ${each.reason}`),
    }),
  };
  try {
    const devices = await host.devices();
    const input = await deviceCheck(devices, 'input', (device) => tryInput(clock, host, device));
    const output = await deviceCheck(devices, 'output', (device) => tryOutput(host, device));
    return [check, input, output];
  } catch (error) {
    return [failedCheck('driver', error)];
  } finally {
    await host.close();
  }
}

async function deviceCheck(
  devices: readonly DeviceInfo[],
  kind: DeviceKind,
  tryOut: (device: DeviceInfo) => Promise<void>,
): Promise<Check> {
  const name = deviceWord(kind);
  const found = devices.filter((device) => device.kind === kind);
  const device = found.find(({ isDefault }) => isDefault) ?? found[0];
  try {
    if (!device) {
      const hint = `connect a ${name}, or write instead of speaking: voiceloop chat --text`;
      throw deviceError('device-none', `there is no ${name}`, { hint });
    }
    await tryOut(device);
    const others = found.length > 1 ? `, and ${found.length - 1} more` : '';
    return { name, status: 'ok', text: `${device.name}, ${formatOf(device)}${others}` };
  } catch (error) {
    return failedCheck(name, error);
  }
}

/** The first block is enough; a system that lets nobody listen says so by then. */
async function tryInput(clock: Clock, host: AudioHost, device: DeviceInfo): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => {});
  const stream = await host.openInput({ device, onBlock: () => resolve(), onLost: reject });
  const timer = clock.at(clock.now() + longestMs, () =>
    reject(
      deviceError('device-failed', 'nothing comes from the microphone', {
        where: device.name,
        hint: 'see which one works: voiceloop devices --test --input-device DEVICE',
      }),
    ),
  );
  try {
    await clock.waitFor('the microphone', promise);
  } finally {
    timer.cancel();
    await stream.close();
  }
}

async function tryOutput(host: AudioHost, device: DeviceInfo): Promise<void> {
  let lost: VoiceloopError | undefined;
  const stream = await host.openOutput({
    device,
    onLost: (error) => {
      lost = error;
    },
  });
  await stream.close();
  if (lost) throw lost;
}
