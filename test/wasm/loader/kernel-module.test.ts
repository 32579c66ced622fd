import { expect, test } from 'vitest';
import { allocate, kernels, workspaceOf } from '../../../wasm/loader/kernel-module.ts';

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
