import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock.ts';
import { openPortAudioHost } from '../../../src/devices/portaudio/portaudio-host.ts';
import { Random } from '../../../src/random.ts';
import { FakePortAudio } from './fake-portaudio.ts';

interface Captured {
  readonly first: number;
  readonly frames: number;
  readonly timeMs: number;
  readonly lostFrames: number;
  readonly atMs: number;
}

/** An open input on a virtual clock, and copies of what it gave. */
async function opened(clock: VirtualClock, options: { channels?: number } = {}) {
  const library = new FakePortAudio(clock);
  const host = await openPortAudioHost(clock, { library });
  const blocks: Captured[] = [];
  const lost: string[] = [];
  const input = await host.openInput({
    ...options,
    onBlock: ({ samples, channels, timeMs, lostFrames }) => {
      const frames = samples.length / channels;
      blocks.push({ first: samples[0] ?? -1, frames, timeMs, lostFrames, atMs: clock.now() });
    },
    onLost: (error) => lost.push(`${error.code}: ${error.reason}`),
  });
  return { library, host, input, blocks, lost, stream: library.last };
}

/** Nobody looks at the device for a while, as when the process is busy. */
function stall(clock: VirtualClock, ms: number): void {
  const { at } = clock;
  const untilMs = clock.now() + ms;
  clock.at = (dueMs, task) => at.call(clock, Math.max(dueMs, untilMs), task);
  at.call(clock, untilMs, () => {
    clock.at = at;
  });
}

test('gives on every frame once, soon after it was captured', async () => {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const { blocks, input } = await opened(clock);
    await clock.sleep(1000);
    expect(input).toMatchObject({ rateHz: 48_000, channels: 1, overruns: 0 });
    expect(blocks.reduce((sum, { frames }) => sum + frames, 0)).toBeGreaterThan(47_000);
    let next = 0;
    for (const { first, frames } of blocks) {
      expect(first).toBe(next);
      next += frames;
    }
    const waits = blocks.map(({ atMs, timeMs, frames }) => atMs - timeMs - frames / 48);
    expect(Math.max(...waits)).toBeLessThan(6);
  });
});

test('gives frames of several channels whole', async () => {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const { blocks, library } = await opened(clock, { channels: 2 });
    await clock.sleep(100);
    expect(library.opened).toMatchObject([{ kind: 'input', channels: 2, rateHz: 48_000, device: 1 }]);
    expect(blocks[0]).toMatchObject({ first: 0, frames: 240 });
    expect(blocks[1]).toMatchObject({ first: 240, frames: 240 });
  });
});

test('says when sound was captured, whatever the jitter and the drift of the device', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: -300, max: 300 }), async (seed, ppm) => {
      const clock = new VirtualClock();
      await clock.run(async () => {
        const { blocks, stream } = await opened(clock);
        const random = new Random(seed);
        const late = Array.from({ length: 4096 }, () => random.uniform() * 6);
        stream.ppm = ppm;
        stream.jitterMs = (period) => late[period] ?? 0;
        await clock.sleep(8000);
        const trueMs = (first: number) => first / 48 / (1 + ppm / 1e6);
        const errors = blocks
          .filter(({ atMs }) => atMs > 3000)
          .map(({ first, timeMs }) => timeMs - trueMs(first));
        // The jitter is 3 ms late on average, which no one can know from here; what is left must hardly move.
        expect(Math.max(...errors)).toBeLessThan(5);
        expect(Math.min(...errors)).toBeGreaterThan(-1);
        expect(Math.max(...errors) - Math.min(...errors)).toBeLessThan(1.5);
      });
    }),
    { seed: 1, numRuns: 8 },
  );
});

test('takes the latency beyond the ring off the times', async () => {
  const timesOf = async (latencySeconds: number) => {
    const clock = new VirtualClock();
    return clock.run(async () => {
      const { blocks, stream, host, library } = await opened(clock);
      await host.close();
      stream.info = { latencySeconds };
      library.open = () => Object.assign(stream, { isClosed: false });
      const again = await openPortAudioHost(clock, { library });
      blocks.length = 0;
      await again.openInput({ onBlock: ({ timeMs }) => times.push(timeMs), onLost: () => {} });
      const times: number[] = [];
      await clock.sleep(50);
      return times[0] ?? 0;
    });
  };
  expect((await timesOf(0.1)) - (await timesOf(0.13))).toBeCloseTo(30, 6);
  expect(await timesOf(0.02)).toBe(await timesOf(0.1));
});

test('loses nothing in a stall of 80 ms, and gives it on in pieces', async () => {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const { blocks, input, stream } = await opened(clock);
    await clock.sleep(500);
    stall(clock, 80);
    await clock.sleep(200);
    const total = blocks.reduce((sum, { frames }) => sum + frames, 0);
    expect(total).toBeGreaterThan(0.69 * 48_000);
    expect(Math.max(...blocks.map(({ frames }) => frames))).toBe(960);
    expect(blocks.every(({ lostFrames }) => lostFrames === 0)).toBe(true);
    expect(input.overruns).toBe(0);
    expect(stream.isClosed).toBe(false);
    const errors = blocks.map(({ first, timeMs }) => timeMs - first / 48);
    expect(Math.max(...errors) - Math.min(...errors)).toBeLessThan(3);
  });
});

test.each([150, 400, 2000])(
  'counts what a stall of %i ms loses, and goes on at the right time',
  async (ms) => {
    const clock = new VirtualClock();
    await clock.run(async () => {
      const { blocks, input, lost } = await opened(clock);
      await clock.sleep(1000);
      stall(clock, ms);
      await clock.sleep(ms + 500);
      expect(input.overruns).toBe(1);
      const gaps = blocks.filter(({ lostFrames }) => lostFrames > 0);
      expect(gaps).toHaveLength(1);
      const [gap] = gaps;
      const before = blocks[blocks.findIndex(({ lostFrames }) => lostFrames > 0) - 1];
      const trulyLost = (gap?.first ?? 0) - (before ? before.first + before.frames : 0);
      expect(Math.abs((gap?.lostFrames ?? 0) - trulyLost)).toBeLessThan(5 * 48);
      const late = blocks.at(-1);
      expect(Math.abs((late?.timeMs ?? 0) - (late?.first ?? 0) / 48)).toBeLessThan(5);
      expect(lost).toEqual([]);
    });
  },
);

test('says right times again after the sound server stalled and caught up little by little', async () => {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const { blocks, stream } = await opened(clock);
    stream.jitterMs = (period) => {
      const dueMs = period * 5;
      return dueMs > 2000 && dueMs < 2200 ? 2150 + (dueMs - 2000) / 4 - dueMs : 0;
    };
    await clock.sleep(5000);
    expect(Math.max(...blocks.map(({ timeMs, atMs, frames }) => timeMs + frames / 48 - atMs))).toBeLessThan(
      6,
    );
    const errors = blocks.filter(({ atMs }) => atMs > 3500).map(({ first, timeMs }) => timeMs - first / 48);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(6);
  });
});

test.each([
  ['frames were lost without a word', 40],
  ['its sound server became quicker', -8],
])('says right times again, two seconds after %s', async (_, lateMs) => {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const { blocks, stream } = await opened(clock);
    await clock.sleep(20_000);
    stream.loseSilently(lateMs);
    await clock.sleep(3000);
    const errors = blocks
      .filter(({ atMs }) => atMs > 22_050)
      .map(({ first, timeMs }) => timeMs - first / 48 - lateMs);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(5);
  });
});

test('counts the few frames of a short gap', async () => {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const { blocks, stream, input } = await opened(clock);
    await clock.sleep(5000);
    stream.loseSilently(40);
    await clock.sleep(42);
    stream.once.set('read', -9981);
    await clock.sleep(500);
    expect(input.overruns).toBe(1);
    const gap = blocks.find(({ lostFrames }) => lostFrames > 0);
    expect(Math.abs((gap?.lostFrames ?? 0) - 1920)).toBeLessThan(5 * 48);
    const errors = blocks
      .filter(({ atMs }) => atMs > 5050)
      .map(({ first, timeMs }) => timeMs - first / 48 - 40);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(5);
  });
});

test('counts an overrun once that PortAudio tells twice', async () => {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const { input, stream, lost, blocks } = await opened(clock);
    await clock.sleep(100);
    stream.once.set('readAvailable', -9981).set('read', -9981);
    await clock.sleep(100);
    expect(input.overruns).toBe(1);
    stream.once.set('readAvailable', -9981);
    await clock.sleep(100);
    expect(input.overruns).toBe(2);
    expect(blocks.at(-1)?.atMs).toBeGreaterThan(290);
    expect(lost).toEqual([]);
  });
});

test.each([-9999, -9988, -9986, -1])(
  'is lost once at code %i, closed by then, and silent ever after',
  async (code) => {
    for (const call of ['readAvailable', 'read']) {
      const clock = new VirtualClock();
      await clock.run(async () => {
        const { library, host, input, stream, lost, blocks } = await opened(clock);
        library.hostErrorText = 'Input/output error';
        await clock.sleep(100);
        stream.once.set(call, code);
        const given = blocks.length;
        await clock.sleep(5000);
        expect(stream.calls.filter((name) => name === 'close')).toHaveLength(1);
        const words = code === -9999 ? ': Input/output error' : '';
        expect(lost).toEqual([`device-lost: text of ${code} (${code})${words}`]);
        expect(blocks).toHaveLength(given);
        await input.close();
        await host.close();
        expect(library.holders).toBe(0);
      });
    }
  },
);

test('is lost when it has given nothing for 3 s', async () => {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const { stream, lost } = await opened(clock);
    await clock.sleep(100);
    stream.jitterMs = () => 1e9;
    await clock.sleep(2800);
    expect(lost).toEqual([]);
    await clock.sleep(500);
    expect(lost).toEqual(['device-lost: it has given no sound for 3 s']);
    expect(stream.isClosed).toBe(true);
  });
});

test('gives nothing after close, even from within a block', async () => {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const library = new FakePortAudio(clock);
    const host = await openPortAudioHost(clock, { library });
    let blocks = 0;
    const input = await host.openInput({
      onBlock: () => {
        if (clock.now() < 60) return;
        blocks++;
        void input.close();
      },
      onLost: () => expect.unreachable(),
    });
    await clock.sleep(20);
    stall(clock, 60);
    await clock.sleep(500);
    expect(blocks).toBe(1);
    await input.close();
    expect(library.last.calls.filter((name) => name === 'close')).toHaveLength(1);
  });
});

test('gives out one block object and a handful of arrays, again and again', async () => {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const host = await openPortAudioHost(clock, { library: new FakePortAudio(clock) });
    const seen = new Set<unknown>();
    await host.openInput({ onBlock: (block) => seen.add(block).add(block.samples), onLost: () => {} });
    await clock.sleep(2000);
    expect(seen.size).toBeLessThan(6);
  });
});
