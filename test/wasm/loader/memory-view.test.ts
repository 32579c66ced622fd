import { expect, test } from 'vitest';
import { allocate, kernels } from '../../../wasm/loader/kernel-module.ts';
import { FirstViews, MemoryView } from '../../../wasm/loader/memory-view.ts';

function makeMemoryGrow(): void {
  const { buffer } = kernels.memory;
  while (kernels.memory.buffer === buffer) allocate(65_536);
}

test('a view is the same array until the memory grows, and then one with the same content', () => {
  const view = new MemoryView(Float32Array, allocate(16), 4);
  const before = view.array;
  before.set([1, 2, 3, 4]);
  expect(view.array).toBe(before);
  makeMemoryGrow();
  expect(before.length).toBe(0);
  expect([...view.array]).toEqual([1, 2, 3, 4]);
  view.array[0] = 9;
  expect([...view.array]).toEqual([9, 2, 3, 4]);
});

test('the first elements have one array for each number of them, on the same memory', () => {
  const address = allocate(32);
  const views = new FirstViews(Float32Array, address);
  new MemoryView(Float32Array, address, 8).array.set([1, 2, 3, 4, 5, 6, 7, 8]);
  expect([...views.first(3)]).toEqual([1, 2, 3]);
  expect([...views.first(5)]).toEqual([1, 2, 3, 4, 5]);
  expect(views.first(3)).toBe(views.first(3));
  makeMemoryGrow();
  expect([...views.first(3)]).toEqual([1, 2, 3]);
});

test('no elements at all can be copied also after the memory has grown', () => {
  const views = new FirstViews(Float32Array, allocate(16));
  expect(views.first(0).length).toBe(0);
  makeMemoryGrow();
  const target = new Float32Array(2);
  target.set(views.first(0));
  expect([...target]).toEqual([0, 0]);
});
