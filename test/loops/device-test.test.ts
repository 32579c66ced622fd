import { describe, expect, test } from 'vitest';
import type { LevelReading } from '../../src/audio/level-meter.ts';
import { VirtualClock } from '../../src/clock.ts';
import type { FakeDeviceOptions } from '../../src/devices/fake/fake-device.ts';
import { FakeHost } from '../../src/devices/fake/fake-host.ts';
import type { FakeOutputOptions } from '../../src/devices/fake/fake-output.ts';
import { echoInAir, type SoundInAir } from '../../src/devices/fake/sound-in-air.ts';
import { type DeviceTestOptions, testDevices } from '../../src/loops/device-test.ts';
import { Random } from '../../src/random.ts';

interface Room {
  readonly output?: Partial<FakeOutputOptions>;
  readonly input?: Partial<FakeDeviceOptions>;
  /** From the loudspeaker to the microphone; none where there is no way. */
  readonly delayMs?: number;
  readonly gainDb?: number;
  readonly noise?: SoundInAir;
}

const hiss = new Random(7);
/** Evenly spread, at about −60 dBFS. */
const quietNoise: SoundInAir = () => 0.0017 * (2 * hiss.uniform() - 1);

function room({ output = {}, input = {}, delayMs, gainDb = -20, noise }: Room) {
  const clock = new VirtualClock();
  const host = new FakeHost({ clock });
  const loudspeaker = host.addOutput({ name: 'Loudspeaker', ...output });
  const microphone = host.addInput({ name: 'Microphone', ...input });
  if (delayMs !== undefined) microphone.hear(echoInAir(loudspeaker, { delayMs, gainDb }));
  if (noise) microphone.hear(noise);
  const run = (options: Partial<DeviceTestOptions> = {}) =>
    clock.run(() => testDevices({ clock, host, chirps: 3, ...options }));
  return { clock, host, loudspeaker, microphone, run };
}

describe('the round trip', () => {
  test('is found with the parts that the drivers report, and the air as the rest', async () => {
    const { run, loudspeaker } = room({
      delayMs: 7,
      output: { latencyMs: 30, channels: 2 },
      input: { latencyMs: 12 },
    });
    const { roundTrip, output } = await run({ chirps: 5 });
    expect(roundTrip).toMatchObject({ sent: 5, heard: 5 });
    const { totalMs, queueMs, outputMs, inputMs, restMs } = roundTrip.median ?? Object.create(null);
    expect(outputMs).toBe(30);
    // What was left of a block of 10 ms.
    expect(restMs).toBeGreaterThan(6.9);
    expect(restMs).toBeLessThan(17.1);
    // A block of 10 ms and the 12 of the driver, less what of the block came before.
    expect(inputMs).toBeGreaterThan(12);
    expect(inputMs).toBeLessThanOrEqual(22);
    expect(queueMs).toBeLessThanOrEqual(40);
    expect(queueMs + outputMs + inputMs + restMs).toBeCloseTo(totalMs, 9);
    expect(roundTrip.spreadMs).toBeLessThan(11);
    expect(roundTrip.likeness).toBeGreaterThan(0.95);
    expect([output.underruns, loudspeaker.underruns]).toEqual([0, 0]);
  });

  test.each([0, 40, 333, 900])('is right to a millisecond for a delay of %i ms', async (delayMs) => {
    const output = { blockFrames: 24 };
    const { roundTrip } = await room({ delayMs, output, gainDb: -30, noise: quietNoise }).run();
    expect(roundTrip.heard).toBe(3);
    expect(Math.abs((roundTrip.median?.restMs ?? 0) - delayMs)).toBeLessThan(1);
  });

  test('is right between devices of other rates whose clocks drift and whose blocks come late', async () => {
    const { roundTrip } = await room({
      delayMs: 25,
      output: { rateHz: 44_100, blockFrames: 44, driftPpm: 200, jitterMs: 3 },
      input: { rateHz: 16_000, driftPpm: -150, jitterMs: 4, channels: 2 },
    }).run();
    expect(roundTrip.heard).toBe(3);
    // A queue whose blocks come up to 3 ms late is known to 4 ms.
    expect(Math.abs((roundTrip.median?.restMs ?? 0) - 25)).toBeLessThan(4);
  });

  test('is not made up where the microphone hears only noise', async () => {
    const { roundTrip, input } = await room({ noise: quietNoise }).run({ chirps: 5 });
    expect(roundTrip).toMatchObject({ sent: 3, heard: 0 });
    expect(roundTrip.median).toBeUndefined();
    expect(roundTrip.likeness).toBeLessThan(0.15);
    expect(input.isSilent).toBe(false);
  });

  test('is not made up where the echo comes later than any device is', async () => {
    const { roundTrip } = await room({ delayMs: 1600 }).run({ chirps: 5 });
    expect(roundTrip.median).toBeUndefined();
  });

  test('is the same on every run', async () => {
    const results = [];
    for (let n = 0; n < 2; n++)
      results.push((await room({ delayMs: 3, input: { jitterMs: 5 } }).run()).roundTrip);
    expect(results[0]).toEqual(results[1]);
  });
});

describe('the levels', () => {
  test('are those of the room, and of the notes in it', async () => {
    const levels: LevelReading[] = [];
    const steps: string[] = [];
    const { run } = room({ delayMs: 3, gainDb: -10, noise: quietNoise });
    const { input } = await run({
      onLevel: ({ peakDb, rmsDb }) => levels.push({ peakDb, rmsDb }),
      onStep: (step) => steps.push(step),
    });
    expect(input.noiseFloorDb).toBeCloseTo(-60.2, 0);
    // A sine of −20 dBFS at its peak, which sounds most of the time, 10 dB lower.
    expect(input.toneDb).toBeGreaterThan(-35);
    expect(input.toneDb).toBeLessThan(-32);
    expect(steps).toEqual(['listening', 'playing', 'measuring']);
    expect(Math.max(...levels.map(({ peakDb }) => peakDb))).toBeCloseTo(-30, 0);
  });

  test('tell a microphone that gives only zeros', async () => {
    const { run } = room({});
    const { input, roundTrip } = await run();
    expect(input).toMatchObject({ isSilent: true, noiseFloorDb: -Infinity, toneDb: -Infinity });
    expect(roundTrip).toMatchObject({ heard: 0, likeness: 0 });
  });

  test('do not take a quiet line for a muted one', async () => {
    const { input } = await room({ delayMs: 3 }).run();
    expect(input).toMatchObject({ isSilent: false, noiseFloorDb: -Infinity });
  });
});

test('two notes are played on every channel, and nothing is louder than −20 dBFS', async () => {
  const { run, loudspeaker } = room({ output: { channels: 2 } });
  await run();
  const sound = loudspeaker.soundBetween(0, 10_000);
  const loudest = sound.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(loudest).toBeCloseTo(0.1, 2);
});

describe('a device that does not work ends the test:', () => {
  test('a microphone that is open and gives nothing', async () => {
    const { run, microphone, loudspeaker } = room({ delayMs: 3 });
    microphone.stall();
    await expect(run()).rejects.toMatchObject({ kind: 'device', code: 'device-failed', where: 'Microphone' });
    expect([microphone.openStreams, loudspeaker.openStreams]).toEqual([0, 0]);
  });

  test('a loudspeaker that takes nothing', async () => {
    const { run, microphone, loudspeaker } = room({ delayMs: 3 });
    loudspeaker.stall();
    await expect(run()).rejects.toMatchObject({ code: 'device-failed', where: 'Loudspeaker' });
    expect([microphone.openStreams, loudspeaker.openStreams]).toEqual([0, 0]);
  });

  test.each([500, 1500, 2600, 4000])('one that is unplugged after %i ms', async (ms) => {
    const { run, clock, host, microphone, loudspeaker } = room({ delayMs: 3 });
    clock.at(ms, () => host.unplug(ms % 1000 === 0 ? microphone : loudspeaker));
    await expect(run()).rejects.toMatchObject({ code: 'device-lost' });
    expect([microphone.openStreams, loudspeaker.openStreams]).toEqual([0, 0]);
  });

  test('one that another program holds', async () => {
    const { run, loudspeaker, microphone } = room({});
    loudspeaker.refuse('device-busy');
    await expect(run()).rejects.toMatchObject({ code: 'device-busy' });
    expect(microphone.openStreams).toBe(0);
  });
});

test('an interruption closes what is open', async () => {
  const { run, clock, microphone, loudspeaker } = room({ delayMs: 3 });
  const abort = new AbortController();
  clock.at(1800, () => abort.abort(new Error('enough')));
  await expect(run({ signal: abort.signal })).rejects.toThrow('enough');
  expect([microphone.openStreams, loudspeaker.openStreams]).toEqual([0, 0]);
});
