import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { resampleWhole } from '../../src/audio/resample-whole.ts';
import { speechOf } from '../../src/audio/speech-segments.ts';
import { openWav } from '../../src/audio/wav-reader.ts';
import { TurnDetector } from '../../src/mock/turn-detector.ts';
import { joined, silence } from './harness.ts';

const folder = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith('.wav'));

/** Where the detector hears speech, in milliseconds from the start of the file. */
async function heardIn(name: string, rateHz: number): Promise<number[]> {
  const wav = await openWav(folder + name);
  const samples = (await wav.read(wav.frames)) ?? new Float32Array(0);
  await wav.close();
  const silenceDurationMs = 500;
  const settings = { threshold: 0.5, prefixPaddingMs: 0, silenceDurationMs, speechDurationMs: 100 };
  const leadMs = 1000;
  const audio = joined(
    silence(leadMs, rateHz),
    resampleWhole(samples, wav.rateHz, rateHz),
    silence(1000, rateHz),
  );
  return new TurnDetector(rateHz, settings)
    .push(audio)
    .map((event) =>
      event.type === 'speech-started'
        ? event.audioStartMs - leadMs
        : event.audioEndMs - silenceDurationMs - leadMs,
    );
}

// At 8 kHz the hiss of an s is not in the signal: such a word begins with its vowel.
describe.each([
  [8_000, 110],
  [24_000, 60],
])('at %i Hz the detector hears', (rateHz, toleranceMs) => {
  test.each(names)('what is said in %s, and nothing else', async (name) => {
    const wav = await openWav(folder + name);
    const { segments } = await speechOf(folder + name);
    await wav.close();
    const truth = segments.flatMap(({ startFrame, endFrame }) => [startFrame, endFrame]);
    const heard = await heardIn(name, rateHz);
    expect(heard).toHaveLength(truth.length);
    for (const [i, frame] of truth.entries()) {
      const offMs = (heard[i] as number) - (frame / wav.rateHz) * 1000;
      const isStart = i % 2 === 0;
      // Words begin suddenly and end slowly: the last of a fading vowel is under the threshold.
      expect(offMs, `${heard}`).toBeGreaterThanOrEqual(isStart ? -20 : -130);
      expect(offMs, `${heard}`).toBeLessThanOrEqual(toleranceMs);
    }
  });
});
