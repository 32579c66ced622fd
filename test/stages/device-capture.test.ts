import { describe, expect, test } from 'vitest';
import type { FakeHost } from '../../src/devices/fake/fake-host.ts';
import { samplesInAir } from '../../src/devices/fake/sound-in-air.ts';
import { inlet } from '../../src/pipeline/inlet.ts';
import { noise } from '../wasm/conversions.ts';
import { HandDriver, microphone, refused, setUp } from './device-capture/capturing.ts';

describe('a microphone that works', () => {
  test('is captured to the bit, in equal blocks, however the device cuts them', async () => {
    const { clock, host, collected, open, capture } = setUp();
    const said = noise(9600);
    const headset = host.addInput({ name: 'Headset', blockFrames: 317, jitterMs: 8 });
    headset.hear(samplesInAir(said, { rateHz: 48_000, startMs: 50 }));
    await clock.run(async () => {
      await open();
      expect([capture.device?.name, capture.rateHz]).toEqual(['Headset', 48_000]);
      await clock.sleep(400);
    });
    expect(new Set(collected.blocks.map(({ samples }) => samples.length))).toEqual(new Set([480]));
    collected.blocks.forEach(({ timeMs, rateHz, channels }, n) => {
      expect([rateHz, channels]).toEqual([48_000, 1]);
      expect(timeMs).toBeCloseTo(n * 10, 6);
    });
    expect(collected.samples.subarray(2400, 2400 + 9600)).toEqual(said);
  });

  test('keeps the times that the driver gives, which drift with its clock', async () => {
    const { clock, host, collected, open } = setUp();
    host.addInput({ name: 'Fast', driftPpm: 500 });
    await clock.run(async () => {
      await open();
      await clock.sleep(20_000);
    });
    expect(collected.blocks.at(-1)?.timeMs).toBeCloseTo(((collected.blocks.length - 1) * 10) / 1.0005, 6);
  });

  test('is heard from the start on, at the rate, in the channels and the blocks that are asked for', async () => {
    const { clock, host, collected, capture } = setUp({ rateHz: 16_000, channels: 2, blockMs: 20 });
    const stereo = host.addInput({ name: 'Stereo', channels: 2 });
    stereo.hear((_, channel) => (channel === 0 ? 0.5 : -0.25));
    await clock.run(async () => {
      await capture.open();
      await clock.sleep(105);
      capture.start(collected.outlet);
      await clock.sleep(50);
    });
    expect(collected.blocks.map(({ samples, timeMs }) => [samples.length, samples[0], timeMs])).toEqual([
      [320, 0.125, 90],
      [320, 0.125, 110],
    ]);
  });

  test('never gives NaN or infinities', async () => {
    const { clock, host, collected, open } = setUp();
    host.addInput({ name: 'Broken' }).hear((timeMs) => (timeMs < 10 ? Number.NaN : Number.NEGATIVE_INFINITY));
    await clock.run(async () => {
      await open();
      await clock.sleep(50);
    });
    expect(collected.samples.length).toBeGreaterThan(0);
    expect(collected.samples.every((y) => y === 0)).toBe(true);
  });

  test('gives the same block and the same samples again and again', async () => {
    const { clock, host, capture } = setUp();
    host.addInput({ name: 'Headset', blockFrames: 100 });
    const seen = new Set<unknown>();
    await clock.run(async () => {
      await capture.open();
      capture.start(inlet((block) => seen.add(block).add(block.samples)));
      await clock.sleep(200);
    });
    expect(seen.size).toBe(2);
  });

  test('ends with what was captured so far, and is given back', async () => {
    const { clock, host, collected, open, capture } = setUp();
    const headset = host.addInput({ name: 'Headset', latencyMs: 0, blockFrames: 120 });
    await clock.run(async () => {
      await open();
      await clock.sleep(26);
      await capture.stop();
      await capture.stop();
      await clock.sleep(100);
    });
    expect(collected.blocks.map(({ samples }) => samples.length)).toEqual([480, 480, 240]);
    expect(collected.calls).toEqual(['push', 'push', 'push', 'end']);
    expect([headset.openStreams, capture.device]).toEqual([0, undefined]);
  });
});

describe('at the start', () => {
  test.each([
    ['device-none', undefined, () => {}],
    ['device-none', 'Headset', () => {}],
    ['device-not-found', 'Hedset', (host: FakeHost) => host.addInput({ name: 'Headset' })],
    ['device-busy', undefined, (host: FakeHost) => host.addInput({ name: 'a' }).refuse('device-busy')],
    ['device-denied', undefined, (host: FakeHost) => host.addInput({ name: 'a' }).refuse('device-denied')],
    [
      'device-ambiguous',
      'headset',
      (host: FakeHost) => {
        host.addInput({ name: 'Headset 1' });
        host.addInput({ name: 'Headset 2' });
      },
    ],
  ])('says %s', async (code, device, prepare) => {
    const { host, capture, told } = setUp(device === undefined ? {} : { device });
    prepare(host);
    const error = await refused(capture.open());
    expect([error?.code, error?.kind]).toEqual([code, 'device']);
    expect(told).toEqual([]);
  });

  test('may be tried again after an error', async () => {
    const { clock, host, open, capture, collected } = setUp();
    expect((await refused(capture.open()))?.code).toBe('device-none');
    host.addInput({ name: 'Headset' });
    await clock.run(async () => {
      await open();
      await clock.sleep(100);
    });
    expect(collected.blocks.length).toBeGreaterThan(5);
  });

  test('takes a device by a part of its name', async () => {
    const { clock, host, open, capture } = setUp({ device: 'head' });
    host.addInput({ name: 'Built-in' });
    host.addInput({ name: 'USB Headset' });
    await clock.run(open);
    expect(capture.device?.name).toBe('USB Headset');
  });

  test('refuses to be opened or started twice, or started before it is open', async () => {
    const { clock, host, open, capture, collected } = setUp();
    host.addInput({ name: 'Headset' });
    expect(() => capture.start(collected.outlet)).toThrow(TypeError);
    await clock.run(async () => {
      await open();
      await expect(capture.open()).rejects.toThrow(TypeError);
      expect(() => capture.start(collected.outlet)).toThrow(TypeError);
    });
    expect(() => setUp({ blockMs: 0 })).toThrow(/received 0/);
  });
});

describe('stopped', () => {
  test('while it opens, it leaves nothing open, and ends what is started afterwards', async () => {
    const { clock, host, capture, collected } = setUp();
    const headset = host.addInput({ name: 'Headset', openingMs: 200 });
    await clock.run(async () => {
      const opening = capture.open();
      await clock.sleep(100);
      await capture.stop();
      expect([clock.now(), headset.openStreams]).toEqual([200, 0]);
      await clock.waitFor('a timer that was left', new Promise(() => {})).catch(() => {});
      expect(clock.now()).toBe(200);
      await opening;
      capture.start(collected.outlet);
      await clock.sleep(1000);
    });
    expect(collected.calls).toEqual(['end']);
    await expect(capture.open()).rejects.toThrow(TypeError);
  });

  test('while it waits for a device, it does not wait any longer', async () => {
    const { clock, host, open, capture } = setUp({ device: 'Headset' });
    const headset = microphone(host, { name: 'Headset' });
    await clock.run(async () => {
      await open();
      host.unplug(headset);
      await clock.sleep(500);
      await capture.stop();
      expect(clock.now()).toBe(500);
    });
  });

  test('it listens to the driver no more', async () => {
    const driver = new HandDriver();
    const { clock, open, capture } = setUp({ host: driver });
    await clock.run(open);
    expect(driver.listeners.size).toBe(1);
    await capture.stop();
    expect(driver.listeners.size).toBe(0);
  });

  test('before it was opened, it does nothing', async () => {
    const { capture } = setUp();
    await capture.stop();
    await expect(capture.open()).rejects.toThrow(TypeError);
  });

  test.each([
    ['waits for a device', 250],
    ['is opened again', 700],
    ['has just come back', 901],
  ])('while it %s, it leaves nothing open and says nothing more', async (_, afterMs) => {
    const { clock, host, open, capture, collected, told } = setUp({ device: 'Headset' });
    const headset = microphone(host, { name: 'Headset', openingMs: 400 });
    await clock.run(async () => {
      await open();
      await clock.sleep(100);
      host.unplug(headset);
      await clock.sleep(10);
      host.plug(headset);
      await clock.sleep(afterMs - 10);
      await capture.stop();
      const calls = collected.calls.length;
      await clock.sleep(5000);
      expect(collected.calls).toHaveLength(calls);
    });
    expect(collected.calls.at(-1)).toBe('end');
    expect(collected.calls.filter((call) => call === 'end')).toHaveLength(1);
    expect([headset.openStreams, told.length]).toEqual([0, 1]);
  });

  test('from within its own inlet, it ends there', async () => {
    const { clock, host, capture } = setUp();
    const headset = host.addInput({ name: 'Headset', blockFrames: 4800 });
    const calls: string[] = [];
    await clock.run(async () => {
      await capture.open();
      const push = () => {
        calls.push('push');
        if (calls.length === 3) void capture.stop();
      };
      capture.start(inlet(push, () => calls.push('end')));
      await clock.sleep(500);
    });
    expect(calls).toEqual(['push', 'push', 'push', 'end']);
    expect(headset.openStreams).toBe(0);
  });
});

test('an error behind the inlet never goes back into the driver, and is not hidden', async () => {
  const driver = new HandDriver();
  const { clock, capture } = setUp({ host: driver });
  let wentBack = true;
  const running = clock.run(async () => {
    await capture.open();
    capture.start(
      inlet(() => {
        throw new Error('a fault of the path');
      }),
    );
    driver.give({});
    wentBack = false;
    await clock.sleep(100);
  });
  await expect(running).rejects.toThrow('a fault of the path');
  expect(wentBack).toBe(false);
});

test('frames that were lost before the start are not made up for', async () => {
  const driver = new HandDriver();
  const { clock, open, collected, capture } = setUp({ host: driver });
  await clock.run(open);
  driver.give({ timeMs: 100, lostFrames: 4800 });
  expect(collected.blocks.map(({ timeMs }) => timeMs)).toEqual([100]);
  expect(capture.overruns).toBe(1);
});

test('a stream that dies before it was open is an error at the start', async () => {
  const driver = new HandDriver();
  driver.diesWhileOpening = true;
  const { capture } = setUp({ host: driver });
  expect((await refused(capture.open()))?.code).toBe('device-lost');
});
