import { expect, test } from 'vitest';
import { loadProcessing } from '../../src/loops/processing.ts';
import { planUplink } from '../../src/paths/uplink.ts';

const wire = { format: 'pcm16', rateHz: 24_000 } as const;

test('nothing is loaded for whoever asks for nothing', async () => {
  expect(await loadProcessing({})).toEqual({});
  expect(await loadProcessing({ resampler: 'kernel', denoise: false })).toEqual({});
});

test('what is loaded fits into a path', async () => {
  const processing = await loadProcessing({ resampler: 'libsamplerate', denoise: true, gain: 'auto' });
  expect(planUplink({ name: 'mic', rateHz: 44_100 }, { wire, ...processing }).description).toBe(
    [
      'mic 44100 Hz',
      'libsamplerate medium 44100→48000 (+1.1 ms)',
      'denoiser (+10.0 ms)',
      'libsamplerate medium 48000→24000 (+1.9 ms)',
      'pre-gain auto (+3.0 ms)',
      '20 ms frames',
      'socket',
    ].join(' → '),
  );
});
