import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadProcessing } from '../../src/loops/processing.ts';
import { checkSpokenFile } from '../../src/loops/spoken-file.ts';
import { buildWav, pcm16, TemporaryFolder } from '../audio/build-wav.ts';

const wire = { format: 'pcm16', rateHz: 24_000 } as const;

describe('a file that is going to be said', () => {
  test('is known before it is said', async () => {
    const file = await checkSpokenFile('fixtures/opening-hours.wav', wire);
    expect(file).toMatchObject({
      path: 'fixtures/opening-hours.wav',
      name: 'opening-hours.wav',
      speech: { source: 'sidecar', text: 'Hello! When does the library open on Sunday?' },
      warnings: [],
    });
    expect(file.durationMs).toBeCloseTo(3261.56, 2);
    expect(file.uplink).toMatch(/^wav 48000 Hz → resampler 48000→24000 .* → 20 ms frames → socket$/);
  });

  test('may be cut off: what is there is said, with a warning that names it', async () => {
    using folder = new TemporaryFolder();
    const whole = readFileSync('fixtures/opening-hours.wav');
    const path = folder.file('cut.wav', whole.subarray(0, whole.length / 2));
    folder.file('cut.json', readFileSync('fixtures/opening-hours.json'));
    const file = await checkSpokenFile(path, wire);
    expect(file.durationMs).toBeCloseTo(1630.5, 0);
    expect(file.speech.source).toBe('measured');
    expect(file.speech.endMs).toBeLessThanOrEqual(file.durationMs);
    expect(file.warnings).toEqual([expect.stringMatching(/cut\.wav: .* promises 3\.26 s/)]);
  });

  test('may have any rate, and is refused at one that the chosen resampler cannot do, with one that it can', async () => {
    using folder = new TemporaryFolder();
    const at = (rateHz: number) =>
      folder.file(`${rateHz}.wav`, buildWav({ rateHz, data: pcm16(Array.from({ length: 999 }, () => 0)) }));
    expect((await checkSpokenFile(at(44_101), wire)).uplink).toContain('resampler 44101→24000');
    const processing = await loadProcessing({ resampler: 'libsamplerate' });
    await expect(checkSpokenFile(at(384_000), wire, processing)).rejects.toMatchObject({
      kind: 'input',
      code: 'wav-bad-rate',
      where: at(384_000),
      hint: expect.stringContaining('48000 Hz'),
    });
  });

  test('is refused where it is missing', async () => {
    await expect(checkSpokenFile('nowhere.wav', wire)).rejects.toMatchObject({ code: 'wav-not-found' });
  });
});
