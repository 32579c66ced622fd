import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { OutputStream } from '../../src/devices/audio-host.ts';
import { FakeHost } from '../../src/devices/fake/fake-host.ts';
import type { FakeOutputOptions } from '../../src/devices/fake/fake-output.ts';
import { StreamKeeper, type StreamKeeperOptions } from '../../src/devices/stream-keeper.ts';

/** A keeper of loudspeakers, what it says and when, and when it tries to open one. */
function keeping(
  outputs: readonly FakeOutputOptions[],
  options: Partial<StreamKeeperOptions<OutputStream>> = {},
) {
  const clock = new VirtualClock();
  const host = new FakeHost({ clock });
  const devices = outputs.map((each) => host.addOutput(each));
  const told: string[] = [];
  const triesMs: number[] = [];
  const keeper: StreamKeeper<OutputStream> = new StreamKeeper({
    clock,
    host,
    kind: 'output',
    device: undefined,
    open: (device, onLost) => {
      triesMs.push(clock.now());
      return host.openOutput({ ...(device && { device }), onLost });
    },
    onStream: ({ device }) => told.push(`${clock.now()} on ${device.name}`),
    onEnd: () => told.push(`${clock.now()} none`),
    onNotice: ({ code }) => told.push(`${clock.now()} ${code}`),
    ...options,
  });
  /** The stream is well for so long. */
  const live = async (ms: number) => {
    for (let passedMs = 0; passedMs < ms; passedMs += 100) {
      keeper.noteLife();
      await clock.sleep(100);
    }
  };
  return { clock, host, devices, keeper, told, triesMs, live };
}

test('a stream that never shows life is opened again and again, and told of once', async () => {
  const { clock, keeper, told, live } = keeping([{ name: 'Speakers' }]);
  await clock.run(async () => {
    await keeper.open();
    await clock.sleep(9000);
    await live(1000);
    await keeper.close();
  });
  expect(told.filter((line) => !/ (on|none)/.test(line))).toEqual([
    '2250 device-stalled',
    '9000 device-back',
  ]);
  expect(keeper.reopened).toBe(3);
});

test('a stream that dies as soon as it is open is not opened in a circle', async () => {
  const { clock, host, keeper, triesMs, live } = keeping([], {
    open: async (device, onLost) => {
      triesMs.push(clock.now());
      const stream = await host.openOutput({ ...(device && { device }), onLost });
      if (triesMs.length > 1) clock.at(clock.now(), () => speakers.lose());
      return stream;
    },
  });
  const speakers = host.addOutput({ name: 'Speakers' });
  await clock.run(async () => {
    await keeper.open();
    await live(1000);
    speakers.lose();
    await clock.sleep(1700);
    await keeper.close();
  });
  expect(triesMs).toEqual([0, 1000, 1500, 2000, 2500]);
});

test('a stalled device is given back before it is opened anew, and is not left when that ends', async () => {
  const { clock, host, devices, keeper, triesMs } = keeping([], {
    open: async (device, onLost) => {
      triesMs.push(clock.now());
      const stream = await host.openOutput({ ...(device && { device }), onLost });
      const close = async () => {
        await clock.sleep(300);
        await stream.close();
      };
      return new Proxy(stream, {
        get: (target, name) => (name === 'close' ? close : Reflect.get(target, name)),
      });
    },
  });
  devices.push(host.addOutput({ name: 'Speakers' }));
  await clock.run(async () => {
    await keeper.open();
    await clock.sleep(2400);
    expect(triesMs).toEqual([0]);
    await keeper.close();
    expect(clock.now()).toBe(2550);
  });
  expect(triesMs).toEqual([0]);
  expect(devices[0]?.openStreams).toBe(0);
});

test('a default that changes during the first opening is followed', async () => {
  const { clock, host, devices, keeper, told, live } = keeping([
    { name: 'Speakers', openingMs: 100 },
    { name: 'Headset' },
  ]);
  const [speakers, headset] = devices;
  if (headset) clock.at(50, () => host.makeDefault(headset));
  await clock.run(async () => {
    await keeper.open();
    await live(300);
    expect([speakers?.openStreams, headset?.openStreams]).toEqual([0, 1]);
    await keeper.close();
  });
  expect(told.filter((line) => line.includes(' on '))).toEqual(['100 on Speakers', '100 on Headset']);
});

test('a new default that is busy is tried again, and taken when it is free, while the old one is used', async () => {
  const { clock, host, devices, keeper, told, triesMs, live } = keeping([
    { name: 'Speakers' },
    { name: 'Headset' },
  ]);
  const [, headset] = devices;
  await clock.run(async () => {
    await keeper.open();
    headset?.refuse('device-busy');
    if (headset) host.makeDefault(headset);
    await live(1800);
    headset?.allow();
    await live(1000);
    await keeper.close();
  });
  expect(triesMs).toEqual([0, 0, 500, 1000, 1500, 2000]);
  expect(told).toEqual(['0 on Speakers', '0 device-busy', '2000 on Headset', '2000 device-switched']);
});

test('a device that is lost while the next one opens is gone until that is open', async () => {
  const { clock, host, devices, keeper, told, live } = keeping([
    { name: 'Speakers' },
    { name: 'Headset', openingMs: 400 },
  ]);
  const [speakers, headset] = devices;
  await clock.run(async () => {
    await keeper.open();
    if (headset) host.makeDefault(headset);
    await live(200);
    speakers?.lose();
    await clock.sleep(250);
    await live(100);
    await keeper.close();
  });
  expect(told).toEqual([
    '0 on Speakers',
    '200 none',
    '200 device-lost',
    '400 on Headset',
    '450 device-switched',
  ]);
});

test('each of two defaults that are busy is told of', async () => {
  const { clock, host, devices, keeper, told, live } = keeping([
    { name: 'Speakers' },
    { name: 'Headset' },
    { name: 'Monitor' },
  ]);
  await clock.run(async () => {
    await keeper.open();
    for (const busy of devices.slice(1)) {
      busy.refuse('device-busy');
      host.makeDefault(busy);
      await live(1000);
    }
    await keeper.close();
  });
  expect(told).toEqual(['0 on Speakers', '0 device-busy', '1000 device-busy']);
});

test('a device that dies while it opens leaves the old one in use', async () => {
  const { clock, host, devices, keeper, told, live } = keeping([], {
    open: async (device, onLost) => {
      const stream = await host.openOutput({ ...(device && { device }), onLost });
      if (stream.device.name === 'Headset') devices[1]?.lose('device-failed');
      return stream;
    },
  });
  devices.push(host.addOutput({ name: 'Speakers' }), host.addOutput({ name: 'Headset' }));
  const [, headset] = devices;
  await clock.run(async () => {
    await keeper.open();
    if (headset) host.makeDefault(headset);
    await live(1000);
    expect(keeper.stream?.device.name).toBe('Speakers');
    await keeper.close();
  });
  expect(told).toEqual(['0 on Speakers', '0 device-failed']);
});

test('what is told to be back is what was well before, whatever was tried in between', async () => {
  const messages: string[] = [];
  const { clock, host, devices, keeper, live } = keeping([{ name: 'Speakers' }, { name: 'Headset' }], {
    onNotice: ({ message }) => messages.push(message),
  });
  const [speakers, headset] = devices;
  await clock.run(async () => {
    await keeper.open();
    await live(1000);
    if (speakers) host.unplug(speakers);
    await clock.sleep(100);
    if (speakers) host.plug(speakers);
    if (headset) host.unplug(headset);
    await clock.sleep(100);
    await live(100);
    await keeper.close();
  });
  expect(messages).toEqual([
    'the loudspeaker "Speakers" is gone: the answer waits until there is one again',
    'the loudspeaker "Headset" is gone: the answer waits until there is one again',
    'the loudspeaker "Speakers" is back',
  ]);
});
