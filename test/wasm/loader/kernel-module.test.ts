import { describe, expect, test } from 'vitest';
import { designFilter, ratioBetween } from '../../../wasm/filter-design.ts';
import { cutBank } from '../../../wasm/loader/cut-bank.ts';
import { allocate, kernels, workspaceOf } from '../../../wasm/loader/kernel-module.ts';
import { noise } from '../conversions.ts';

const bytesAt = (address: number, bytes: number) => new Uint8Array(kernels.memory.buffer, address, bytes);

test('rooms are apart, zeroed, and begin where a vector may', () => {
  const sizes = [1, 15, 16, 17, 70_000, 4];
  const addresses = sizes.map(allocate);
  expect(addresses.every((address) => address % 16 === 0 && address >= kernels.heapBase())).toBe(true);
  addresses.forEach((address, n) => {
    const size = sizes[n] as number;
    expect(bytesAt(address, size).every((byte) => byte === 0)).toBe(true);
    bytesAt(address, size).fill(n + 1);
  });
  addresses.forEach((address, n) => {
    expect(bytesAt(address, sizes[n] as number).every((byte) => byte === n + 1)).toBe(true);
  });
});

test('the room to work is one for all who find it large enough, and another for who does not', () => {
  const small = workspaceOf(1000);
  expect(workspaceOf(500)).toBe(small);
  const large = workspaceOf(3_000_000);
  expect(large).not.toBe(small);
  expect(workspaceOf(1000)).toBe(large);
  expect(kernels.memory.buffer.byteLength).toBeGreaterThanOrEqual(large + 3_000_000);
});

describe('the polyphase filter in narrow groups', () => {
  test.each([
    [48_000, 24_000],
    [44_100, 24_000],
    [24_000, 44_100],
  ])('gives the bits of the wide ones, %i → %i Hz', (fromHz, toHz) => {
    const ratio = ratioBetween(fromHz, toHz);
    const design = designFilter(ratio, 'std');
    const bank = cutBank(design, ratio.up, ratio.up);
    const frames = fromHz / 50;
    const count = toHz / 50;
    const input = allocate((design.taps + frames) * 4);
    const output = allocate(count * 4);
    new Float32Array(kernels.memory.buffer, input, design.taps + frames).set(noise(design.taps + frames));
    const outputs = [kernels.convolve, kernels.convolveNarrow].map((filter) => {
      filter(bank, design.taps, ratio.up, ratio.down, 0, input, output, count);
      return new Float32Array(kernels.memory.buffer, output, count).slice();
    });
    expect(Math.max(...(outputs[0] ?? []))).toBeGreaterThan(0.1);
    expect(outputs[1]).toEqual(outputs[0]);
  });
});
