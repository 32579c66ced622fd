import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock.ts';
import type { OutputStream } from '../../../src/devices/audio-host.ts';
import { openPortAudioHost } from '../../../src/devices/portaudio/portaudio-host.ts';
import { FakePortAudio, type FakeStream } from './fake-portaudio.ts';

const piece = new Float32Array(480).fill(0.5);

async function opened(clock: VirtualClock, prepare: (library: FakePortAudio) => void = () => {}) {
  const library = new FakePortAudio(clock);
  prepare(library);
  const host = await openPortAudioHost(clock, { library });
  const lost: string[] = [];
  const output = await host.openOutput({ onLost: (error) => lost.push(`${error.code}: ${error.reason}`) });
  return { library, host, output, lost, stream: library.last };
}

/** What the user of the stream does: looks every 5 ms and keeps 40 ms queued. */
async function feed(clock: VirtualClock, output: OutputStream, ms: number) {
  const queued: number[] = [];
  for (const untilMs = clock.now() + ms; clock.now() < untilMs; await clock.sleep(5)) {
    queued.push(output.queuedFrames);
    while (output.queuedFrames < 1920 && output.writableFrames >= 480) output.write(piece);
  }
  return queued;
}

/** The whole test on one virtual clock. */
function on(body: (clock: VirtualClock) => Promise<void>) {
  const clock = new VirtualClock();
  return clock.run(() => body(clock));
}

test('opens as PortAudio wants it, and starts empty', () =>
  on(async (clock) => {
    const { library, output } = await opened(clock);
    expect(library.opened).toEqual([
      { kind: 'output', device: 1, channels: 1, rateHz: 48_000, latencySeconds: 0.1 },
    ]);
    expect(output).toMatchObject({ writableFrames: 5040, queuedFrames: 0, underruns: 0, rateHz: 48_000 });
  }));

test('keeps a queue of 40 ms full for a minute and plays all that was written', () =>
  on(async (clock) => {
    const { output, stream } = await opened(clock);
    const queued = await feed(clock, output, 60_000);
    expect(output.underruns).toBe(0);
    expect(Math.min(...queued.slice(2))).toBeGreaterThanOrEqual(1440);
    expect(stream.written.length).toBeGreaterThan(60 * 48_000);
  }));

test('tells by the queue how much has been played', () =>
  on(async (clock) => {
    const { output } = await opened(clock);
    for (let n = 0; n < 4; n++) output.write(piece);
    expect(output.queuedFrames).toBe(1920);
    expect(output.writableFrames).toBe(5040 - 1920);
    await clock.sleep(15);
    expect(output.queuedFrames).toBe(1920 - 720);
  }));

describe('latency beyond the queue', () => {
  test.each([
    ['half a period, where a period less than the queue is reported', 'ALSA', 0.1, 2.5],
    ['what is reported beyond the queue', 'Windows WASAPI', 0.135, 30],
    ['never negative, nor much for a queue that is far longer', 'MME', 0, 10],
    ['all that is reported, where PortAudio has a ring of its own', 'Core Audio', 0.018, 18],
  ])('is %s', (_, apiName, latencySeconds, expectedMs) =>
    on(async (clock) => {
      const { output, stream } = await opened(clock, (library) => {
        library.apiNames = [apiName];
      });
      stream.info = { latencySeconds };
      expect(output.latencyMs).toBeCloseTo(expectedMs, 6);
    }),
  );
});

test('finds the size of a queue that begins full of silence', () =>
  on(async (clock) => {
    const open = FakePortAudio.prototype.open;
    const { output, stream, library } = await opened(clock, (fake) => {
      fake.apiNames = ['Core Audio'];
      fake.open = (parameters) => {
        const opened = open.call(fake, parameters);
        fake.last.fillsAtStart = true;
        return opened;
      };
    });
    expect(library.opened[0]?.latencySeconds).toBe(0.02);
    expect(output.writableFrames).toBe(stream.bufferFrames);
    expect(output.underruns).toBe(0);
    output.write(piece);
    expect(output.queuedFrames).toBe(480);
    expect(output.underruns).toBe(0);
  }));

describe('flush', () => {
  test('gives back what will not be heard, and empties the queue', () =>
    on(async (clock) => {
      const { output, stream } = await opened(clock);
      for (let n = 0; n < 4; n++) output.write(piece);
      await clock.sleep(12);
      expect(output.flush()).toBe(1920 - 576);
      expect(output.queuedFrames).toBe(0);
      expect(stream.calls.slice(-3)).toEqual(['abort', 'start', 'writeAvailable']);
      expect(output.flush()).toBe(0);
      expect(output.underruns).toBe(0);
    }));

  test('adds up with what was played, wherever it comes', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 8 }), (waits) =>
        on(async (clock) => {
          const { output, stream } = await opened(clock);
          let unheard = 0;
          let playedMs = 0;
          for (const wait of waits) {
            for (let n = 0; n < 4; n++) output.write(piece);
            await clock.sleep(wait);
            playedMs += Math.min(wait, 40);
            unheard += output.flush();
          }
          expect(stream.written.length - unheard).toBe(playedMs * 48);
        }),
      ),
      { seed: 1, numRuns: 30 },
    ));

  test('plays on with what is written next', () =>
    on(async (clock) => {
      const { output } = await opened(clock);
      await feed(clock, output, 200);
      output.flush();
      const queued = await feed(clock, output, 200);
      expect(Math.min(...queued.slice(2))).toBeGreaterThanOrEqual(1440);
      expect(output.underruns).toBe(0);
    }));

  test('that the device does not survive loses the stream', () =>
    on(async (clock) => {
      const { output, stream, lost } = await opened(clock);
      output.write(piece);
      stream.once.set('start', -9999);
      expect(output.flush()).toBe(480);
      await clock.sleep(0);
      expect(lost).toEqual(['device-lost: text of -9999 (-9999)']);
    }));
});

describe('an underrun', () => {
  test('is counted once, whether seen or told', () =>
    on(async (clock) => {
      const { output, lost } = await opened(clock);
      output.write(piece);
      await clock.sleep(100);
      expect(output.queuedFrames).toBe(0);
      expect(output.underruns).toBe(1);
      output.write(piece);
      expect(output.underruns).toBe(1);
      await clock.sleep(5);
      output.write(piece);
      expect(output.underruns).toBe(1);
      await clock.sleep(100);
      output.write(piece);
      expect(output.underruns).toBe(2);
      expect(lost).toEqual([]);
    }));

  test('that only PortAudio saw is counted', () =>
    on(async (clock) => {
      const { output, stream } = await opened(clock);
      output.write(piece);
      stream.once.set('write', -9980);
      output.write(piece);
      expect(output.underruns).toBe(1);
      stream.once.set('writeAvailable', -9980);
      expect(output.writableFrames).toBe(5040);
      expect(output.underruns).toBe(2);
      expect(stream.isClosed).toBe(false);
    }));

  test('is over as soon as there is something to play', () =>
    on(async (clock) => {
      const { output } = await opened(clock);
      await feed(clock, output, 100);
      await clock.sleep(500);
      const queued = await feed(clock, output, 100);
      expect(Math.min(...queued.slice(2))).toBeGreaterThanOrEqual(1440);
      expect(output.underruns).toBe(1);
    }));
});

test('less than the device starts with is filled up with silence and played', () =>
  on(async (clock) => {
    const { output, stream } = await opened(clock);
    output.write(new Float32Array(100).fill(0.5));
    let queued = output.queuedFrames;
    for (let n = 0; n < 20 && queued > 0; n++) {
      await clock.sleep(5);
      queued = output.queuedFrames;
    }
    expect(queued).toBe(0);
    expect(stream.written).toEqual([...new Array(100).fill(0.5), ...new Array(240).fill(0)]);
  }));

test('nothing is filled up while a device plays, or that never starts', () =>
  on(async (clock) => {
    const { output, stream } = await opened(clock);
    await feed(clock, output, 500);
    const { writeAvailable } = stream;
    const available = output.writableFrames;
    stream.writeAvailable = () => available;
    for (let n = 0; n < 20; n++) {
      await clock.sleep(5);
      void output.queuedFrames;
    }
    expect(stream.written.every((sample) => sample === 0.5)).toBe(true);
    stream.writeAvailable = writeAvailable;
    output.flush();
    stream.written.length = 0;
    stream.writeAvailable = () => stream.bufferFrames - 100;
    output.write(new Float32Array(100));
    for (let n = 0; n < 400; n++) {
      await clock.sleep(5);
      void output.queuedFrames;
    }
    expect(stream.written).toHaveLength(100 + 4 * 240);
  }));

test('takes no more than it said, and whole frames only', () =>
  on(async (clock) => {
    const library = new FakePortAudio(clock);
    const host = await openPortAudioHost(clock, { library });
    const output = await host.openOutput({ channels: 2, onLost: () => {} });
    expect(() => output.write(new Float32Array(3))).toThrow(RangeError);
    expect(() => output.write(new Float32Array((output.writableFrames + 1) * 2))).toThrow(
      'the output takes 5040 frames of 2 now, received 10082 samples',
    );
    output.write(new Float32Array(0));
    output.write(new Float32Array(output.writableFrames * 2));
    expect(output.writableFrames).toBe(0);
  }));

describe('a lost loudspeaker', () => {
  const ways: Record<string, (output: OutputStream, stream: FakeStream) => unknown> = {
    writableFrames: (output) => expect(output.writableFrames).toBe(0),
    queuedFrames: (output) => expect(output.queuedFrames).toBe(0),
    write: (output, stream) => {
      const { failure } = stream;
      stream.failure = undefined;
      stream.once.set('write', failure ?? 0);
      output.write(piece);
    },
    flush: (output) => expect(output.flush()).toBe(0),
  };

  test.each(Object.keys(ways))('shows in %s, is closed, and told once and later', (way) =>
    on(async (clock) => {
      const { output, stream, lost, library, host } = await opened(clock);
      output.write(piece);
      stream.failure = -9985;
      ways[way]?.(output, stream);
      expect(stream.isClosed).toBe(true);
      expect(lost).toEqual([]);
      await clock.sleep(0);
      output.write(piece);
      expect(output).toMatchObject({ writableFrames: 0, queuedFrames: 0 });
      expect(output.flush()).toBe(0);
      await output.close();
      await host.close();
      expect(lost).toEqual(['device-lost: text of -9985 (-9985)']);
      expect(library.holders).toBe(0);
    }),
  );

  test('that is closed before it was told is not told of any more', () =>
    on(async (clock) => {
      const { output, stream, lost } = await opened(clock);
      stream.failure = -9985;
      void output.queuedFrames;
      await output.close();
      await clock.sleep(10);
      expect(lost).toEqual([]);
    }));

  test('while it opens is an opening that failed', () =>
    on(async (clock) => {
      const library = new FakePortAudio(clock);
      const host = await openPortAudioHost(clock, { library });
      const opening = host.openOutput({ onLost: () => expect.unreachable() });
      library.last.failure = -9985;
      await expect(opening).rejects.toMatchObject({ code: 'device-busy' });
      expect(library.last.isClosed).toBe(true);
    }));
});

describe('close', () => {
  test('ends a stream once, with sound in it or without', () =>
    on(async (clock) => {
      for (const pieces of [0, 3]) {
        const { output, stream, lost } = await opened(clock);
        for (let n = 0; n < pieces; n++) output.write(piece);
        await output.close();
        await output.close();
        expect(stream.calls.filter((name) => name === 'close')).toHaveLength(1);
        expect(output).toMatchObject({ writableFrames: 0, queuedFrames: 0 });
        output.write(piece);
        await clock.sleep(50);
        expect(lost).toEqual([]);
      }
    }));

  test('of the host ends an opening', () =>
    on(async (clock) => {
      const library = new FakePortAudio(clock);
      const host = await openPortAudioHost(clock, { library });
      const opening = host.openOutput({ onLost: () => expect.unreachable() });
      const refused = expect(opening).rejects.toMatchObject({ code: 'device-failed' });
      await host.close();
      await refused;
      expect(library.last.isClosed).toBe(true);
      expect(library.holders).toBe(0);
    }));
});
