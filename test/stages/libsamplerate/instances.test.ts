import { expect, test } from 'vitest';
import { loadInstances } from '../../../src/stages/libsamplerate/instances.ts';

test('an instance is there at once, and each is another', async () => {
  const make = await loadInstances();
  const [one, other] = [make(48_000, 24_000, 1, 1), make(16_000, 24_000, 2, 0)];
  expect(one).not.toBe(other);
  expect(one.module).not.toBe(other.module);
  expect([one.inputSampleRate, one.nChannels, one.converterType]).toEqual([48_000, 1, 1]);
  expect([other.inputSampleRate, other.nChannels, other.converterType]).toEqual([16_000, 2, 0]);
});

test('an instance can be awaited like anything else', async () => {
  const make = await loadInstances();
  const instance = make(48_000, 24_000, 1, 1);
  expect('then' in instance).toBe(false);
  expect(await instance).toBe(instance);
});

test('what the package refuses is thrown at once', async () => {
  const make = await loadInstances();
  expect(() => make(0, 24_000, 1, 1)).toThrow('made no converter');
});
