import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock.ts';
import { exitCodeOfChecks } from '../../../src/commands/doctor/check.ts';
import { deviceChecks } from '../../../src/commands/doctor/device-checks.ts';
import { deviceError } from '../../../src/devices/device-error.ts';
import { FakeHost } from '../../../src/devices/fake/fake-host.ts';
import { openHost } from '../../../src/devices/open-host.ts';

function machine() {
  const clock = new VirtualClock();
  const host = new FakeHost({ clock });
  const open: typeof openHost = async () => ({
    host,
    passedOver: [{ driver: 'portaudio', reason: 'its library is missing' }],
  });
  return { clock, host, run: () => clock.run(() => deviceChecks(clock, undefined, open)) };
}

describe('the devices', () => {
  test('are opened, and told with what is left besides', async () => {
    const { host, run } = machine();
    const microphone = host.addInput({ name: 'Headset' });
    host.addInput({ name: 'Webcam', rateHz: 16_000 });
    host.addOutput({ name: 'Loudspeaker', channels: 2 });
    expect(await run()).toEqual([
      {
        name: 'driver',
        status: 'ok',
        text: 'fake: devices that are not there',
        notes: ['passed over portaudio: its library is missing'],
      },
      { name: 'microphone', status: 'ok', text: 'Headset, 1 channel at 48000 Hz, and 1 more' },
      { name: 'loudspeaker', status: 'ok', text: 'Loudspeaker, 2 channels at 48000 Hz' },
    ]);
    expect(microphone.openStreams).toBe(0);
  });

  test('fail each on its own, with exit code 6', async () => {
    const { host, run } = machine();
    host.addOutput({ name: 'Loudspeaker' }).refuse('device-busy');
    const checks = await run();
    expect(checks.map(({ name, status, code }) => [name, status, code])).toEqual([
      ['driver', 'ok', undefined],
      ['microphone', 'failed', 'device-none'],
      ['loudspeaker', 'failed', 'device-busy'],
    ]);
    expect(checks[1]?.hint).toContain('chat --text');
    expect(exitCodeOfChecks(checks)).toBe(6);
  });

  test('fail where the microphone is open and gives nothing', async () => {
    const { host, run } = machine();
    const microphone = host.addInput({ name: 'Headset' });
    host.addOutput({ name: 'Loudspeaker' });
    microphone.stall();
    expect((await run())[1]).toMatchObject({ status: 'failed', code: 'device-failed' });
    expect(microphone.openStreams).toBe(0);
  });

  test('fail where one is lost at that moment', async () => {
    const { clock, host, run } = machine();
    const microphone = host.addInput({ name: 'Headset', latencyMs: 100 });
    clock.at(5, () => microphone.lose());
    expect((await run())[1]).toMatchObject({ status: 'failed', code: 'device-lost' });
  });
});

test('without a driver, the rest is skipped', async () => {
  const checks = await deviceChecks(new VirtualClock(), undefined, async () => {
    throw deviceError('driver-missing', 'no driver works', {
      reason: 'portaudio: missing',
      hint: 'install it',
    });
  });
  expect(checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'driver failed',
    'microphone skipped',
    'loudspeaker skipped',
  ]);
  expect(exitCodeOfChecks(checks)).toBe(6);
});

test('a driver that does not exist is refused', async () => {
  await expect(deviceChecks(new VirtualClock(), 'puls', openHost)).rejects.toMatchObject({
    code: 'driver-unknown',
  });
});
