import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { AudioHost, DeviceInfo, DeviceKind } from '../../src/devices/audio-host.ts';
import { deviceError } from '../../src/devices/device-error.ts';
import { type DriverName, openHost } from '../../src/devices/open-host.ts';

/** What each driver does; one that is left out is missing. */
type Drivers = Readonly<Partial<Record<DriverName, readonly DeviceKind[] | Error>>>;

function device(driver: string, kind: DeviceKind): DeviceInfo {
  return { id: `${driver}-${kind}`, name: kind, kind, channels: 1, rateHz: 48_000, isDefault: true };
}

/** Drivers that keep a list of what was opened and closed. */
function machine(drivers: Drivers, platform = 'linux') {
  const calls: string[] = [];
  const opener = (driver: DriverName) => async (): Promise<AudioHost> => {
    calls.push(`open ${driver}`);
    const kinds = drivers[driver];
    if (kinds === undefined) {
      throw deviceError('driver-missing', `there is no ${driver}`, { reason: 'its library is missing' });
    }
    const refuse = () => Promise.reject(new Error('not here'));
    return {
      driver,
      description: `${driver} 1.0`,
      devices: async () => {
        if (kinds instanceof Error) throw kinds;
        return kinds.map((kind) => device(driver, kind));
      },
      openInput: refuse,
      openOutput: refuse,
      onDefaultChanged: () => () => {},
      close: async () => void calls.push(`close ${driver}`),
    };
  };
  const surroundings = {
    platform,
    drivers: {
      portaudio: opener('portaudio'),
      pulse: opener('pulse'),
      alsa: opener('alsa'),
      ffmpeg: opener('ffmpeg'),
    },
  };
  return {
    calls,
    open: (options = {}) => openHost(new VirtualClock(), options, surroundings),
  };
}

const both: readonly DeviceKind[] = ['input', 'output'];

describe('without a name', () => {
  test('the best driver that loads and has a microphone and a loudspeaker is taken', async () => {
    const { open, calls } = machine({ pulse: ['output'], alsa: both, ffmpeg: both });
    const { host, passedOver } = await open();
    expect(host.driver).toBe('alsa');
    expect(passedOver).toEqual([
      { driver: 'portaudio', reason: 'there is no portaudio (its library is missing)' },
      { driver: 'pulse', reason: 'it finds no microphone' },
    ]);
    expect(calls).toEqual(['open portaudio', 'open pulse', 'close pulse', 'open alsa']);
  });

  test('only the kinds that are wanted must be there', async () => {
    const { open } = machine({ portaudio: ['input'], pulse: ['output'] });
    expect((await open({ kinds: ['output'] })).host.driver).toBe('pulse');
  });

  test('a driver that cannot list its devices is passed over, and closed', async () => {
    const { open, calls } = machine({ portaudio: new Error('no server runs'), pulse: both });
    const { host, passedOver } = await open();
    expect(host.driver).toBe('pulse');
    expect(passedOver).toEqual([{ driver: 'portaudio', reason: 'no server runs' }]);
    expect(calls).toContain('close portaudio');
  });

  test.each(['darwin', 'win32'])('on %s only the drivers that it can have are tried', async (platform) => {
    const { open, calls } = machine({ pulse: both, alsa: both, ffmpeg: both }, platform);
    expect((await open()).host.driver).toBe('ffmpeg');
    expect(calls).toEqual(['open portaudio', 'open ffmpeg']);
  });

  test('whoever can do with fewer gets the best one that has any device', async () => {
    const { open, calls } = machine({ portaudio: [], pulse: ['output'], alsa: ['input'] });
    const { host, passedOver } = await open({ acceptsFewer: true });
    expect(host.driver).toBe('pulse');
    expect(passedOver.map(({ driver }) => driver)).toEqual(['portaudio']);
    expect(calls.filter((call) => call.startsWith('close'))).toEqual(['close portaudio', 'close alsa']);
  });

  test('whoever can do with fewer still gets the one that has all, and the other one is closed', async () => {
    const { open, calls } = machine({ portaudio: ['output'], alsa: both });
    const { host, passedOver } = await open({ acceptsFewer: true });
    expect(host.driver).toBe('alsa');
    expect(passedOver.map(({ driver }) => driver)).toEqual(['portaudio', 'pulse']);
    expect(calls).toContain('close portaudio');
  });
});

describe('where there is no sound', () => {
  test.each([
    ['linux', /libportaudio2/],
    ['darwin', /brew install portaudio/],
    ['win32', /ffmpeg/],
  ])('on %s the error has the reason of every driver, and says what to install', async (platform, hint) => {
    const { open } = machine({}, platform);
    await expect(open()).rejects.toMatchObject({
      kind: 'device',
      code: 'driver-missing',
      reason: expect.stringMatching(/portaudio: there is no portaudio.*; ffmpeg: there is no ffmpeg/),
      hint: expect.stringMatching(hint),
    });
  });

  test('because there are no devices, the error says so', async () => {
    const { open, calls } = machine({ pulse: [], alsa: ['output'] });
    await expect(open()).rejects.toMatchObject({
      kind: 'device',
      code: 'device-none',
      reason: expect.stringMatching(
        /pulse: it finds no microphone and no loudspeaker; alsa: it finds no microphone;/,
      ),
    });
    expect(calls.filter((call) => call.startsWith('close'))).toEqual(['close pulse', 'close alsa']);
  });
});

describe('with a name', () => {
  test('exactly that driver is opened, whatever devices it has', async () => {
    const { open, calls } = machine({ portaudio: both, alsa: [] });
    expect((await open({ driver: 'alsa' })).host.driver).toBe('alsa');
    expect(calls).toEqual(['open alsa']);
  });

  test('a driver that is missing is not replaced by another one', async () => {
    const { open, calls } = machine({ portaudio: both });
    await expect(open({ driver: 'pulse' })).rejects.toMatchObject({ code: 'driver-missing' });
    expect(calls).toEqual(['open pulse']);
  });

  test.each([
    ['portaudo', 'did you mean portaudio?'],
    ['jack-of-all-trades', 'one of: auto, portaudio, pulse, alsa, ffmpeg'],
  ])('that is none (%s), the nearest is suggested', async (driver, hint) => {
    await expect(machine({}).open({ driver })).rejects.toMatchObject({
      kind: 'usage',
      code: 'driver-unknown',
      hint,
    });
  });
});
