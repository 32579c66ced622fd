import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSamples, type SampleFormat } from '../../src/audio/sample-format.ts';
import { inlet } from '../../src/pipeline/inlet.ts';
import { type FramePackerOptions, framePacker, type UplinkFrame } from '../../src/stages/frame-packer.ts';

function open(options: FramePackerOptions) {
  const frames: UplinkFrame[] = [];
  const calls: string[] = [];
  const stage = framePacker(options);
  const first = stage.open(
    inlet(
      (frame) => frames.push(frame),
      () => calls.push('end'),
      () => calls.push('reset'),
    ),
  );
  return { stage, first, frames, calls };
}

/** What the service reads out of the message. */
function audioOf(frame: UplinkFrame | undefined, format: SampleFormat = 'pcm16'): number[] {
  const { type, audio, ...others } = JSON.parse(frame?.message ?? 'null');
  expect([type, others]).toEqual(['input_audio_buffer.append', {}]);
  const bytes = new Uint8Array(Buffer.from(audio, 'base64'));
  const samples = new Float32Array(format === 'pcm16' ? bytes.length / 2 : bytes.length);
  decodeSamples(format, bytes, samples);
  return [...samples];
}

const ramp = (length: number, from = 0) =>
  Float32Array.from({ length }, (_, i) => ((from + i) % 30_000) / 32_768);

describe('framePacker', () => {
  test('gives 20 ms frames of 1280 base64 characters by default', () => {
    const { stage, first, frames } = open({ rateHz: 24_000 });
    first.push({ samples: ramp(480), rateHz: 24_000, channels: 1, timeMs: 0 });
    expect([stage.name, stage.delayMs]).toEqual(['20 ms frames', 20]);
    expect(frames).toHaveLength(1);
    expect(JSON.parse(frames[0]?.message ?? '').audio).toHaveLength(1280);
    expect(audioOf(frames[0])).toEqual([...ramp(480)]);
  });

  test.each([
    ['g711_ulaw', 8_000, 216],
    ['g711_alaw', 8_000, 216],
    ['pcm16', 16_000, 856],
    ['pcm16', 8_000, 428],
  ] as const)('packs 20 ms of %s at %d Hz into %d base64 characters', (format, rateHz, characters) => {
    const { first, frames } = open({ rateHz, format });
    first.push({ samples: new Float32Array(rateHz / 50), rateHz, channels: 1, timeMs: 0 });
    expect(JSON.parse(frames[0]?.message ?? '').audio).toHaveLength(characters);
    expect(audioOf(frames[0], format)).toHaveLength(rateHz / 50);
  });

  test('dithers on request, the same in every run, and leaves silence within a step of silence', () => {
    const quiet = {
      samples: new Float32Array(480).fill(0.25 / 32_768),
      rateHz: 24_000,
      channels: 1,
      timeMs: 0,
    };
    const runs = [1, 2].map(() => {
      const { first, frames } = open({ rateHz: 24_000, dither: true });
      for (let n = 0; n < 50; n++) first.push(quiet);
      return frames.map((frame) => audioOf(frame).map((sample) => sample * 32_768));
    });
    expect(runs[0]).toEqual(runs[1]);
    const steps = (runs[0] ?? []).flat();
    expect(new Set(steps)).toEqual(new Set([-1, 0, 1]));
    expect(steps.reduce((sum, step) => sum + step, 0) / steps.length).toBeCloseTo(0.25, 1);
    expect(runs[0]?.[0]).not.toEqual(runs[0]?.[1]);
  });

  test('keeps both channels of a stereo uplink in one message', () => {
    const { first, frames } = open({ rateHz: 24_000, channels: 2 });
    first.push({ samples: ramp(1440), rateHz: 24_000, channels: 2, timeMs: 40 });
    expect(frames.map(({ timeMs, endMs }) => [timeMs, endMs])).toEqual([[40, 60]]);
    expect(audioOf(frames[0])).toEqual([...ramp(960)]);
  });

  test('gives the same frames and times however the input is cut', () => {
    const whole = ramp(24_00);
    const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(cuts, fc.constantFrom(10, 20, 30), (lengths, frameMs) => {
        const { first, frames } = open({ rateHz: 24_000, frameMs });
        let at = 0;
        for (let i = 0; at < whole.length; i++) {
          const samples = whole.slice(at, at + (lengths[i % lengths.length] as number));
          first.push({ samples, rateHz: 24_000, channels: 1, timeMs: 1000 + at / 24 });
          samples.fill(1);
          at += samples.length;
        }
        first.end();
        const samples = frames.flatMap((frame) => audioOf(frame));
        expect(samples.slice(0, whole.length)).toEqual([...whole]);
        expect(samples.slice(whole.length).every((sample) => sample === 0)).toBe(true);
        frames.forEach(({ timeMs, endMs, frame }, i) => {
          expect(frame).toBe(i);
          expect(timeMs).toBeCloseTo(1000 + i * frameMs, 9);
          expect(endMs).toBeCloseTo(Math.min(1100, 1000 + (i + 1) * frameMs), 9);
        });
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  test('a frame that a late block completes keeps the time of its first sample', () => {
    const { first, frames } = open({ rateHz: 8_000 });
    first.push({ samples: new Float32Array(80), rateHz: 8_000, channels: 1, timeMs: 0 });
    first.push({ samples: new Float32Array(80), rateHz: 8_000, channels: 1, timeMs: 500 });
    expect(frames.map(({ timeMs, endMs }) => [timeMs, endMs])).toEqual([[0, 510]]);
  });

  test('the end fills the last frame with silence, and its time ends with the audio', () => {
    const { first, frames, calls } = open({ rateHz: 8_000 });
    first.push({ samples: ramp(320), rateHz: 8_000, channels: 1, timeMs: 0 });
    first.push({ samples: new Float32Array(40).fill(0.5), rateHz: 8_000, channels: 1, timeMs: 40 });
    first.end();
    expect(audioOf(frames[2])).toEqual([...new Array(40).fill(0.5), ...new Array(120).fill(0)]);
    expect(frames[2]).toMatchObject({ timeMs: 40, endMs: 45, frame: 2 });
    expect(calls).toEqual(['end']);
  });

  test('the end sends nothing where nothing is held', () => {
    const { first, frames, calls } = open({ rateHz: 8_000 });
    first.push({ samples: ramp(160), rateHz: 8_000, channels: 1, timeMs: 0 });
    first.end();
    expect(frames).toHaveLength(1);
    expect(calls).toEqual(['end']);
  });

  test('a reset drops the frame that is not full and counts on', () => {
    const { first, frames, calls } = open({ rateHz: 8_000 });
    first.push({ samples: ramp(240), rateHz: 8_000, channels: 1, timeMs: 0 });
    first.reset();
    first.push({ samples: ramp(160, 1000), rateHz: 8_000, channels: 1, timeMs: 700 });
    expect(audioOf(frames[1])).toEqual([...ramp(160, 1000)]);
    expect(frames[1]).toMatchObject({ timeMs: 700, endMs: 720, frame: 1 });
    expect(calls).toEqual(['reset']);
  });

  test.each([
    { rateHz: 24_000, frameMs: 5 },
    { rateHz: 24_000, frameMs: 250 },
    { rateHz: 24_000, frameMs: Number.NaN },
    { rateHz: 22_050, frameMs: 25 },
  ])('refuses $frameMs ms at $rateHz Hz', (options) => {
    expect(() => framePacker(options)).toThrow(RangeError);
  });

  test.each([
    { rateHz: 48_000, channels: 1 },
    { rateHz: 24_000, channels: 2 },
  ])('refuses a block of $rateHz Hz and $channels channel(s) where 24000 Hz mono is due', (block) => {
    const { first } = open({ rateHz: 24_000 });
    expect(() => first.push({ ...block, samples: ramp(960), timeMs: 0 })).toThrow(RangeError);
  });
});
