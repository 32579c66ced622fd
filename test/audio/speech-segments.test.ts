import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { speechOf } from '../../src/audio/speech-segments.ts';
import { buildWav, pcm16, TemporaryFolder } from './build-wav.ts';

const rateHz = 8_000;

/** A second of silence, one of a buzz in syllables, one of silence. */
const wav = buildWav({
  rateHz,
  data: pcm16(
    Array.from({ length: 3 * rateHz }, (_, i) => {
      const isSpeaking = i >= rateHz && i < 2 * rateHz;
      const isClosure = i % 1_500 < 400;
      return isSpeaking ? Math.round(((i % 50) * 400 - 10_000) * (isClosure ? 0.02 : 1)) : 0;
    }),
  ),
});

const sidecar = {
  schema: 'voiceloop.fixture/1',
  text: 'When do you open?',
  language: 'en-GB',
  rateHz,
  channels: 1,
  format: '16-bit PCM',
  frames: 3 * rateHz,
  segments: [
    { startFrame: 800, endFrame: 4_000 },
    { startFrame: 8_000, endFrame: 15_998 },
  ],
  made: 'by hand',
};

async function speechBeside(json: unknown, name = 'a.wav', content = wav) {
  using folder = new TemporaryFolder();
  const path = folder.file(name, content);
  if (json !== undefined) folder.file('a.json', typeof json === 'string' ? json : JSON.stringify(json));
  return await speechOf(path);
}

describe('a sidecar file', () => {
  test('is believed', async () => {
    expect(await speechBeside(sidecar)).toEqual({
      source: 'sidecar',
      text: 'When do you open?',
      segments: sidecar.segments,
      startMs: 100,
      endMs: 1_999.75,
    });
  });

  test('lies beside a file with a shouted ending as well', async () => {
    expect((await speechBeside(sidecar, 'a.WAV')).source).toBe('sidecar');
  });

  test('may say that there is no speech', async () => {
    const speech = await speechBeside({ ...sidecar, text: undefined, segments: [] });
    expect(speech).toEqual({ source: 'sidecar', segments: [], startMs: undefined, endMs: undefined });
  });

  test('that was made with the whole of a file that is cut off now is left alone: the speech is measured', async () => {
    const cut = await speechBeside(sidecar, 'a.wav', wav.subarray(0, wav.length - 2 * rateHz));
    expect(cut).toMatchObject({ source: 'measured', segments: [{}] });
    expect(Math.abs((cut.endMs ?? 0) - 2_000)).toBeLessThanOrEqual(10);
  });

  test('is believed also where the header of the file promises more than the sidecar file and the file have', async () => {
    const boasting = wav.slice();
    boasting.set([0xff, 0xff, 0xff, 0x7f], 40);
    expect(await speechBeside(sidecar, 'a.wav', boasting)).toMatchObject({ source: 'sidecar' });
  });

  test.each<[string, unknown]>([
    ['has another schema', { ...sidecar, schema: 'somebody.else/1' }],
    ['has no schema', { ...sidecar, schema: undefined }],
    ['has a schema that is no text', { schema: 1 }],
    ['is a list', [sidecar]],
    ['is nothing', null],
    ['is lines of JSON', '{"word": "When"}\n{"word": "do"}\n'],
  ])('is not what %s: it is somebody else’s, and the speech is measured', async (_, json) => {
    expect(await speechBeside(json)).toMatchObject({ source: 'measured', segments: [{}] });
  });

  test('is no folder', async () => {
    using folder = new TemporaryFolder();
    mkdirSync(join(folder.path, 'a.json'));
    expect(await speechOf(folder.file('a.wav', wav))).toMatchObject({ source: 'measured' });
  });

  test.each<[string, unknown, string, string]>([
    ['is no JSON', '{"schema": "voiceloop.fixture/1",', 'a.json', 'is not JSON'],
    ['has a newer schema', { ...sidecar, schema: 'voiceloop.fixture/9' }, 'schema', 'voiceloop.fixture/9'],
    ['lacks a field', { ...sidecar, frames: undefined }, 'frames', 'frames'],
    [
      'has half a frame',
      { ...sidecar, segments: [{ startFrame: 0.5, endFrame: 9 }] },
      'segments.0.startFrame',
      '0.5',
    ],
    ['has another rate', { ...sidecar, rateHz: 16_000 }, 'rateHz', 'the WAV file has 8000'],
    ['has another length', { ...sidecar, frames: 7 }, 'frames', 'the WAV file has 24000'],
    [
      'has an empty segment',
      { ...sidecar, segments: [{ startFrame: 9, endFrame: 9 }] },
      'segments.0',
      '9 to 9',
    ],
    [
      'goes beyond the end',
      { ...sidecar, segments: [{ startFrame: 9, endFrame: 24_001 }] },
      'segments.0',
      '24001',
    ],
    ['is out of order', { ...sidecar, segments: sidecar.segments.toReversed() }, 'segments.1', '800 to 4000'],
  ])('that %s is refused, and the error names the file and the field', async (_, json, place, words) => {
    const error = await speechBeside(json).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'input', code: 'sidecar-invalid' });
    expect((error as { where: string }).where).toContain('a.json');
    expect((error as { where: string }).where).toContain(place);
    expect((error as Error).message).toContain(words);
  });
});

test('without a sidecar file the speech is measured', async () => {
  const speech = await speechBeside(undefined);
  expect(speech.source).toBe('measured');
  expect(speech.segments).toHaveLength(1);
  expect(Math.abs((speech.startMs ?? 0) - 1_000)).toBeLessThanOrEqual(10);
  expect(Math.abs((speech.endMs ?? 0) - 2_000)).toBeLessThanOrEqual(10);
});

test('a WAV file that cannot be read is refused as such', async () => {
  await expect(speechOf('nowhere/a.wav')).rejects.toMatchObject({ code: 'wav-not-found' });
});
