/**
 * The pipeline's parts as the Web Streams that Node, Deno, Bun and browsers share.
 *
 * @module
 */
import { type Inlet, inlet, type Source, type Stage } from './inlet.ts';

/**
 * A stage as a `TransformStream`. What a stage pushes is valid only during the push, and a stream keeps its chunks in a
 * queue: `copy` says how to keep one.
 *
 * @example
 * ```ts
 * import { type AudioBlock, resampler, toTransformStream } from 'voiceloop';
 *
 * const copy = (block: AudioBlock) => ({ ...block, samples: block.samples.slice() });
 * const stream = toTransformStream(resampler({ fromHz: 16_000, toHz: 24_000 }), copy);
 * const writer = stream.writable.getWriter();
 * writer.write({ samples: new Float32Array(320), rateHz: 16_000, channels: 1, timeMs: 0 });
 * const { value } = await stream.readable.getReader().read();
 * console.log(value?.samples.length); // 480
 * ```
 */
export function toTransformStream<In, Out>(
  stage: Stage<In, Out>,
  copy: (output: Out) => Out,
): TransformStream<In, Out> {
  let first: Inlet<In>;
  return new TransformStream<In, Out>({
    start(controller) {
      first = stage.open(inlet((output) => controller.enqueue(copy(output))));
    },
    transform(input) {
      first.push(input);
    },
    flush() {
      first.end();
    },
  });
}

/** An inlet as a `WritableStream`: closing it ends the inlet, aborting it resets and then ends it. */
export function toWritableStream<In>(target: Inlet<In>): WritableStream<In> {
  return new WritableStream<In>({
    write: (input) => target.push(input),
    close: () => target.end(),
    abort() {
      target.reset();
      target.end();
    },
  });
}

/**
 * A source as a `ReadableStream`. A source keeps its own pace, so a slow reader makes the queue grow; cancelling the
 * stream stops the source. `copy` as in {@link toTransformStream}.
 */
export function toReadableStream<Out>(source: Source<Out>, copy: (output: Out) => Out): ReadableStream<Out> {
  let cancelled = false;
  return new ReadableStream<Out>({
    start(controller) {
      source.start(
        inlet(
          (output) => {
            if (!cancelled) controller.enqueue(copy(output));
          },
          () => {
            if (!cancelled) controller.close();
          },
        ),
      );
    },
    cancel() {
      cancelled = true;
      return source.stop();
    },
  });
}
