import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock.ts';
import { FakeHost } from '../../../src/devices/fake/fake-host.ts';
import type { FakeInput } from '../../../src/devices/fake/fake-input.ts';
import { openUplink } from '../../../src/paths/uplink.ts';
import { inlet } from '../../../src/pipeline/inlet.ts';
import { HandDriver, hasTrueTimes, isWhole, microphone, seams, setUp, silences } from './capturing.ts';

describe('a microphone that is unplugged', () => {
  test('by the name that was asked for, is waited for in silence, and told of once', async () => {
    const { clock, host, open, told, collected, arrivals, capture } = setUp({ device: 'Headset' });
    const headset = microphone(host, { name: 'Headset' });
    microphone(host, { name: 'Built-in' });
    await clock.run(async () => {
      await open();
      await clock.sleep(1003);
      host.unplug(headset);
      await clock.sleep(1);
      expect(capture.device).toBeUndefined();
      await clock.sleep(9000);
      host.plug(headset);
      await clock.sleep(2000);
    });
    expect(told).toEqual([
      '1003 warning device-lost: the microphone "Headset" is gone: silence is sent until it is back',
      '10523 info device-back: the microphone "Headset" is back',
    ]);
    expect([isWhole(collected), hasTrueTimes(collected)]).toEqual([true, true]);
    // What went out as silence before the first sound came is not sent twice.
    expect(silences(collected)).toEqual([[990, 10_520]]);
    expect(collected.calls.filter((call) => call !== 'push')).toEqual(['reset']);
    expect(capture.reopened).toBe(1);
    const silent = arrivals.filter((atMs) => atMs > 1030 && atMs < 10_500);
    expect(silent.every((atMs, n) => n === 0 || Math.abs(atMs - (silent[n - 1] ?? 0) - 10) < 1e-6)).toBe(
      true,
    );
  });

  test('where it was the default, gives way to the new default at once', async () => {
    const { clock, host, open, told, collected } = setUp();
    const headset = microphone(host, { name: 'Headset' });
    microphone(host, { name: 'Built-in' });
    await clock.run(async () => {
      await open();
      await clock.sleep(1003);
      host.unplug(headset);
      await clock.sleep(1000);
    });
    expect(told).toEqual([
      '1003 warning device-lost: the microphone "Headset" is gone: silence is sent until there is one again',
      '1023 info device-switched: the microphone is now "Built-in"',
    ]);
    expect([isWhole(collected), hasTrueTimes(collected)]).toEqual([true, true]);
    expect(silences(collected)).toEqual([[990, 1020]]);
  });

  test('where it was the only one, is followed by the first that is plugged in', async () => {
    const { clock, host, open, told } = setUp();
    const headset = microphone(host, { name: 'Headset' });
    await clock.run(async () => {
      await open();
      host.unplug(headset);
      await clock.sleep(5500);
      microphone(host, { name: 'Other' });
      await clock.sleep(500);
    });
    expect(told[1]).toBe('5520 info device-switched: the microphone is now "Other"');
  });

  test('within a block leaves no hole there', async () => {
    const { clock, host, open, collected } = setUp();
    const headset = microphone(host, { name: 'Headset', blockFrames: 317 });
    microphone(host, { name: 'Built-in', blockFrames: 203, rateHz: 44_100 });
    await clock.run(async () => {
      await open();
      await clock.sleep(1003);
      host.unplug(headset);
      await clock.sleep(1000);
    });
    expect([isWhole(collected), hasTrueTimes(collected)]).toEqual([true, true]);
    expect(collected.blocks.at(-1)?.rateHz).toBe(44_100);
  });

  test('is heard of before the start, and silence begins with the start', async () => {
    const { clock, host, capture, collected, told } = setUp({ device: 'Headset' });
    const headset = microphone(host, { name: 'Headset' });
    await clock.run(async () => {
      await capture.open();
      host.unplug(headset);
      await clock.sleep(500);
      capture.start(collected.outlet);
      await clock.sleep(1005);
    });
    expect(told).toHaveLength(1);
    expect(collected.blocks).toHaveLength(100);
    expect(collected.blocks[0]?.timeMs).toBe(500);
  });

  test('fails for another reason, and the reason is told', async () => {
    const { clock, host, open, told } = setUp();
    const headset = microphone(host, { name: 'Headset' });
    await clock.run(async () => {
      await open();
      headset.lose('device-failed');
      await clock.sleep(500);
    });
    expect(told).toEqual([
      '0 warning device-failed: the microphone "Headset" failed: silence is sent until there is one again',
      '20 info device-back: the microphone "Headset" is back',
    ]);
  });
});

describe('another default', () => {
  test('is followed while the default is in use', async () => {
    const { clock, host, open, told, collected, capture } = setUp();
    const before = microphone(host, { name: 'Built-in' });
    const next = microphone(host, { name: 'Headset' });
    await clock.run(async () => {
      await open();
      await clock.sleep(1003);
      host.makeDefault(next);
      await clock.sleep(1000);
    });
    expect(told).toEqual(['1023 info device-switched: the microphone is now "Headset", the new default']);
    expect([before.openStreams, next.openStreams, capture.device?.name]).toEqual([0, 1, 'Headset']);
    expect([isWhole(collected), hasTrueTimes(collected)]).toEqual([true, true]);
    expect(silences(collected)).toEqual([[990, 1020]]);
  });

  test('is heard as soon as it is open, and the old one until then', async () => {
    const { clock, host, open, collected } = setUp();
    microphone(host, { name: 'Built-in' });
    const next = microphone(host, { name: 'Headset', openingMs: 300 });
    await clock.run(async () => {
      await open();
      await clock.sleep(1003);
      host.makeDefault(next);
      await clock.sleep(1000);
    });
    expect([isWhole(collected), hasTrueTimes(collected)]).toEqual([true, true]);
    expect(silences(collected)).toEqual([[1290, 1320]]);
    expect(collected.calls.filter((call) => call !== 'push')).toEqual(['reset']);
  });

  test('that cannot be opened leaves the old one in use', async () => {
    const { clock, host, open, collected, told } = setUp();
    microphone(host, { name: 'Built-in' });
    const next = microphone(host, { name: 'Headset' });
    next.refuse('device-busy');
    await clock.run(async () => {
      await open();
      host.makeDefault(next);
      await clock.sleep(3000);
    });
    expect(told).toEqual([
      '0 warning device-busy: the microphone "Headset" is in use by another program: the microphone "Built-in" stays in use, and it is tried again every half second',
    ]);
    expect(silences(collected)).toEqual([]);
    expect(collected.calls).not.toContain('reset');
  });

  test('is nothing to a device that was asked for', async () => {
    const { clock, host, open, told, capture } = setUp({ device: 'Built-in' });
    microphone(host, { name: 'Built-in' });
    await clock.run(async () => {
      await open();
      await clock.sleep(100);
      host.makeDefault(microphone(host, { name: 'Headset' }));
      await clock.sleep(3000);
    });
    expect([capture.device?.name, told, capture.reopened]).toEqual(['Built-in', [], 0]);
  });

  test('that is the old one after all is no reason to leave it', async () => {
    const driver = new HandDriver();
    const { clock, open, capture } = setUp({ host: driver });
    await clock.run(async () => {
      await open();
      for (const listener of driver.listeners) listener('input');
      await clock.sleep(100);
    });
    expect([capture.device?.name, capture.reopened]).toEqual(['Hand', 0]);
  });

  test('that comes while the old one refuses to open is taken at once', async () => {
    const { clock, host, open, told } = setUp();
    const before = microphone(host, { name: 'Built-in', openingMs: 300 });
    const next = microphone(host, { name: 'Headset' });
    await clock.run(async () => {
      await open();
      before.refuse('device-busy');
      before.lose();
      await clock.sleep(100);
      host.makeDefault(next);
      await clock.sleep(1000);
    });
    expect(told.at(-1)).toBe('620 info device-switched: the microphone is now "Headset"');
  });

  test('of loudspeakers is nothing to a microphone', async () => {
    const { clock, host, open, capture } = setUp();
    microphone(host, { name: 'Built-in' });
    await clock.run(async () => {
      await open();
      host.addOutput({ name: 'Speaker' });
      await clock.sleep(100);
    });
    expect(capture.reopened).toBe(0);
  });

  test('that comes while one is being opened is found all the same', async () => {
    const { clock, host, open, capture } = setUp();
    const names = ['a', 'b', 'c'];
    const [, b, c] = names.map((name) => microphone(host, { name, openingMs: 300 }));
    await clock.run(async () => {
      await open();
      await clock.sleep(100);
      host.makeDefault(b as FakeInput);
      await clock.sleep(100);
      host.makeDefault(c as FakeInput);
      await clock.sleep(1000);
    });
    expect(capture.device?.name).toBe('c');
  });
});

describe('a changed rate', () => {
  test('goes on in blocks of the new rate behind a reset, on the same axis of time', async () => {
    const { clock, host, open, told, collected, capture } = setUp({ device: 'Headset' });
    const headset = microphone(host, { name: 'Headset' });
    await clock.run(async () => {
      await open();
      await clock.sleep(1003);
      headset.changeRate(44_100);
      await clock.sleep(1000);
    });
    expect(told).toEqual(['1023 info device-changed: the microphone "Headset" now runs at 44100 Hz']);
    expect(capture.rateHz).toBe(44_100);
    const first = collected.blocks.findIndex(({ rateHz }) => rateHz === 44_100);
    expect(collected.blocks.slice(first).every(({ samples }) => samples.length === 441)).toBe(true);
    const calls = collected.calls.filter((call, n) => call !== 'push' || collected.calls[n - 1] === 'reset');
    expect(calls).toEqual(['reset', 'push', 'reset', 'push']);
    expect([isWhole(collected), hasTrueTimes(collected)]).toEqual([true, true]);
  });

  test('lets an uplink be planned anew, and its frames go on', async () => {
    const { clock, host, capture } = setUp();
    const headset = microphone(host, { name: 'Headset' });
    const frames: number[] = [];
    const plans: string[] = [];
    const uplink = openUplink(
      'microphone',
      { wire: { format: 'pcm16', rateHz: 24_000 } },
      inlet(({ timeMs }) => frames.push(timeMs)),
      ({ description }) => plans.push(description),
    );
    await clock.run(async () => {
      await capture.open();
      capture.start(uplink);
      await clock.sleep(1003);
      headset.changeRate(44_100);
      await clock.sleep(1000);
    });
    expect(plans.map((plan) => plan.match(/resampler \d+→\d+/)?.[0])).toEqual([
      'resampler 48000→24000',
      'resampler 44100→24000',
    ]);
    expect(frames.length).toBeGreaterThanOrEqual(97);
    // A frame that was not full is dropped by each reset.
    expect(Math.max(...frames.slice(1).map((timeMs, n) => timeMs - (frames[n] ?? 0)))).toBeLessThan(40);
  });

  test('in the middle of a stream does as well', async () => {
    const clock = new VirtualClock();
    const driver = new HandDriver();
    const { collected, told, open } = setUp({ clock, host: driver });
    await clock.run(open);
    driver.give({ rateHz: 48_000, timeMs: 0 });
    driver.give({ rateHz: 16_000, timeMs: 10 });
    expect(collected.calls).toEqual(['push', 'reset', 'push']);
    expect(collected.blocks.map(({ samples, timeMs }) => [samples.length, timeMs])).toEqual([
      [480, 0],
      [160, 10],
    ]);
    expect(told).toEqual(['0 info device-changed: the microphone "Hand" now runs at 16000 Hz']);
  });
});

describe('a microphone that cannot be opened again', () => {
  test.each([
    ['device-busy', 'the microphone "Headset" is in use by another program'],
    ['device-denied', 'this program may not use the microphone "Headset"'],
  ] as const)('because of %s is tried every half second, and told of once', async (code, sentence) => {
    const { clock, host, open, told, collected } = setUp();
    const headset = microphone(host, { name: 'Headset' });
    await clock.run(async () => {
      await open();
      await clock.sleep(1003);
      headset.refuse(code);
      headset.lose();
      await clock.sleep(10_000);
      headset.allow();
      await clock.sleep(2000);
    });
    expect(told).toEqual([
      '1003 warning device-lost: the microphone "Headset" is gone: silence is sent until there is one again',
      `1003 warning ${code}: ${sentence}: silence is sent, and it is tried again every half second`,
      '11023 info device-back: the microphone "Headset" is back',
    ]);
    expect([isWhole(collected), hasTrueTimes(collected)]).toEqual([true, true]);
  });
});

describe('a stream that stalls', () => {
  test('for two seconds is opened anew, and time stays whole', async () => {
    const { clock, host, open, told, collected, capture } = setUp();
    const headset = microphone(host, { name: 'Headset' });
    await clock.run(async () => {
      await open();
      await clock.sleep(1003);
      headset.stall();
      await clock.sleep(8000);
      headset.resume();
      await clock.sleep(3000);
    });
    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(
      /^3\d\d\d(\.\d+)? warning device-stalled: the microphone "Headset" gave nothing for 2 s: it is opened anew, and silence is sent meanwhile$/,
    );
    expect(told[1]).toMatch(/^9\d\d\d(\.\d+)? info device-back: the microphone "Headset" is back$/);
    expect(capture.reopened).toBeGreaterThan(1);
    expect([isWhole(collected), hasTrueTimes(collected)]).toEqual([true, true]);
    expect(headset.openStreams).toBe(1);
  });

  test('for less goes on with silence for what was lost', async () => {
    const { clock, host, open, told, collected, capture } = setUp();
    const headset = microphone(host, { name: 'Headset' });
    await clock.run(async () => {
      await open();
      await clock.sleep(1003);
      headset.stall();
      await clock.sleep(900);
      headset.resume();
      await clock.sleep(500);
    });
    expect([told, capture.reopened, capture.overruns]).toEqual([[], 0, 1]);
    expect(capture.lostMs).toBeCloseTo(900, 9);
    expect([isWhole(collected), hasTrueTimes(collected)]).toEqual([true, true]);
  });
});

describe('frames that are lost', () => {
  test('are silence, and counted', async () => {
    const { clock, host, open, told, collected, capture } = setUp();
    const headset = microphone(host, { name: 'Headset' });
    await clock.run(async () => {
      await open();
      await clock.sleep(1003);
      headset.overrun(4321);
      await clock.sleep(500);
      headset.overrun(48_000);
      await clock.sleep(2000);
    });
    expect([capture.overruns, told]).toEqual([2, []]);
    expect(capture.lostMs).toBeCloseTo((4321 + 48_000) / 48, 9);
    expect(collected.samples.filter((y) => y === 0)).toHaveLength(4321 + 48_000);
    expect([isWhole(collected), hasTrueTimes(collected)]).toEqual([true, true]);
    expect(collected.calls).not.toContain('reset');
  });

  test('are a gap where they are more than a second, and told of', async () => {
    const { clock, host, open, told, collected, capture } = setUp();
    const headset = microphone(host, { name: 'Headset' });
    await clock.run(async () => {
      await open();
      await clock.sleep(1003);
      headset.overrun(72_000);
      await clock.sleep(3000);
    });
    expect(told).toEqual([
      '2510 warning device-overrun: 1.5 s of sound from the microphone "Headset" were lost',
    ]);
    expect(collected.samples.every((y) => y !== 0)).toBe(true);
    expect(hasTrueTimes(collected)).toBe(true);
    expect(seams(collected).filter((frames) => frames !== 0)).toEqual([72_000]);
    expect(collected.calls.filter((call) => call === 'reset')).toHaveLength(1);
    expect(capture.lostMs).toBeCloseTo(1500, 9);
  });
});

describe('a process that sleeps while there is no microphone', () => {
  /** Runs nothing that is due between five seconds and the time at which the process wakes up. */
  class SleepyClock extends VirtualClock {
    readonly #wakeMs: number;

    constructor(wakeMs: number) {
      super();
      this.#wakeMs = wakeMs;
    }

    override at(dueMs: number, task: () => void) {
      return super.at(dueMs > 5000 ? Math.max(dueMs, this.#wakeMs) : dueMs, task);
    }
  }

  test.each([
    ['a short time makes up for it', 7000, [], []],
    ['long leaves a gap', 65_000, [60_000 * 48], ['reset']],
  ])('%s', async (_, wakeMs, gaps, resets) => {
    const clock = new SleepyClock(wakeMs);
    const host = new FakeHost({ clock });
    const { open, collected } = setUp({ clock, host, device: 'Headset' });
    const headset = microphone(host, { name: 'Headset' });
    await clock.run(async () => {
      await open();
      await clock.sleep(1000);
      host.unplug(headset);
      await clock.sleep(10_000);
      await clock.sleep(500);
    });
    const holes = seams(collected).filter((frames) => frames !== 0);
    expect(holes.map((frames) => Math.round(frames / 4800) * 4800)).toEqual(gaps);
    expect(collected.calls.filter((call) => call === 'reset')).toEqual(['reset', ...resets]);
  });
});
