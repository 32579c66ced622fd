import { expect, test } from 'vitest';
import { VoiceloopError } from '../../../src/errors.ts';
import { LibsamplerateConversion } from '../../../src/stages/libsamplerate/conversion.ts';
import { type Instance, loadInstances } from '../../../src/stages/libsamplerate/instances.ts';

/** An instance of which every call but the first `sound` ones gives the code of an error, as the package does: as frames. */
async function failingAfter(sound: number): Promise<Instance> {
  const instance = (await loadInstances())(48_000, 24_000, 1, 1);
  let calls = 0;
  const full: Instance['full'] = (dataIn, dataOut, given) => {
    const result = Object.getPrototypeOf(instance).full.call(instance, dataIn, dataOut, given);
    if (given && calls++ >= sound) given.frames = 6;
    return result;
  };
  return Object.assign(instance, { full });
}

test('throws errors of the package that come back as numbers of frames', async () => {
  const never = await failingAfter(0);
  expect(() => new LibsamplerateConversion(never, 48_000, 24_000, 1)).toThrow(VoiceloopError);
  // 93 calls measure how far the filter looks ahead, one fills it with silence.
  const later = new LibsamplerateConversion(await failingAfter(95), 48_000, 24_000, 1);
  const block = new Float32Array(960);
  expect(later.convert(block, 0, 960).length).toBe(480);
  expect(() => later.convert(block, 0, 960)).toThrow(VoiceloopError);
  expect(() => later.reset()).toThrow(VoiceloopError);
});
