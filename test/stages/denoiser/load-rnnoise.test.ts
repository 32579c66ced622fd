import { expect, test, vi } from 'vitest';
import { VoiceloopError } from '../../../src/errors.ts';
import { loadRnnoise } from '../../../src/stages/denoiser/rnnoise.ts';

const attempts: string[] = [];

vi.mock('@echogarden/rnnoise-wasm', async (original) => {
  const { default: instantiate } = await original<typeof import('@echogarden/rnnoise-wasm')>();
  return {
    default(options: Parameters<typeof instantiate>[0]) {
      attempts.push('load');
      if (attempts.length === 1) return Promise.reject(new Error('no room'));
      return instantiate(options);
    },
  };
});

test('says what is wrong where it cannot be loaded, tries again when asked again, and loads once', async () => {
  const error = await loadRnnoise().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(VoiceloopError);
  expect(error).toMatchObject({ kind: 'failure', code: 'rnnoise-not-loaded', reason: 'no room' });
  const [first, second] = await Promise.all([loadRnnoise(), loadRnnoise()]);
  expect(first).toBe(second);
  expect(await loadRnnoise()).toBe(first);
  expect(attempts).toHaveLength(2);
});
