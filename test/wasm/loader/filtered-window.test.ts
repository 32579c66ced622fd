import { describe, expect, test } from 'vitest';
import { FilteredWindow, readAheadFrames } from '../../../wasm/loader/filtered-window.ts';
import { allocate, kernels } from '../../../wasm/loader/kernel-module.ts';

const pastFrames = 5;
const maxFrames = 12;

function windowAt(address: number): FilteredWindow {
  return new FilteredWindow(address, pastFrames, maxFrames);
}

const contentAt = (address: number, frames: number) => [
  ...new Float32Array(kernels.memory.buffer, address, frames),
];

describe('the stretch that a filter works on', () => {
  test('has room for what kernels read ahead', () => {
    expect(FilteredWindow.bytes(pastFrames, maxFrames)).toBe((5 + 12 + readAheadFrames) * 4);
  });

  test.each([12, 7, 5, 3, 1, 0])(
    'begins with the past and ends with %i new frames as the next past',
    (frames) => {
      const address = allocate(FilteredWindow.bytes(pastFrames, maxFrames));
      const window = windowAt(address);
      const past = Float32Array.of(1, 2, 3, 4, 5);
      const added = Array.from({ length: frames }, (_, n) => 6 + n);
      window.slot.set(added);
      window.begin(past);
      expect(contentAt(address, pastFrames + frames)).toEqual([1, 2, 3, 4, 5, ...added]);
      window.finish(past, frames);
      expect([...past]).toEqual([1, 2, 3, 4, 5, ...added].slice(-pastFrames));
    },
  );

  test.each([1, 2, 3, 4, 5, 9, 12])('is silent wherever one of %i new frames is not finite', (frames) => {
    const address = allocate(FilteredWindow.bytes(pastFrames, maxFrames));
    const window = windowAt(address);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (let index = 0; index < frames; index++) {
        const added = Array.from({ length: frames }, (_, n) => (n === index ? bad : 3.4e38));
        window.slot.set(added);
        window.begin(new Float32Array(pastFrames));
        window.silenceNonFinite(frames);
        expect(contentAt(address + pastFrames * 4, frames)).toEqual(
          added.map((x) => (Number.isFinite(x) ? Math.fround(x) : 0)),
        );
      }
    }
  });
});
