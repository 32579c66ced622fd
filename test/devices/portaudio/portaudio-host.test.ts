import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock.ts';
import { openPortAudioHost } from '../../../src/devices/portaudio/portaudio-host.ts';
import { FakePortAudio, fakeDevice } from './fake-portaudio.ts';

const ignore = { onBlock: () => {}, onLost: () => {} };

function on(body: (clock: VirtualClock, library: FakePortAudio) => Promise<void>) {
  const clock = new VirtualClock();
  return clock.run(() => body(clock, new FakePortAudio(clock)));
}

test('says what it stands on', () =>
  on(async (clock, library) => {
    const host = await openPortAudioHost(clock, { library });
    expect(host).toMatchObject({ driver: 'portaudio', description: 'PortAudio 19.6.0' });
  }));

test('fails with the cause where PortAudio does not start', () =>
  on(async (clock, library) => {
    library.initializeCode = -9999;
    library.hostErrorText = 'no configuration';
    await expect(openPortAudioHost(clock, { library })).rejects.toMatchObject({
      kind: 'device',
      code: 'device-failed',
      reason: 'text of -9999 (-9999): no configuration',
    });
    library.initializeCode = 0;
    await (await openPortAudioHost(clock, { library })).close();
    expect(library.holders).toBe(0);
  }));

describe('the list of devices', () => {
  test('has each direction of each device, with the names of the host APIs', () =>
    on(async (clock, library) => {
      library.apiNames = ['ALSA', 'JACK'];
      library.connected = [
        fakeDevice('pulse', { outputChannels: 0, rateHz: 44_100 }),
        fakeDevice('default', { inputChannels: 1 }),
        fakeDevice('system', { hostApi: 1, inputChannels: 0, outputChannels: 8 }),
      ];
      const host = await openPortAudioHost(clock, { library });
      const input = { kind: 'input', rateHz: 48_000, isDefault: false };
      const output = { kind: 'output', rateHz: 48_000, isDefault: false };
      expect(await host.devices()).toEqual([
        { ...input, id: 'ALSA/pulse', name: 'pulse', channels: 2, rateHz: 44_100 },
        { ...input, id: 'ALSA/default', name: 'default', channels: 1, isDefault: true },
        { ...output, id: 'ALSA/default', name: 'default', channels: 2, isDefault: true },
        { ...output, id: 'JACK/system', name: 'system', channels: 8 },
      ]);
    }));

  test('gives ids that are unique among microphones and loudspeakers, without the numbers of cards', () =>
    on(async (clock, library) => {
      library.connected = [
        fakeDevice('Headset: USB Audio (hw:2,0)'),
        fakeDevice('Headset: USB Audio (hw:3,0)'),
        fakeDevice('Microphone'),
      ];
      const host = await openPortAudioHost(clock, { library });
      const devices = await host.devices();
      for (const kind of ['input', 'output']) {
        expect(devices.filter((device) => device.kind === kind).map(({ id }) => id)).toEqual([
          'ALSA/Headset: USB Audio',
          'ALSA/Headset: USB Audio (2)',
          'ALSA/Microphone',
        ]);
      }
      expect(devices[0]?.name).toBe('Headset: USB Audio (hw:2,0)');
    }));

  test('is made anew each time, but stands still while any host has a stream open', () =>
    on(async (clock, library) => {
      const host = await openPortAudioHost(clock, { library });
      const other = await openPortAudioHost(clock, { library });
      const namesNow = async () => (await host.devices()).map(({ name }) => name);
      library.connected = [fakeDevice('headset', { inputChannels: 0 })];
      library.defaults = { input: -1, output: 0 };
      expect(await namesNow()).toEqual(['headset']);
      const stream = await other.openOutput(ignore);
      library.connected = [];
      expect(await namesNow()).toEqual(['headset']);
      await stream.close();
      expect(await namesNow()).toEqual([]);
      await host.close();
      expect(library.holders).toBe(1);
      await other.close();
      await other.close();
      expect(library.holders).toBe(0);
      await expect(host.devices()).rejects.toThrow(RangeError);
    }));

  test('cannot tell of another default', () =>
    on(async (clock, library) => {
      const host = await openPortAudioHost(clock, { library });
      host.onDefaultChanged(() => expect.unreachable())();
    }));
});

describe('opening', () => {
  test('finds a device by its id, wherever it now stands in the list', () =>
    on(async (clock, library) => {
      const host = await openPortAudioHost(clock, { library });
      const device = (await host.devices()).find(({ id }) => id === 'ALSA/pulse');
      library.connected = [fakeDevice('new'), fakeDevice('default'), fakeDevice('pulse')];
      const input = await host.openInput({ ...ignore, ...(device && { device }) });
      expect(library.opened).toMatchObject([{ device: 2 }]);
      expect(input.device).toEqual({ ...device });
    }));

  test('takes the rate and the channels that it is given', () =>
    on(async (clock, library) => {
      const host = await openPortAudioHost(clock, { library });
      const output = await host.openOutput({ ...ignore, rateHz: 24_000, channels: 2 });
      expect(output).toMatchObject({ rateHz: 24_000, channels: 2 });
      expect(library.opened).toMatchObject([{ rateHz: 24_000, channels: 2 }]);
    }));

  test('falls back to stereo where a device has no mono, unless mono was asked for', () =>
    on(async (clock, library) => {
      const host = await openPortAudioHost(clock, { library });
      library.openCodes.push(-9998);
      expect(await host.openOutput(ignore)).toMatchObject({ channels: 2 });
      library.openCodes.push(-9998);
      await expect(host.openOutput({ ...ignore, channels: 1 })).rejects.toMatchObject({
        code: 'device-unsupported',
      });
    }));

  test('several streams at a time, each closed by itself or with the host', () =>
    on(async (clock, library) => {
      const host = await openPortAudioHost(clock, { library });
      const streams = [
        await host.openInput(ignore),
        await host.openInput(ignore),
        await host.openOutput(ignore),
      ];
      await streams[1]?.close();
      expect(library.streams.map(({ isClosed }) => isClosed)).toEqual([false, true, false]);
      await host.close();
      expect(library.streams.map(({ isClosed }) => isClosed)).toEqual([true, true, true]);
      expect(library.holders).toBe(0);
    }));

  test.each([
    [-9985, '', 'device-busy'],
    [-9996, '', 'device-not-found'],
    [-9997, '', 'device-unsupported'],
    [-9998, '', 'device-unsupported'],
    [-9994, '', 'device-unsupported'],
    [-9999, 'Permission denied', 'device-denied'],
    [-9999, 'Device or resource busy', 'device-busy'],
    [-9999, 'No such device', 'device-not-found'],
    [-9999, 'Connection refused', 'device-failed'],
    [-9992, 'of something else', 'device-failed'],
  ])('with code %i and "%s" fails as %s', (code, hostErrorText, expected) =>
    on(async (clock, library) => {
      const host = await openPortAudioHost(clock, { library });
      library.hostErrorText = hostErrorText;
      for (const kind of ['openInput', 'openOutput'] as const) {
        library.openCodes.push(code, code);
        const words = code === -9999 ? `: ${hostErrorText}` : '';
        await expect(host[kind](ignore)).rejects.toMatchObject({
          kind: 'device',
          code: expected,
          message: expect.stringContaining(kind === 'openInput' ? 'the microphone' : 'the loudspeaker'),
          reason: `text of ${code} (${code})${words}`,
          hint: expect.any(String),
        });
        library.openCodes.length = 0;
      }
      await host.close();
      expect(library.holders).toBe(0);
    }),
  );

  test('a stream that does not start gives the device back', () =>
    on(async (clock, library) => {
      const host = await openPortAudioHost(clock, { library });
      library.startCode = -9985;
      await expect(host.openInput(ignore)).rejects.toMatchObject({ code: 'device-busy' });
      expect(library.last.isClosed).toBe(true);
      library.connected = [];
      expect(await host.devices()).toEqual([]);
    }));

  test('says so where there is none, or not the one that was meant', () =>
    on(async (clock, library) => {
      const host = await openPortAudioHost(clock, { library });
      const [device] = await host.devices();
      library.connected = [fakeDevice('default', { inputChannels: 0 })];
      library.defaults = { input: -1, output: 0 };
      await expect(host.openInput(ignore)).rejects.toMatchObject({
        code: 'device-none',
        message: 'there is no microphone',
      });
      await expect(host.openInput({ ...ignore, ...(device && { device }) })).rejects.toMatchObject({
        code: 'device-not-found',
        reason: 'PortAudio lists no microphone',
      });
    }));
});
