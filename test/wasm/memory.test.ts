import { afterEach, describe, expect, test, vi } from 'vitest';
import { allocate, kernels } from '../../wasm/loader/kernel-module.ts';
import { openConverter } from '../../wasm/open-converter.ts';
import { concatenate } from '../support/concatenate.ts';
import { convert, type Kind, kinds, noise } from './conversions.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** As a filter for another pair of rates does. */
function makeMemoryGrow(): void {
  const { buffer } = kernels.memory;
  while (kernels.memory.buffer === buffer) allocate(65_536);
}

describe.each(kinds)('$name', ({ open }: Kind) => {
  test.each([1, 2])('goes on when the memory of the kernels grows, with %i channel(s)', (channels) => {
    const input = noise(1200 * channels);
    const sizes = [100, 1, 0, 99, 400, 600];
    const expected = convert(open(channels), input, sizes, { channels, flush: true });
    const disturbed = open(channels);
    let first = 0;
    const pieces = sizes.map((frames) => {
      const piece = disturbed.convert(input, first, frames).slice();
      first += frames;
      makeMemoryGrow();
      return piece;
    });
    expect(concatenate([...pieces, disturbed.flush()])).toEqual(expected);
  });

  test('waits for its window through a growth of the memory', () => {
    const [waiting, undisturbed] = [open(), open()];
    waiting.skipDelay();
    undisturbed.skipDelay();
    // The first frames give nothing: an empty result must not be found detached.
    const input = noise(900);
    const pieces: Float32Array[] = [];
    for (let n = 0; n < 4; n++) {
      pieces.push(waiting.convert(input, n, 1).slice());
      makeMemoryGrow();
    }
    pieces.push(waiting.convert(input, 4, 796).slice());
    expect(concatenate(pieces)).toEqual(convert(undisturbed, input.subarray(0, 800), [1, 1, 1, 1, 796]));
  });
});

test('the memory of the kernels does not grow with the number of streams', () => {
  for (const { open } of kinds) convert(open(2), noise(800), undefined, { channels: 2, flush: true });
  const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
  for (let n = 0; n < 40; n++) {
    for (const { open } of kinds) convert(open(2), noise(200), undefined, { channels: 2, flush: true });
  }
  expect(grow).not.toHaveBeenCalled();
});

test('a filter is designed when the first stream asks for it, and not again', () => {
  openConverter(47_999, 24_000, 1, 'best');
  const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
  for (let n = 0; n < 100; n++) openConverter(47_999, 24_000, 1, 'best');
  expect(grow).not.toHaveBeenCalled();
});
