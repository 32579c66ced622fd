import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock.ts';
import type { CapturedBlock, DeviceKind } from '../../../src/devices/audio-host.ts';
import { FakeHost } from '../../../src/devices/fake/fake-host.ts';
import { echoInAir, samplesInAir } from '../../../src/devices/fake/sound-in-air.ts';
import type { VoiceloopError } from '../../../src/errors.ts';
import { Random } from '../../../src/random.ts';
import { decibels, fitTone, tone } from '../../wasm/tone.ts';

function setUp(seed = 1) {
  const clock = new VirtualClock();
  return { clock, host: new FakeHost({ clock, seed }) };
}

const noise = (length: number, seed = 1) => {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.uniform() - 0.5);
};

/** Takes what a microphone gives: copies of its blocks with the time at which they came, and what ended it. */
function recorder(clock: VirtualClock) {
  const blocks: (CapturedBlock & { atMs: number })[] = [];
  const lost: VoiceloopError[] = [];
  return {
    blocks,
    lost,
    onBlock: (block: CapturedBlock) =>
      void blocks.push({ ...block, samples: block.samples.slice(), atMs: clock.now() }),
    onLost: (error: VoiceloopError) => void lost.push(error),
    get samples() {
      return Float32Array.from(blocks.flatMap(({ samples }) => [...samples]));
    },
  };
}

const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: VoiceloopError) => error,
  );

describe('a microphone', () => {
  test('gives blocks of its own size, each after its last frame and the latency', async () => {
    const { clock, host } = setUp();
    host.addInput({ name: 'mic', rateHz: 44_100, blockFrames: 512, latencyMs: 7 });
    const taken = recorder(clock);
    await clock.run(async () => {
      await clock.sleep(100);
      await host.openInput(taken);
      await clock.sleep(50);
    });
    expect(taken.blocks.map(({ samples }) => samples.length)).toEqual([512, 512, 512]);
    taken.blocks.forEach(({ timeMs, atMs, rateHz }, n) => {
      expect(rateHz).toBe(44_100);
      expect(timeMs).toBeCloseTo(100 + (n * 512) / 44.1, 9);
      expect(atMs).toBeCloseTo(timeMs + 512 / 44.1 + 7, 9);
    });
  });

  test('hears samples to the bit, from the moment at which they begin to sound', async () => {
    const { clock, host } = setUp();
    const said = noise(4800);
    host.addInput({ name: 'mic' }).hear(samplesInAir(said, { rateHz: 48_000, startMs: 30 }));
    const taken = recorder(clock);
    await clock.run(async () => {
      await host.openInput(taken);
      await clock.sleep(200);
    });
    expect(taken.samples.subarray(1440, 1440 + 4800)).toEqual(said);
    expect(taken.samples.subarray(0, 1440).every((y) => y === 0)).toBe(true);
    expect(taken.samples.subarray(6240).every((y) => y === 0)).toBe(true);
  });

  test('hears the sum of sounds, each channel its own, until they end', async () => {
    const { clock, host } = setUp();
    const microphone = host.addInput({ name: 'mic', channels: 2, rateHz: 16_000 });
    const end = microphone.hear((_, channel) => (channel === 1 ? 0.5 : 0));
    microphone.hear(() => 0.25);
    const taken = recorder(clock);
    await clock.run(async () => {
      await host.openInput({ ...taken, channels: 2 });
      await clock.sleep(25);
      end();
      await clock.sleep(10);
    });
    expect(taken.blocks.map(({ samples }) => [...samples.subarray(0, 2)])).toEqual([
      [0.25, 0.75],
      [0.25, 0.25],
    ]);
  });

  test('runs fast or slow by its own sample clock', async () => {
    const { clock, host } = setUp();
    host.addInput({ name: 'fast', driftPpm: 500, latencyMs: 0 });
    host.addInput({ name: 'slow', driftPpm: -500, latencyMs: 0 });
    const takens = [recorder(clock), recorder(clock)];
    await clock.run(async () => {
      const devices = await host.devices();
      for (const [n, device] of devices.entries())
        await host.openInput({ ...(takens[n] ?? recorder(clock)), device });
      await clock.sleep(40_005);
    });
    expect(takens.map(({ blocks }) => blocks.length)).toEqual([4002, 3998]);
    expect(takens[0]?.blocks.at(-1)?.timeMs).toBeCloseTo(40_010 / 1.0005, 6);
  });

  test('gives blocks late as the system pleases, in order, with stamps that stay right, the same for a seed', async () => {
    const run = async (seed: number) => {
      const { clock, host } = setUp(seed);
      host.addInput({ name: 'mic', jitterMs: 25, latencyMs: 5 });
      const taken = recorder(clock);
      await clock.run(async () => {
        await host.openInput(taken);
        await clock.sleep(1000);
      });
      return taken.blocks;
    };
    const blocks = await run(1);
    const late = blocks.map(({ atMs }, n) => atMs - (n * 10 + 15));
    expect(Math.max(...late)).toBeGreaterThan(20);
    expect(Math.max(...late)).toBeLessThanOrEqual(25);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    blocks.forEach(({ timeMs }, n) => {
      expect(timeMs).toBeCloseTo(n * 10, 9);
    });
    expect((await run(1)).map(({ atMs }) => atMs)).toEqual(blocks.map(({ atMs }) => atMs));
    expect((await run(2)).map(({ atMs }) => atMs)).not.toEqual(blocks.map(({ atMs }) => atMs));
  });

  test('loses frames, and says how many before the next that it has', async () => {
    const { clock, host } = setUp();
    const microphone = host.addInput({ name: 'mic', rateHz: 16_000, latencyMs: 0 });
    microphone.hear((timeMs) => timeMs / 1000);
    const taken = recorder(clock);
    const overruns = await clock.run(async () => {
      const stream = await host.openInput(taken);
      await clock.sleep(25);
      microphone.overrun(200);
      await clock.sleep(40);
      return stream.overruns;
    });
    expect(taken.blocks.map(({ timeMs, lostFrames }) => [timeMs, lostFrames])).toEqual([
      [0, 0],
      [10, 0],
      [32.5, 200],
      [40, 0],
      [50, 0],
    ]);
    expect(taken.blocks[2]?.samples[0]).toBeCloseTo(0.0325, 6);
    expect(overruns).toBe(1);
  });

  test('stalls without a word, and goes on with what was lost meanwhile', async () => {
    const { clock, host } = setUp();
    const microphone = host.addInput({ name: 'mic', latencyMs: 0 });
    const taken = recorder(clock);
    await clock.run(async () => {
      await host.openInput(taken);
      await clock.sleep(15);
      microphone.stall();
      await clock.sleep(1000);
      expect(taken.blocks).toHaveLength(1);
      microphone.resume();
      await clock.sleep(10);
    });
    expect(taken.blocks.map(({ timeMs, lostFrames }) => [timeMs, lostFrames])).toEqual([
      [0, 0],
      [1010, 48_000],
    ]);
    expect(taken.lost).toEqual([]);
  });

  test('hears a loudspeaker later and not as loud', async () => {
    const { clock, host } = setUp();
    const loudspeaker = host.addOutput({ name: 'speaker', latencyMs: 12, driftPpm: 200 });
    const microphone = host.addInput({ name: 'mic', driftPpm: -150 });
    microphone.hear(echoInAir(loudspeaker, { delayMs: 40, gainDb: -20 }));
    const taken = recorder(clock);
    await clock.run(async () => {
      const stream = await host.openOutput({ onLost: () => {} });
      await host.openInput(taken);
      stream.write(tone(1000, 48_000, 4800, 0.5));
      await clock.sleep(200);
    });
    const first = taken.samples.findIndex((y) => y !== 0);
    expect(Math.abs(first / 48 - 52)).toBeLessThan(0.1);
    const heard = taken.samples.subarray(2640, 2640 + 3840);
    const fitted = fitTone(heard, 1000 * 1.00035, 48_000);
    expect(decibels(fitted.amplitude / 0.5)).toBeCloseTo(-20, 3);
    expect(decibels(fitted.residual / fitted.amplitude)).toBeLessThan(-80);
  });
});

describe('a loudspeaker', () => {
  const onLost = () => {};

  test('takes from the queue at its own pace, in its own blocks, and sounds a latency later', async () => {
    const { clock, host } = setUp();
    const loudspeaker = host.addOutput({ name: 'speaker', latencyMs: 12, blockFrames: 480 });
    const written = noise(1200);
    await clock.run(async () => {
      await clock.sleep(100);
      const stream = await host.openOutput({ onLost });
      expect([stream.latencyMs, stream.writableFrames, stream.queuedFrames]).toEqual([12, 4800, 0]);
      await clock.sleep(5);
      stream.write(written);
      expect([stream.writableFrames, stream.queuedFrames]).toEqual([3600, 1200]);
      await clock.sleep(10);
      expect(stream.queuedFrames).toBe(720);
      await clock.sleep(100);
    });
    // Written at 105, taken at 110, in the air at 122.
    expect(loudspeaker.soundBetween(122, 147)).toEqual(written);
    expect(loudspeaker.soundAt(122 - 1 / 48)).toBe(0);
    expect(loudspeaker.runs).toHaveLength(1);
    expect(loudspeaker.runs[0]?.startMs).toBe(112);
    expect(loudspeaker.runs[0]?.samples.subarray(480, 480 + 1200)).toEqual(written);
  });

  test('plays silence and counts an underrun each time the queue runs empty, but not before the first sound', async () => {
    const { clock, host } = setUp();
    const loudspeaker = host.addOutput({ name: 'speaker', latencyMs: 0 });
    const underruns = await clock.run(async () => {
      const stream = await host.openOutput({ onLost });
      await clock.sleep(55);
      expect(stream.underruns).toBe(0);
      for (const frames of [700, 480]) {
        stream.write(new Float32Array(frames).fill(0.5));
        await clock.sleep(100);
      }
      return stream.underruns;
    });
    expect(underruns).toBe(2);
    expect(loudspeaker.underruns).toBe(2);
    const heard = loudspeaker.soundBetween(0, 255);
    expect(heard.filter((y) => y === 0.5)).toHaveLength(1180);
    expect(heard.indexOf(0.5)).toBe(60 * 48);
    expect(heard.subarray(60 * 48 + 700, 160 * 48).every((y) => y === 0)).toBe(true);
  });

  test('holds no more than its queue, and refuses what is too much', async () => {
    const { clock, host } = setUp();
    host.addOutput({ name: 'speaker', rateHz: 16_000, channels: 2, queueMs: 50 });
    await clock.run(async () => {
      const stream = await host.openOutput({ onLost, channels: 2 });
      expect(stream.writableFrames).toBe(800);
      expect(() => stream.write(new Float32Array(1602))).toThrow(/takes 800 frames, received 801/);
      expect(() => stream.write(new Float32Array(3))).toThrow(RangeError);
      stream.write(new Float32Array(1600));
      expect(stream.writableFrames).toBe(0);
    });
  });

  test('goes silent by a flush but for what has left the queue, and says what will not be heard', async () => {
    const { clock, host } = setUp();
    const loudspeaker = host.addOutput({ name: 'speaker', latencyMs: 20 });
    await clock.run(async () => {
      const stream = await host.openOutput({ onLost });
      stream.write(new Float32Array(2400).fill(0.5));
      await clock.sleep(15);
      expect(stream.flush()).toBe(2400 - 960);
      expect([stream.queuedFrames, stream.underruns]).toEqual([0, 0]);
      await clock.sleep(100);
      expect(stream.underruns).toBe(0);
    });
    const heard = loudspeaker.soundBetween(0, 115);
    expect(heard.filter((y) => y !== 0)).toHaveLength(960);
    expect(heard.indexOf(0.5)).toBe(20 * 48);
  });

  test('plays rings of any length in order, over the end of the queue', async () => {
    const { clock, host } = setUp();
    const loudspeaker = host.addOutput({
      name: 'speaker',
      latencyMs: 0,
      blockFrames: 441,
      channels: 2,
      jitterMs: 4,
    });
    const written = noise(96_000);
    await clock.run(async () => {
      const stream = await host.openOutput({ onLost, channels: 2 });
      for (let sent = 0; sent < written.length; await clock.sleep(7)) {
        const count = Math.min(stream.writableFrames * 2, 1234, written.length - sent);
        stream.write(written.subarray(sent, sent + count));
        sent += count;
      }
      await clock.sleep(200);
      expect(stream.underruns).toBe(1);
    });
    const played = loudspeaker.runs[0]?.samples ?? new Float32Array();
    const start = played.findIndex((y) => y !== 0);
    expect(played.subarray(start, start + written.length)).toEqual(written);
  });

  test('runs by its own sample clock', async () => {
    const { clock, host } = setUp();
    const loudspeaker = host.addOutput({ name: 'fast', driftPpm: 1000, latencyMs: 0 });
    await clock.run(async () => {
      await host.openOutput({ onLost });
      await clock.sleep(10_004);
    });
    expect(loudspeaker.runs[0]?.frames).toBe(1002 * 480);
    expect(loudspeaker.runs[0]?.endMs).toBeCloseTo((1002 * 10) / 1.001, 6);
  });

  test('is silent while it stalls, and its queue does not fall', async () => {
    const { clock, host } = setUp();
    const loudspeaker = host.addOutput({ name: 'speaker', latencyMs: 0 });
    await clock.run(async () => {
      const stream = await host.openOutput({ onLost });
      stream.write(new Float32Array(4800).fill(0.5));
      await clock.sleep(15);
      loudspeaker.stall();
      await clock.sleep(500);
      expect(stream.queuedFrames).toBe(3840);
      loudspeaker.resume();
      await clock.sleep(200);
    });
    expect(loudspeaker.runs.map(({ startMs }) => startMs)).toEqual([0, 520]);
    expect(loudspeaker.soundBetween(20, 520).every((y) => y === 0)).toBe(true);
    expect(loudspeaker.soundAt(530)).toBe(0.5);
  });

  test('is silent from the moment at which it is unplugged', async () => {
    const { clock, host } = setUp();
    const loudspeaker = host.addOutput({ name: 'speaker', latencyMs: 30 });
    const errors: VoiceloopError[] = [];
    await clock.run(async () => {
      const stream = await host.openOutput({ onLost: (error) => errors.push(error) });
      stream.write(new Float32Array(4800).fill(0.5));
      await clock.sleep(45);
      host.unplug(loudspeaker);
      expect([stream.writableFrames, stream.queuedFrames]).toEqual([0, 0]);
      stream.write(new Float32Array(480));
      await clock.sleep(100);
    });
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      ['device-lost', 'the loudspeaker "speaker" is gone'],
    ]);
    expect(loudspeaker.soundAt(44)).toBe(0.5);
    expect(loudspeaker.soundBetween(45.1, 200).every((y) => y === 0)).toBe(true);
  });

  test('forgets what is older than it is to keep', async () => {
    const { clock, host } = setUp();
    const loudspeaker = host.addOutput({ name: 'speaker', rateHz: 8000, latencyMs: 0, keepMs: 2000 });
    await clock.run(async () => {
      const stream = await host.openOutput({ onLost });
      for (let n = 0; n < 500; n++) {
        stream.write(new Float32Array(160).fill(0.5));
        await clock.sleep(20);
      }
    });
    expect(loudspeaker.soundAt(1000)).toBe(0);
    expect(loudspeaker.soundBetween(8000, 9900).every((y) => y === 0.5)).toBe(true);
  });
});

describe('the host', () => {
  test('lists what is plugged in, the first of a kind as the default unless another is made that', async () => {
    const { host } = setUp();
    host.addInput({ name: 'a' });
    const b = host.addInput({ name: 'b', isDefault: true, rateHz: 44_100, channels: 2 });
    host.addOutput({ name: 'a', id: 'card-1' });
    expect(await host.devices()).toEqual([
      { id: 'fake:a', name: 'a', kind: 'input', channels: 1, rateHz: 48_000, isDefault: false },
      { id: 'fake:b', name: 'b', kind: 'input', channels: 2, rateHz: 44_100, isDefault: true },
      { id: 'card-1', name: 'a', kind: 'output', channels: 1, rateHz: 48_000, isDefault: true },
    ]);
    host.unplug(b);
    expect((await host.devices()).map(({ id, isDefault }) => [id, isDefault])).toEqual([
      ['fake:a', true],
      ['card-1', true],
    ]);
    expect(() => host.makeDefault(b)).toThrow(RangeError);
    expect(() => host.addInput({ name: 'a' })).toThrow(/already a microphone fake:a/);
  });

  test('tells when another device becomes the default, until nobody listens', async () => {
    const { host } = setUp();
    const told: DeviceKind[] = [];
    const a = host.addInput({ name: 'a' });
    const b = host.addInput({ name: 'b' });
    const end = host.onDefaultChanged((kind) => told.push(kind));
    host.makeDefault(a);
    expect(told).toEqual([]);
    host.makeDefault(b);
    host.addOutput({ name: 'c' });
    host.unplug(b);
    expect(told).toEqual(['input', 'output', 'input']);
    end();
    host.unplug(a);
    host.plug(b);
    expect(told).toHaveLength(3);
    expect((await host.devices()).find(({ id }) => id === b.id)?.isDefault).toBe(true);
  });

  test('opens the default where no device is given, at the rate that is asked for', async () => {
    const { clock, host } = setUp();
    host.addInput({ name: 'a' });
    host.addInput({ name: 'b', isDefault: true });
    const taken = recorder(clock);
    await clock.run(async () => {
      const stream = await host.openInput({ ...taken, rateHz: 24_000 });
      expect([stream.device.name, stream.rateHz, stream.channels]).toEqual(['b', 24_000, 1]);
      await clock.sleep(25);
    });
    expect(taken.blocks[0]?.samples).toHaveLength(240);
  });

  test('fails to open in every way in which devices do', async () => {
    const { host } = setUp();
    const codes: (string | undefined)[] = [];
    const open = async (options = {}) =>
      codes.push((await refused(host.openInput({ ...recorder(new VirtualClock()), ...options })))?.code);
    await open();
    const microphone = host.addInput({ name: 'a' });
    await open({ channels: 2 });
    for (const code of ['device-busy', 'device-denied'] as const) {
      microphone.refuse(code);
      await open();
    }
    microphone.allow();
    await open();
    host.unplug(microphone);
    await open({ device: microphone.info(true) });
    expect(codes).toEqual([
      'device-none',
      'device-unsupported',
      'device-busy',
      'device-denied',
      undefined,
      'device-lost',
    ]);
  });

  test('takes its time to open, and may lose the device meanwhile', async () => {
    const { clock, host } = setUp();
    const microphone = host.addInput({ name: 'a', openingMs: 60 });
    await clock.run(async () => {
      await host.openInput(recorder(clock));
      expect(clock.now()).toBe(60);
      const opening = refused(host.openInput(recorder(clock)));
      await clock.sleep(30);
      host.unplug(microphone);
      expect((await opening)?.code).toBe('device-lost');
      expect(microphone.openStreams).toBe(0);
    });
  });

  test('tells a stream once why it ended, and nothing afterwards', async () => {
    const { clock, host } = setUp();
    const microphone = host.addInput({ name: 'a' });
    const [lost, closed] = [recorder(clock), recorder(clock)];
    await clock.run(async () => {
      const stream = await host.openInput(closed);
      await stream.close();
      await host.openInput(lost);
      microphone.changeRate(44_100);
      microphone.lose();
      await clock.sleep(100);
    });
    expect(lost.lost.map(({ code, message }) => [code, message])).toEqual([
      ['device-changed', 'the microphone "a" now runs at 44100 Hz'],
    ]);
    expect([closed.lost, closed.blocks, lost.blocks]).toEqual([[], [], []]);
  });

  test('closes everything', async () => {
    const { clock, host } = setUp();
    const devices = [host.addInput({ name: 'a' }), host.addOutput({ name: 'b' })];
    const taken = recorder(clock);
    await clock.run(async () => {
      await host.openInput(taken);
      await host.openOutput({ onLost: () => {} });
      expect(devices.map(({ openStreams }) => openStreams)).toEqual([1, 1]);
      await host.close();
      await clock.sleep(100);
    });
    expect(devices.map(({ openStreams }) => openStreams)).toEqual([0, 0]);
    expect([taken.blocks, taken.lost]).toEqual([[], []]);
  });
});
