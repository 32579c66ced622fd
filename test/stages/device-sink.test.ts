import { describe, expect, test } from 'vitest';
import type { AudioBlock } from '../../src/audio/audio-block.ts';
import { VirtualClock } from '../../src/clock.ts';
import type { AudioHost, OutputStream } from '../../src/devices/audio-host.ts';
import type { DeviceNotice } from '../../src/devices/device-notice.ts';
import { FakeHost } from '../../src/devices/fake/fake-host.ts';
import type { FakeOutput, FakeOutputOptions } from '../../src/devices/fake/fake-output.ts';
import { DeviceSink, type DeviceSinkOptions } from '../../src/stages/device-sink.ts';
import { LateClock } from './device-sink/late-clock.ts';

const RATE_HZ = 24_000;
/** The ramp rises by so much in each sample, and says with each value which sample it is. */
const STEP = 2 ** -21;

interface Kept {
  readonly first: number;
  readonly count: number;
  readonly timeMs: number;
}

/** A sink that plays an endless ramp on a host of fake devices. */
function listening(outputs: readonly FakeOutputOptions[], options: Partial<DeviceSinkOptions> = {}) {
  const clock = new VirtualClock();
  const late = new LateClock(clock);
  const host = new FakeHost({ clock });
  const [output, other] = outputs.map((each) => host.addOutput(each));
  const notices: DeviceNotice[] = [];
  const played: Kept[] = [];
  const recalled: number[] = [];
  let pulled = 0;
  const source = {
    pull(out: Float32Array): void {
      for (let i = 0; i < out.length; i++) out[i] = ++pulled * STEP;
    },
  };
  const sink = new DeviceSink({
    clock: late,
    host,
    source,
    rateHz: RATE_HZ,
    onPlay: ({ samples, timeMs }: AudioBlock) => {
      played.push({ first: Math.round((samples[0] as number) / STEP), count: samples.length, timeMs });
    },
    onRecalled: (fromMs) => void recalled.push(fromMs),
    onNotice: (notice) => void notices.push(notice),
    ...options,
  });
  return {
    clock,
    late,
    host,
    output: output as FakeOutput,
    other: other as FakeOutput,
    sink,
    notices,
    played,
    recalled,
    pulled: () => pulled,
    /** Plays for a while on the virtual clock. */
    run: (main: () => Promise<void>) =>
      clock.run(async () => {
        await sink.open();
        sink.start();
        await main();
        await sink.stop();
      }),
  };
}

/** When the sample sounds on a device, by what that has really played. */
function soundsAt(output: FakeOutput, sample: number): number | undefined {
  for (const { samples, channels, startMs, msPerFrame } of output.runs) {
    for (let frame = 1; frame < samples.length / channels; frame++) {
      const [before, here] = [samples[(frame - 1) * channels], samples[frame * channels]] as [number, number];
      if (before < sample * STEP && here >= sample * STEP - STEP / 4) return startMs + frame * msPerFrame;
    }
  }
  return undefined;
}

/** The samples of the ramp that a device has sounded, first and last. */
function range(output: FakeOutput, run = 0): [number, number] {
  const heard = [...(output.runs[run]?.samples ?? [])].filter((value) => value > STEP / 2);
  return [Math.round((heard[0] ?? 0) / STEP), Math.round((heard.at(-1) ?? 0) / STEP)];
}

describe('a device sink', () => {
  test('plays silence until it is started, and pulls nothing', async () => {
    const { clock, sink, output, pulled } = listening([{ name: 'Speakers' }]);
    await clock.run(async () => {
      await sink.open();
      await clock.sleep(500);
      expect(pulled()).toBe(0);
      expect(sink.statistics.levelMs).toBeGreaterThan(10);
      expect(sink.statistics.underruns).toBe(0);
      await sink.stop();
    });
    expect(output.runs[0]?.samples.every((sample) => sample === 0)).toBe(true);
  });

  test('keeps 40 ms in the queue, or what is asked for, and half of it while it is silent', async () => {
    for (const queueMs of [undefined, 60]) {
      const { clock, sink, run } = listening(
        [{ name: 'Speakers', blockFrames: 240 }],
        queueMs === undefined ? {} : { queueMs },
      );
      const wanted = queueMs ?? 40;
      const levels: number[] = [];
      await run(async () => {
        for (let n = 0; n < 200; n++) {
          await clock.sleep(5.3);
          levels.push(sink.statistics.levelMs);
        }
      });
      expect(Math.min(...levels.slice(1))).toBeGreaterThanOrEqual(wanted - 6);
      expect(Math.max(...levels)).toBeLessThan(wanted + 10);
    }
    const { clock, sink } = listening([{ name: 'Speakers', blockFrames: 240 }]);
    await clock.run(async () => {
      await sink.open();
      await clock.sleep(500);
      expect(sink.statistics.levelMs).toBeLessThanOrEqual(30);
      await sink.stop();
    });
  });

  test('keeps all of the queue for a device that takes much at a time', async () => {
    const { clock, sink } = listening([{ name: 'Speakers', blockFrames: 1440 }], { queueMs: 60 });
    await clock.run(async () => {
      await sink.open();
      await clock.sleep(300);
      const { underruns } = sink.statistics;
      await clock.sleep(2000);
      expect(sink.statistics.underruns).toBe(underruns);
      await sink.stop();
    });
  });

  test('is paced by the device, however far off its clock is', async () => {
    const { clock, run, pulled, sink } = listening([{ name: 'Speakers', driftPpm: 900 }]);
    await run(async () => {
      await clock.sleep(60_000);
      const expectedMs = 60_000 * 1.0009;
      expect(Math.abs(pulled() / 24 - expectedMs)).toBeLessThan(60);
      expect(sink.statistics).toMatchObject({ underruns: 0, resyncs: 0 });
    });
  });

  test('plays on all channels of the device, and NaN and infinities as silence', async () => {
    const clock = new VirtualClock();
    const host = new FakeHost({ clock });
    const stereo = host.addOutput({ name: 'Speakers', rateHz: RATE_HZ, channels: 2 });
    const openOutput = host.openOutput.bind(host);
    host.openOutput = (options) => openOutput({ ...options, channels: 2 });
    const values = [Number.NaN, 0.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    let at = 0;
    const source = {
      pull: (out: Float32Array) => {
        for (let i = 0; i < out.length; i++) out[i] = values[at++ % 4] as number;
      },
    };
    const sink = new DeviceSink({ clock, host, source, rateHz: RATE_HZ, onNotice: () => {} });
    await clock.run(async () => {
      await sink.open();
      sink.start();
      await clock.sleep(200);
      await sink.stop();
    });
    const samples = stereo.runs[0]?.samples.slice(4800, 4816);
    expect([...(samples ?? [])].sort()).toEqual([...new Array(12).fill(0), ...new Array(4).fill(0.5)]);
    expect(stereo.runs[0]?.samples.every((sample, i, all) => sample === all[i - (i % 2)])).toBe(true);
  });

  test('says what is wrong when it is opened', async () => {
    const nothing = listening([]);
    await expect(nothing.clock.run(() => nothing.sink.open())).rejects.toMatchObject({ code: 'device-none' });
    const busy = listening([{ name: 'Speakers' }]);
    busy.output.refuse('device-busy');
    await expect(busy.clock.run(() => busy.sink.open())).rejects.toMatchObject({ code: 'device-busy' });
    const other = listening([{ name: 'Speakers' }], { device: 'Headset' });
    await expect(other.clock.run(() => other.sink.open())).rejects.toMatchObject({
      code: 'device-not-found',
    });
    expect([nothing, busy, other].flatMap(({ notices }) => notices)).toEqual([]);
  });

  test('refuses a rate and a queue that are none', () => {
    expect(() => listening([], { rateHz: 0 })).toThrow(RangeError);
    expect(() => listening([], { queueMs: 0 })).toThrow(RangeError);
  });

  test('gives the device back when it is stopped, even while it opens', async () => {
    const { clock, sink, output } = listening([{ name: 'Speakers', openingMs: 100 }]);
    await clock.run(async () => {
      const opening = sink.open();
      await clock.sleep(50);
      await Promise.all([sink.stop(), opening]);
      expect(output.openStreams).toBe(0);
      await clock.sleep(3000);
      expect(output.openStreams).toBe(0);
    });
  });
});

describe('the time at which a block is heard', () => {
  test.each([
    [48_000, 10, 0],
    [48_000, 10, 250],
    [44_100, 5, -250],
    [24_000, 20, 100],
    [48_000, 21.333, 200],
  ])('is right and steady at %d Hz in blocks of %d ms with %d ppm', async (rateHz, blockMs, driftPpm) => {
    const blockFrames = Math.round((rateHz * blockMs) / 1000);
    const { clock, run, output, played } = listening([{ name: 'Speakers', rateHz, blockFrames, driftPpm }]);
    await run(() => clock.sleep(12_000));
    const from = output.runs[0] as { startMs: number; msPerFrame: number; samples: Float32Array };
    const { samples } = from;
    let frame = 0;
    const wrong = played.slice(100, -10).map(({ first, timeMs }) => {
      while ((samples[frame] as number) < first * STEP - STEP / 4) frame++;
      return timeMs - (from.startMs + frame * from.msPerFrame);
    });
    expect(Math.max(...wrong.map(Math.abs))).toBeLessThan(0.3);
  });

  test('jumps where the device ran dry, and is right again', async () => {
    const { clock, late, run, sink, output, played } = listening([{ name: 'Speakers' }]);
    late.stall(2000, 150);
    await run(async () => {
      await clock.sleep(4000);
      expect(sink.statistics.underruns).toBe(1);
    });
    const lasting = played.findIndex(({ timeMs }) => timeMs > 2100);
    const gapMs =
      (played[lasting]?.timeMs ?? 0) -
      (played[lasting - 1]?.timeMs ?? 0) -
      (played[lasting]?.count ?? 0) / 24;
    expect(gapMs).toBeGreaterThan(80);
    for (const { first, timeMs } of played.slice(lasting + 8, lasting + 100).filter((_, n) => n % 20 === 0)) {
      expect(Math.abs(timeMs - (soundsAt(output, first) ?? 0))).toBeLessThan(2.5);
    }
  });
});

describe('flush', () => {
  test('silences the device within its block, and says exactly what is not heard', async () => {
    for (const rateHz of [24_000, 44_100, 48_000]) {
      const { clock, run, sink, output, pulled, played, recalled } = listening([
        { name: 'Speakers', rateHz },
      ]);
      await run(async () => {
        await clock.sleep(1234.5);
        const before = pulled();
        const unheard = sink.flush();
        expect(pulled()).toBe(before);
        expect(unheard / 24).toBeGreaterThan(25);
        const lastMs = clock.now();
        const { timeMs, count } = played.at(-1) as Kept;
        expect(recalled).toEqual([expect.closeTo(timeMs + (count - unheard) / 24, 9)]);
        await clock.sleep(100);
        const heard = before - unheard;
        const [, last] = range(output);
        expect(last).toBeGreaterThan(before);
        const soundsMs = soundsAt(output, heard) ?? 0;
        expect(soundsMs - lastMs).toBeLessThan(10 + output.latencyMs + 0.1);
        expect(soundsAt(output, heard + 3)).toBeGreaterThan(soundsMs + 5);
      });
    }
  });

  test('never lets the device find its queue empty', async () => {
    const { clock, run, sink } = listening([{ name: 'Speakers' }]);
    await run(async () => {
      for (let n = 0; n < 50; n++) {
        await clock.sleep(23.1);
        sink.flush();
        sink.flush();
      }
      expect(sink.statistics.underruns).toBe(0);
    });
  });

  test('has nothing to take back before the start', async () => {
    const { clock, sink, recalled } = listening([{ name: 'Speakers' }]);
    await clock.run(async () => {
      expect(sink.flush()).toBe(0);
      await sink.open();
      await clock.sleep(200);
      expect(sink.flush()).toBe(0);
      await sink.stop();
    });
    expect(recalled).toEqual([]);
  });
});

describe('when the loudspeaker is unplugged', () => {
  test('the default that is left goes on, within a moment, where the other stopped', async () => {
    const { clock, host, run, sink, output, other, notices, recalled } = listening([
      { name: 'Headset', rateHz: 24_000, blockFrames: 240 },
      { name: 'Speakers', rateHz: 24_000, blockFrames: 240 },
    ]);
    await run(async () => {
      await clock.sleep(1000);
      host.unplug(output);
      await clock.sleep(1000);
      expect(sink.output?.device.name).toBe('Speakers');
      expect(sink.statistics).toMatchObject({ reopened: 1, underruns: 0 });
      expect(recalled).toHaveLength(1);
    });
    expect(notices).toEqual([
      {
        level: 'warning',
        code: 'device-lost',
        message: 'the loudspeaker "Headset" is gone: the answer waits until there is one again',
      },
      { level: 'info', code: 'device-switched', message: 'the loudspeaker is now "Speakers"' },
    ]);
    const [, last] = range(output);
    const [first, end] = range(other);
    // What sounded, and what the headset had taken and was on its way to the air.
    expect(last / 24).toBeGreaterThan(950);
    expect((first - last) / 24).toBeLessThanOrEqual(output.latencyMs + 10);
    expect(first).toBeGreaterThan(last);
    expect(other.runs[0]?.samples.filter((sample) => sample > 0)).toHaveLength(end - first + 1);
  });

  test('nothing is pulled while there is none, and a flush says what was not heard of what went down with it', async () => {
    const { clock, host, run, sink, output, pulled, notices } = listening([
      { name: 'Headset', rateHz: 24_000 },
    ]);
    await run(async () => {
      await clock.sleep(1000);
      host.unplug(output);
      const before = pulled();
      await clock.sleep(5000);
      expect(pulled()).toBe(before);
      expect(sink.output).toBeUndefined();
      const unheard = sink.flush();
      expect(unheard / 24).toBeGreaterThan(25);
      expect(unheard / 24).toBeLessThan(60);
      expect(sink.flush()).toBe(0);
      host.plug(output);
      await clock.sleep(600);
      expect(pulled()).toBeGreaterThan(before);
    });
    // It was dropped: what comes next is new.
    expect(range(output, 1)[0]).toBe(pulledBefore(output) + 1);
    expect(notices.map(({ code }) => code)).toEqual(['device-lost', 'device-back']);
  });

  test.each(['write', 'queuedFrames', 'flush'] as const)(
    'not a sample is lost where the driver finds it out in %s',
    async (member) => {
      const { clock, host, run, sink, output } = listening([
        { name: 'Speakers', rateHz: 24_000, blockFrames: 48, latencyMs: 0 },
      ]);
      let isGone = false;
      const openOutput = host.openOutput.bind(host);
      host.openOutput = async (options) => {
        const stream = await openOutput(options);
        return new Proxy(stream, {
          get(target, name) {
            if (isGone && name === member) {
              isGone = false;
              output.lose();
            }
            const value: unknown = Reflect.get(target, name);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        });
      };
      await run(async () => {
        await clock.sleep(1000);
        isGone = true;
        if (member === 'flush') {
          expect(sink.flush() / 24).toBeGreaterThan(25);
          expect(sink.flush()).toBe(0);
        }
        await clock.sleep(1000);
        expect(sink.statistics.reopened).toBe(1);
      });
      const missing = range(output, 1)[0] - range(output, 0)[1] - 1;
      // What it has played since it was looked at last comes twice.
      expect(missing / 24).toBeGreaterThanOrEqual(-4.7);
      // The block that the device was in the middle of, or what was flushed.
      if (member === 'flush') expect(missing / 24).toBeLessThan(60);
      else expect(missing).toBeLessThanOrEqual(48);
    },
  );

  test('one that was asked for is waited for, whatever else there is', async () => {
    const { clock, host, run, sink, output, notices } = listening(
      [{ name: 'Headset' }, { name: 'Speakers' }],
      {
        device: 'head',
      },
    );
    await run(async () => {
      host.makeDefault(output);
      await clock.sleep(1000);
      host.unplug(output);
      await clock.sleep(3000);
      expect(sink.output).toBeUndefined();
      host.plug(output);
      await clock.sleep(600);
      expect(sink.output?.device.name).toBe('Headset');
    });
    expect(notices.map(({ message }) => message)).toEqual([
      'the loudspeaker "Headset" is gone: the answer waits until it is back',
      'the loudspeaker "Headset" is back',
    ]);
  });

  test('why it cannot be opened again is told once', async () => {
    const { clock, run, output, notices } = listening([{ name: 'Speakers' }]);
    await run(async () => {
      await clock.sleep(100);
      output.refuse('device-busy');
      output.lose();
      await clock.sleep(3000);
      output.allow();
      await clock.sleep(600);
    });
    expect(notices.map(({ code }) => code)).toEqual(['device-lost', 'device-busy', 'device-back']);
    expect(notices[1]?.message).toBe(
      'the loudspeaker "Speakers" is in use by another program: the answer waits, and it is tried again every half second',
    );
  });

  test('a stop while it is waited for ends the waiting', async () => {
    const { clock, host, sink, output } = listening([{ name: 'Speakers' }]);
    await clock.run(async () => {
      await sink.open();
      host.unplug(output);
      await clock.sleep(1200);
      await sink.stop();
      host.plug(output);
      await clock.sleep(3000);
      expect(output.openStreams).toBe(0);
    });
  });
});

test('a new default takes over while the old one is well, and not a sample is lost', async () => {
  const { clock, host, run, sink, output, other, notices } = listening([
    { name: 'Headset', rateHz: 24_000 },
    { name: 'Speakers', rateHz: 24_000, openingMs: 70 },
  ]);
  await run(async () => {
    await clock.sleep(1000);
    host.makeDefault(other);
    await clock.sleep(1000);
    expect(sink.output?.device.name).toBe('Speakers');
    expect(output.openStreams).toBe(0);
  });
  expect(notices.map(({ code }) => code)).toEqual(['device-switched']);
  expect(Math.abs(range(other)[0] - range(output)[1] - 1)).toBeLessThanOrEqual(240);
});

test('another rate is another stream with another resampler', async () => {
  const { clock, run, sink, output, notices } = listening([{ name: 'Speakers', rateHz: 48_000 }]);
  await run(async () => {
    await clock.sleep(1000);
    output.changeRate(44_100);
    await clock.sleep(1000);
    expect(sink.output).toMatchObject({ rateHz: 44_100 });
  });
  expect(notices).toEqual([
    { level: 'info', code: 'device-changed', message: 'the loudspeaker "Speakers" now runs at 44100 Hz' },
  ]);
  const last = Math.max(...(output.runs[0]?.samples ?? []));
  const onset = output.runs[1]?.samples.findIndex((sample) => sample > last / 2) ?? 0;
  // 10 ms later the filter has settled.
  const first = (output.runs[1]?.samples[onset + 441] ?? 0) - 240 * STEP;
  expect(Math.abs(first - last) / STEP / 24).toBeLessThan(22);
});

test('a loudspeaker that takes nothing any more is opened anew', async () => {
  const { clock, run, sink, output, notices } = listening([{ name: 'Speakers' }]);
  await run(async () => {
    await clock.sleep(1000);
    output.stall();
    await clock.sleep(1500);
    expect(notices).toEqual([]);
    await clock.sleep(800);
    output.resume();
    await clock.sleep(500);
    expect(sink.statistics.reopened).toBe(1);
  });
  expect(notices.map(({ code }) => code)).toEqual(['device-stalled', 'device-back']);
});

test('a queue far over its target is waited for, and counted once', async () => {
  const clock = new VirtualClock();
  let queued = 0;
  const stream: OutputStream = {
    device: { id: 's', name: 's', kind: 'output', channels: 1, rateHz: RATE_HZ, isDefault: true },
    rateHz: RATE_HZ,
    channels: 1,
    get writableFrames() {
      return 100_000 - queued;
    },
    get queuedFrames() {
      return queued;
    },
    latencyMs: 10,
    underruns: 0,
    write(samples) {
      queued += samples.length;
    },
    flush: () => 0,
    close: async () => {},
  };
  const host: AudioHost = {
    driver: 'test',
    description: 'one loudspeaker',
    devices: async () => [stream.device],
    openInput: () => Promise.reject(new Error('it has no microphone')),
    openOutput: async () => stream,
    onDefaultChanged: () => () => {},
    close: async () => {},
  };
  let pulls = 0;
  const source = {
    pull(out: Float32Array): void {
      out.fill(0.5);
      pulls++;
    },
  };
  const sink = new DeviceSink({ clock, host, source, rateHz: RATE_HZ, onNotice: () => {} });
  const play = () => {
    queued = Math.max(0, queued - 240);
    clock.at(clock.now() + 10, play);
  };
  await clock.run(async () => {
    await sink.open();
    play();
    sink.start();
    await clock.sleep(500);
    queued += 9600;
    const before = pulls;
    await clock.sleep(300);
    expect(pulls).toBe(before);
    await clock.sleep(500);
    expect(pulls).toBeGreaterThan(before);
    expect(sink.statistics.resyncs).toBe(1);
    await sink.stop();
  });
});

/** The last sample that was written before the device was unplugged, of one that pulls 10 ms at a time. */
function pulledBefore(output: FakeOutput): number {
  const [, last] = range(output, 0);
  const [first] = range(output, 1);
  return last < first ? first - 1 : last;
}
