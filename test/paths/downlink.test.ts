import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { FakeHost } from '../../src/devices/fake/fake-host.ts';
import type { FakeOutput, FakeOutputOptions } from '../../src/devices/fake/fake-output.ts';
import { deviceDownlink } from '../../src/paths/downlink.ts';
import { Random } from '../../src/random.ts';
import type { RecalledRun } from '../../src/stages/jitter-buffer.ts';
import { LateClock } from '../stages/device-sink/late-clock.ts';

const RATE_HZ = 24_000;
const ANSWER_MS = 4000;

/** A slow ramp from 0 on: each value says which place of the answer it is, and no filter rings. */
const ramp = Float32Array.from({ length: ANSWER_MS * 24 }, (_, i) => (i + 1) / (ANSWER_MS * 24));
const placeMs = (value: number) => value * ANSWER_MS;

/** The latest place that sounded, and when, of all that the loudspeaker has played from a time on. */
function lastSound(output: FakeOutput, sinceMs: number) {
  let heardMs = 0;
  let atMs = Number.NaN;
  for (const { samples, channels, startMs, msPerFrame } of output.runs) {
    for (let frame = 0; frame < samples.length / channels; frame++) {
      const timeMs = startMs + frame * msPerFrame;
      const value = samples[frame * channels] as number;
      if (timeMs < sinceMs || value < 1e-4) continue;
      heardMs = Math.max(heardMs, placeMs(value));
      atMs = timeMs;
    }
  }
  return { heardMs, atMs };
}

function plugged(options: FakeOutputOptions, seed = 1) {
  const clock = new VirtualClock();
  const late = new LateClock(clock);
  const host = new FakeHost({ clock, seed });
  const output = host.addOutput(options);
  const recalled: RecalledRun[] = [];
  const downlink = deviceDownlink({
    clock: late,
    host,
    rateHz: RATE_HZ,
    observe: { onRecalled: (run) => void recalled.push(run) },
    onNotice: () => {},
  });
  return { clock, late, host, output, recalled, downlink, ...downlink };
}

function answer(itemId: string, samples: Float32Array, receivedAtMs: number) {
  return { responseId: 'r', itemId, contentIndex: 0, samples, rateHz: RATE_HZ, receivedAtMs };
}

describe('the description of a downlink', () => {
  test('names the loudspeaker, and a resampler where there is one', async () => {
    for (const [rateHz, end] of [
      [48_000, 'resampler 24000→48000 (+1.5 ms) → speaker Speakers 48000 Hz'],
      [24_000, 'speaker Speakers 24000 Hz'],
    ] as const) {
      const { clock, sink, downlink } = plugged({ name: 'Speakers', rateHz });
      const start = 'socket → frame unpacker → jitter buffer →';
      expect(downlink.description).toBe(`${start} no speaker`);
      await clock.run(() => sink.open());
      expect(downlink.description).toBe(`${start} ${end}`);
    }
  });
});

describe('an interruption of an answer on a loudspeaker', () => {
  const kinds = [
    { rateHz: 48_000, blockMs: 10 },
    { rateHz: 44_100, blockMs: 5 },
    { rateHz: 24_000, blockMs: 10 },
    { rateHz: 16_000, blockMs: 2.5 },
  ];

  test.each(kinds)(
    'is told where it was heard: $rateHz Hz in blocks of $blockMs ms',
    async ({ rateHz, blockMs }) => {
      let underruns = 0;
      for (let seed = 0; seed < 6; seed++) {
        const random = new Random(seed).fork(`${rateHz}`);
        const latencyMs = random.integer(0, 30);
        const { clock, late, output, playback, sink } = plugged(
          {
            name: 'Speakers',
            rateHz,
            blockFrames: Math.round((rateHz * blockMs) / 1000),
            driftPpm: random.integer(-300, 300),
            jitterMs: random.integer(0, 4),
            latencyMs,
          },
          seed,
        );
        await clock.run(async () => {
          await sink.open();
          sink.start();
          for (let round = 0; round < 3; round++) {
            const startMs = clock.now();
            if (round < 2) late.stall(startMs + random.integer(100, 800), random.integer(60, 200));
            for (let at = 0; at < ramp.length; at += 4800) {
              playback.push(answer(`${round}`, ramp.slice(at, at + 4800), startMs));
            }
            await clock.sleep(random.integer(1, 2000) + random.uniform());
            const flushMs = clock.now();
            const heardMs = playback.flush()?.heardMs ?? Number.NaN;
            await clock.sleep(300);
            const played = lastSound(output, startMs);
            // Positions are rounded down to whole milliseconds.
            expect(heardMs - played.heardMs).toBeGreaterThan(-1.1);
            expect(heardMs - played.heardMs).toBeLessThan(0.1);
            if (played.heardMs > 0) expect(played.atMs - flushMs).toBeLessThan(latencyMs + blockMs + 0.1);
          }
          underruns += sink.statistics.underruns;
          await sink.stop();
        });
      }
      expect(underruns).toBeGreaterThan(2);
    },
  );

  test('takes back from the observers what the loudspeaker did not play', async () => {
    const { clock, playback, sink, buffer, recalled } = plugged({ name: 'Speakers' });
    await clock.run(async () => {
      await sink.open();
      sink.start();
      playback.push(answer('a', ramp, 0));
      await clock.sleep(1000);
      const handedMs = buffer.heard('a')?.heardMs ?? 0;
      const heardMs = playback.flush()?.heardMs ?? 0;
      expect(recalled).toMatchObject([{ itemId: 'a' }]);
      expect((recalled[0]?.count ?? 0) / 24).toBeCloseTo(handedMs - heardMs, -0.5);
      expect(buffer.heard('a')?.heardMs).toBe(heardMs);
      expect(buffer.state).toBe('idle');
      await sink.stop();
    });
  });

  test('right after an answer was handed out whole still finds the end of it unheard', async () => {
    const { clock, playback, sink, buffer } = plugged({ name: 'Speakers' });
    await clock.run(async () => {
      await sink.open();
      sink.start();
      playback.push(answer('a', ramp.slice(0, 4800), 0));
      playback.finish('a', 0);
      while (buffer.heard('a')?.complete !== true) await clock.sleep(1);
      expect(playback.flush()).toMatchObject({ itemId: 'a', complete: false });
      await clock.sleep(300);
      expect(playback.flush()).toBeUndefined();
      await sink.stop();
    });
  });

  test('has no effect once the answer was heard to its end', async () => {
    const { clock, playback, sink, buffer } = plugged({ name: 'Speakers' });
    await clock.run(async () => {
      await sink.open();
      sink.start();
      playback.push(answer('a', ramp.slice(0, 4800), 0));
      playback.finish('a', 0);
      await clock.sleep(500);
      expect(playback.flush()).toBeUndefined();
      expect(buffer.heard('a')).toMatchObject({ heardMs: 200, complete: true });
      await sink.stop();
    });
  });

  test('while there is no loudspeaker tells what was heard of the one that was lost', async () => {
    const { clock, host, playback, sink, output } = plugged({
      name: 'Headset',
      latencyMs: 0,
      rateHz: 24_000,
    });
    await clock.run(async () => {
      await sink.open();
      sink.start();
      playback.push(answer('a', ramp, 0));
      await clock.sleep(1003);
      host.unplug(output);
      await clock.sleep(5000);
      const heardMs = playback.flush()?.heardMs ?? 0;
      // The block that it was in the middle of counts.
      expect(heardMs - lastSound(output, 0).heardMs).toBeGreaterThan(-1.1);
      expect(heardMs - lastSound(output, 0).heardMs).toBeLessThan(10);
      await sink.stop();
    });
  });
});

test('an answer begins to be heard within 30 ms and the latency of the device once it may', async () => {
  const { clock, playback, sink, output } = plugged({ name: 'Speakers', latencyMs: 0, rateHz: 24_000 });
  await clock.run(async () => {
    await sink.open();
    sink.start();
    for (let round = 0; round < 10; round++) {
      await clock.sleep(503.7);
      const startMs = clock.now();
      playback.push(answer(`${round}`, ramp.slice(0, 12_000), startMs));
      await clock.sleep(100);
      playback.flush();
      await clock.sleep(50);
      const first = output.runs[0]?.samples.findLastIndex(
        (sample, i, all) => sample > 0 && (all[i - 1] ?? 0) === 0,
      );
      const beganMs = (output.runs[0]?.startMs ?? 0) + (first ?? 0) / 24;
      expect(beganMs - startMs).toBeLessThan(30);
    }
    await sink.stop();
  });
});
