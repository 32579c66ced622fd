import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SamplePipe } from '../../../src/devices/processes/sample-pipe.ts';

test('however the bytes are cut, the samples are whole, in order and complete', () => {
  const samples = Float32Array.from({ length: 300 }, (_, n) => n / 300);
  const bytes = new Uint8Array(samples.buffer);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 20, maxLength: 40 }),
      fc.integer({ min: 1, max: 3 }),
      (cuts, channels) => {
        const pipe = new SamplePipe(channels);
        const out: number[] = [];
        const take = (part: Float32Array) => {
          expect(part.length).toBeGreaterThan(0);
          expect(part.length % channels).toBe(0);
          out.push(...part);
        };
        let at = 0;
        for (const cut of cuts) {
          // At an odd address, as chunks of a pipe may be.
          const chunk = new Uint8Array(cut + 1).subarray(1);
          const part = bytes.subarray(at, at + cut);
          chunk.set(part);
          pipe.push(chunk.subarray(0, part.length), take);
          at += part.length;
        }
        const frames = Math.floor(at / 4 / channels);
        expect(out).toEqual([...samples.subarray(0, frames * channels)]);
      },
    ),
    { seed: 1, numRuns: 100 },
  );
});

test('gives the same memory for chunks of one size', () => {
  const pipe = new SamplePipe(1);
  const seen = new Set<Float32Array>();
  for (let n = 0; n < 10; n++) pipe.push(new Uint8Array(960), (samples) => seen.add(samples));
  expect(seen.size).toBe(1);
});
