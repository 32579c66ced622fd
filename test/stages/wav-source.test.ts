import { describe, expect, test } from 'vitest';
import type { WavReader } from '../../src/audio/wav-reader.ts';
import { VirtualClock } from '../../src/clock.ts';
import { inlet } from '../../src/pipeline/inlet.ts';
import { WavSource } from '../../src/stages/wav-source.ts';

/** A file whose samples count up, so that a lost or doubled one shows. */
function countingFile(
  frames: number,
  rateHz: number,
  readDelay: Promise<void> = Promise.resolve(),
): WavReader & { closed: boolean } {
  let at = 0;
  const reader = {
    path: 'counting.wav',
    rateHz,
    channels: 1,
    format: 'made up',
    frames,
    warnings: [],
    closed: false,
    async read(maxFrames: number) {
      await readDelay;
      if (at === frames) return undefined;
      const count = Math.min(maxFrames, frames - at);
      const samples = Float32Array.from({ length: count }, (_, i) => at + i + 1);
      at += count;
      return samples;
    },
    async close() {
      reader.closed = true;
    },
  };
  return reader;
}

interface Delivered {
  readonly atMs: number;
  readonly timeMs: number;
  readonly rateHz: number;
  readonly samples: readonly number[];
}

function collect(clock: VirtualClock, source: WavSource): Delivered[] {
  const delivered: Delivered[] = [];
  source.start(
    inlet(({ samples, timeMs, rateHz }) =>
      delivered.push({ atMs: clock.now(), timeMs, rateHz, samples: [...samples] }),
    ),
  );
  return delivered;
}

describe('a microphone that says WAV files', () => {
  test('delivers every block when its last sample is captured, and never drifts', async () => {
    const clock = new VirtualClock();
    const source = new WavSource({ clock });
    const delivered = collect(clock, source);
    await clock.run(() => clock.sleep(300_010));
    expect(delivered).toHaveLength(15_000);
    for (const [k, block] of delivered.entries()) {
      expect(block.timeMs).toBe(k * 20);
      expect(block.atMs).toBe((k + 1) * 20);
    }
  });

  test('says a file sample for sample between silence and silence', async () => {
    const clock = new VirtualClock();
    const source = new WavSource({ clock });
    const delivered = collect(clock, source);
    await clock.run(async () => {
      await clock.sleep(50);
      const utterance = source.say(countingFile(2_500, 24_000));
      expect(utterance.startMs).toBe(60);
      await utterance.said;
      expect(clock.now()).toBe(180);
      await clock.sleep(100);
    });
    const samples = delivered.flatMap((block) => block.samples);
    expect(samples.slice(0, 1_440).every((sample) => sample === 0)).toBe(true);
    expect(samples.slice(1_440, 3_940)).toEqual(Array.from({ length: 2_500 }, (_, i) => i + 1));
    expect(samples.slice(3_940).every((sample) => sample === 0)).toBe(true);
  });

  test('loses no fraction of a frame at rates that do not fit its blocks', async () => {
    const clock = new VirtualClock();
    const source = new WavSource({ clock, rateHz: 8_000 });
    const delivered = collect(clock, source);
    await clock.run(async () => {
      await source.say(countingFile(11_025, 11_025)).said;
    });
    const spoken = delivered.filter((block) => block.rateHz === 11_025);
    expect(spoken).toHaveLength(50);
    expect(spoken.map((block) => block.samples.length).slice(0, 4)).toEqual([220, 221, 220, 221]);
    expect(spoken.flatMap((block) => block.samples)).toEqual(Array.from({ length: 11_025 }, (_, i) => i + 1));
  });

  test('keeps virtual time still while a slow disk is read', async () => {
    const clock = new VirtualClock();
    const source = new WavSource({ clock });
    const delivered = collect(clock, source);
    const slowly = new Promise<void>((resolve) => setTimeout(resolve, 30));
    await clock.run(() => source.say(countingFile(4_800, 24_000, slowly)).said);
    expect(delivered).toHaveLength(10);
    expect(delivered[0]?.samples[0]).toBe(1);
  });

  test('rejects the utterance and goes on with silence when a file cannot be read on', async () => {
    const clock = new VirtualClock();
    const source = new WavSource({ clock });
    const delivered = collect(clock, source);
    const broken: WavReader = {
      ...countingFile(9_600, 24_000),
      read: () => Promise.reject(new Error('disk gone')),
    };
    await clock.run(async () => {
      await expect(source.say(broken).said).rejects.toThrow('disk gone');
      await clock.sleep(100);
    });
    expect(delivered.length).toBeGreaterThan(3);
    expect(delivered.flatMap((block) => block.samples).every((sample) => sample === 0)).toBe(true);
  });

  test('closes the file and ends the path when it is stopped in mid-word', async () => {
    const clock = new VirtualClock();
    const source = new WavSource({ clock });
    let ended = 0;
    source.start(
      inlet(
        () => {},
        () => ended++,
      ),
    );
    const file = countingFile(24_000, 24_000);
    await clock.run(async () => {
      source.say(file);
      await clock.sleep(100);
      await source.stop();
      await source.stop();
      await clock.sleep(100);
    });
    expect(file.closed).toBe(true);
    expect(ended).toBe(1);
  });

  test('says one file at a time', async () => {
    const clock = new VirtualClock();
    const source = new WavSource({ clock });
    expect(() => source.say(countingFile(1, 24_000))).toThrow('not running');
    collect(clock, source);
    source.say(countingFile(100, 24_000));
    expect(() => source.say(countingFile(1, 24_000))).toThrow('another file');
  });
});
