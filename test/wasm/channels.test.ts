import { describe, expect, test } from 'vitest';
import { Channels } from '../../wasm/channels.ts';
import { channelOf, noise } from './conversions.ts';

describe.each([1, 2, 3, 6])('%i channels', (count) => {
  test.each([0, 1, 3, 480, 2047, 2048, 2049, 4800])(
    'of %i frames are taken apart and joined again',
    (frames) => {
      const first = 5;
      const input = noise((first + frames) * count);
      const channels = new Channels(count, 4800);
      const wanted = input.subarray(first * count);
      for (let channel = 0; channel < count; channel++) {
        const taken = channels.take(channel, input, first, frames);
        expect(taken).toEqual(channelOf(wanted, channel, count));
        channels.plane(channel, frames).set(taken);
      }
      expect(channels.join(frames)).toEqual(wanted);
    },
  );

  test('give the same arrays again and again', () => {
    const channels = new Channels(count, 960);
    expect(channels.join(480)).toBe(channels.join(480));
    expect(channels.plane(count - 1, 480)).toBe(channels.plane(count - 1, 480));
  });
});

test('a whole block of one channel is taken as it is', () => {
  const input = noise(480);
  expect(new Channels(1, 480).take(0, input, 0, 480)).toBe(input);
});

test.each([0, -1, 1.5, Number.NaN])('%d channels are refused', (count) => {
  expect(() => new Channels(count, 480)).toThrow(
    new RangeError(`the number of channels must be a positive integer, received ${count}`),
  );
});
