import { describe, expect, test } from 'vitest';
import { type Inlet, inlet, type Source, type Stage } from '../../src/pipeline/inlet.ts';
import { toReadableStream, toTransformStream, toWritableStream } from '../../src/pipeline/web-streams.ts';

const copy = (samples: Float32Array) => samples.slice();

/** Joins samples to pairs in a block that it uses again and again; the end pads the last pair. */
const pairs: Stage<Float32Array, Float32Array> = {
  name: 'pairs',
  delayMs: 0,
  open(outlet) {
    const block = new Float32Array(2);
    let filled = 0;
    return {
      push(samples) {
        for (const sample of samples) {
          block[filled++] = sample;
          if (filled < 2) continue;
          filled = 0;
          outlet.push(block);
        }
      },
      end() {
        if (filled > 0) outlet.push(block.fill(0, filled));
        outlet.end();
      },
      reset() {
        filled = 0;
        outlet.reset();
      },
    };
  },
};

async function collect(stream: ReadableStream<Float32Array>): Promise<number[][]> {
  const chunks: number[][] = [];
  for await (const chunk of stream) chunks.push(Array.from(chunk));
  return chunks;
}

function streamOf(...chunks: number[][]): ReadableStream<Float32Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(Float32Array.from(chunk));
      controller.close();
    },
  });
}

describe('toTransformStream', () => {
  test('pipes audio through a stage, and closing ends the stage', async () => {
    const output = streamOf([1, 2, 3], [4, 5]).pipeThrough(toTransformStream(pairs, copy));
    expect(await collect(output)).toEqual([
      [1, 2],
      [3, 4],
      [5, 0],
    ]);
  });

  test('keeps a copy of each block, although the stage uses its own again', async () => {
    const { writable, readable } = toTransformStream(pairs, copy);
    const writer = writable.getWriter();
    const written = writer.write(Float32Array.of(1, 2, 3, 4, 5, 6)).then(() => writer.close());
    // All three pairs wait in the queue before the first is read.
    await Promise.resolve();
    expect(await collect(readable)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    await written;
  });

  test('fails both sides with the error that the stage throws', async () => {
    const failing: Stage<Float32Array, Float32Array> = {
      ...pairs,
      open: () =>
        inlet(() => {
          throw new RangeError('the stage failed');
        }),
    };
    const { writable, readable } = toTransformStream(failing, copy);
    const writer = writable.getWriter();
    const reading = collect(readable);
    writer.closed.catch(() => {});
    await Promise.allSettled([writer.write(Float32Array.of(1))]);
    await expect(reading).rejects.toThrow('the stage failed');
    await expect(writer.closed).rejects.toThrow('the stage failed');
  });
});

/** An inlet that logs its calls. */
function logging(log: string[]): Inlet<Float32Array> {
  return inlet(
    (samples) => log.push(`push ${samples.join(' ')}`),
    () => log.push('end'),
    () => log.push('reset'),
  );
}

describe('toWritableStream', () => {
  test('pushes what is written and ends the inlet when it is closed', async () => {
    const log: string[] = [];
    await streamOf([1, 2], [3]).pipeTo(toWritableStream(logging(log)));
    expect(log).toEqual(['push 1 2', 'push 3', 'end']);
  });

  test('resets the inlet before it ends it when it is aborted', async () => {
    const log: string[] = [];
    const writer = toWritableStream(logging(log)).getWriter();
    writer.closed.catch(() => {});
    await writer.write(Float32Array.of(1));
    await writer.abort(new Error('interrupted'));
    expect(log).toEqual(['push 1', 'reset', 'end']);
  });
});

/** A source that is driven by hand, with one block for everything it pushes. */
class ManualSource implements Source<Float32Array> {
  readonly #block = new Float32Array(1);
  #inlet: Inlet<Float32Array> | undefined;
  stops = 0;

  start(target: Inlet<Float32Array>): void {
    this.#inlet = target;
  }

  push(sample: number): void {
    this.#block[0] = sample;
    this.#inlet?.push(this.#block);
  }

  reset(): void {
    this.#inlet?.reset();
  }

  end(): void {
    this.#inlet?.end();
  }

  async stop(): Promise<void> {
    this.stops++;
    this.push(99);
    this.end();
  }
}

describe('toReadableStream', () => {
  test('gives copies of what the source pushed, and closes where the source ends', async () => {
    const source = new ManualSource();
    const stream = toReadableStream(source, copy);
    for (const sample of [1, 2, 3]) source.push(sample);
    source.reset();
    source.push(4);
    source.end();
    expect(await collect(stream)).toEqual([[1], [2], [3], [4]]);
    expect(source.stops).toBe(0);
  });

  test('stops the source when it is cancelled, and takes nothing that still comes', async () => {
    const source = new ManualSource();
    const stream = toReadableStream(source, copy);
    source.push(1);
    const reader = stream.getReader();
    expect((await reader.read()).value).toEqual(Float32Array.of(1));
    await reader.cancel();
    expect(source.stops).toBe(1);
    expect(await reader.read()).toEqual({ done: true, value: undefined });
  });

  test('stops the source when the loop over it is left', async () => {
    const source = new ManualSource();
    const stream = toReadableStream(source, copy);
    source.push(1);
    source.push(2);
    for await (const _ of stream) break;
    expect(source.stops).toBe(1);
  });

  test('hands the audio of a stopped source on to the end', async () => {
    const source = new ManualSource();
    const stream = toReadableStream(source, copy);
    source.push(1);
    await source.stop();
    expect(await collect(stream)).toEqual([[1], [99]]);
  });
});
