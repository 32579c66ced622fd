import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import type { AudioBlock } from '../../src/audio/audio-block.ts';
import { type Inlet, inlet, type Stage } from '../../src/pipeline/inlet.ts';
import { adjustableResampler } from '../../src/stages/adjustable-resampler.ts';
import { resampler } from '../../src/stages/resampler.ts';
import { polyphaseTiers } from './conversions.ts';

/** Blocks of the given lengths in turn, for ever, in the same objects: what is garbage then is not the source's. */
function feeder(
  stage: Stage<AudioBlock, AudioBlock>,
  rateHz: number,
  lengths: readonly number[],
  channels = 1,
) {
  const first: Inlet<AudioBlock> = stage.open(inlet(() => {}));
  const blocks = lengths.map((frames) => ({
    samples: new Float32Array(frames * channels),
    rateHz,
    channels,
    timeMs: 0.5,
  }));
  let frames = 0;
  return (pushes: number) => {
    for (let n = 0; n < pushes; n++) {
      const block = blocks[n % blocks.length];
      if (!block) return;
      block.timeMs = 0.5 + (frames * 1000) / rateHz;
      frames += block.samples.length / channels;
      first.push(block);
    }
  };
}

/**
 * Deno and Bun do not have V8's switch for its collector, or not V8; what a push leaves behind is decided by the same code
 * there.
 */
const onNode = process.versions.bun === undefined && !('Deno' in globalThis);

describe.skipIf(!onNode)('in steady state, on Node', () => {
  const collect = () => {
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
  };

  /** A boxed number has 16 bytes, and some may be left; an array on memory has more than 100. */
  const boxes = 48;

  /**
   * What a push leaves behind in the end: until the engine has compiled the path for good, it puts numbers into boxes here and
   * there. A turn is short enough to leave less than makes the engine collect by itself.
   */
  function bytesPerPush(push: (pushes: number) => void): number {
    const pushes = 2000;
    let least = Number.POSITIVE_INFINITY;
    for (let turn = 0; turn < 60 && least >= boxes; turn++) {
      push(pushes);
      collect();
      const before = process.memoryUsage().heapUsed;
      push(pushes);
      least = Math.min(least, (process.memoryUsage().heapUsed - before) / pushes);
    }
    return least;
  }

  test.each(polyphaseTiers)('a push of 20 ms leaves nothing behind in the tier %s', (tier) => {
    const push = feeder(resampler({ fromHz: 48_000, toHz: 24_000, tier }), 48_000, [960]);
    expect(bytesPerPush(push)).toBeLessThan(boxes);
  });

  test.each([
    [48_000, 24_000],
    [24_000, 48_000],
  ])('nor in the half-band %i → %i Hz', (fromHz, toHz) => {
    const push = feeder(resampler({ fromHz, toHz, tier: 'half-band' }), fromHz, [fromHz / 50]);
    expect(bytesPerPush(push)).toBeLessThan(boxes);
  });

  test('nor of blocks whose length alternates', () => {
    const push = feeder(resampler({ fromHz: 11_025, toHz: 24_000 }), 11_025, [220, 221]);
    expect(bytesPerPush(push)).toBeLessThan(boxes);
  });

  test('nor of two channels', () => {
    const push = feeder(resampler({ fromHz: 48_000, toHz: 24_000, channels: 2 }), 48_000, [960], 2);
    expect(bytesPerPush(push)).toBeLessThan(boxes);
  });

  test.each([0, 300])('nor with interpolated phases at %i ppm', (ppm) => {
    const stage = adjustableResampler({ fromHz: 16_000, toHz: 16_000 });
    stage.adjust(ppm);
    expect(bytesPerPush(feeder(stage, 16_000, [320]))).toBeLessThan(boxes);
  });

  test('200 streams keep the memory where it is', () => {
    const telephone = resampler({ fromHz: 16_000, toHz: 24_000, tier: 'fast' });
    const microphone = resampler({ fromHz: 48_000, toHz: 24_000, tier: 'half-band' });
    const streams = Array.from({ length: 200 }, (_, n) =>
      n % 2 ? feeder(telephone, 16_000, [320]) : feeder(microphone, 48_000, [960]),
    );
    const seconds = (count: number) => {
      for (let n = 0; n < count; n++) for (const push of streams) push(50);
    };
    seconds(4);
    collect();
    const before = process.memoryUsage();
    const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
    seconds(30);
    collect();
    const after = process.memoryUsage();
    expect(grow).not.toHaveBeenCalled();
    grow.mockRestore();
    expect(after.heapUsed - before.heapUsed).toBeLessThan(1_000_000);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(1_000_000);
  });
});
