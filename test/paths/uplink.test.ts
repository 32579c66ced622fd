import { describe, expect, test } from 'vitest';
import type { AudioBlock } from '../../src/audio/audio-block.ts';
import { decodeSamples } from '../../src/audio/sample-format.ts';
import { VirtualClock } from '../../src/clock.ts';
import { wavDownlink } from '../../src/paths/downlink.ts';
import { openUplink, planUplink, type UplinkPlan } from '../../src/paths/uplink.ts';
import { inlet } from '../../src/pipeline/inlet.ts';
import { loadRnnoise } from '../../src/stages/denoiser/rnnoise.ts';
import type { UplinkFrame } from '../../src/stages/frame-packer.ts';

const wire = { format: 'pcm16', rateHz: 24_000 } as const;

function samplesOf({ message }: UplinkFrame): Float32Array {
  const bytes = Buffer.from((JSON.parse(message) as { audio: string }).audio, 'base64');
  const samples = new Float32Array(bytes.length / 2);
  decodeSamples('pcm16', bytes, samples);
  return samples;
}

function block(rateHz: number, timeMs: number, value = 0): AudioBlock {
  return { samples: new Float32Array(rateHz / 50).fill(value), rateHz, channels: 1, timeMs };
}

describe('the plan of an uplink', () => {
  test('has a resampler only where the rates differ', () => {
    expect(planUplink({ name: 'wav', rateHz: 24_000 }, { wire }).description).toBe(
      'wav 24000 Hz → 20 ms frames → socket',
    );
    expect(planUplink({ name: 'mic', rateHz: 44_100 }, { wire, frameMs: 40 }).description).toBe(
      'mic 44100 Hz → resampler 44100→24000 (+1.5 ms) → 40 ms frames → socket',
    );
  });

  test('denoises at 48 kHz, and sets the gain last', async () => {
    const rnnoise = await loadRnnoise();
    expect(planUplink({ name: 'mic', rateHz: 48_000 }, { wire, rnnoise, gain: 6 }).description).toBe(
      'mic 48000 Hz → denoiser (+10.0 ms) → resampler 48000→24000 (+1.5 ms) → pre-gain +6 dB (+3.0 ms) → 20 ms frames → socket',
    );
    expect(planUplink({ name: 'wav', rateHz: 24_000 }, { wire, rnnoise }).description).toBe(
      'wav 24000 Hz → resampler 24000→48000 (+1.5 ms) → denoiser (+10.0 ms) → resampler 48000→24000 (+1.5 ms) → 20 ms frames → socket',
    );
  });

  test('adds up what the filters delay', () => {
    expect(planUplink({ name: 'wav', rateHz: 24_000 }, { wire }).delayMs).toBe(0);
    expect(planUplink({ name: 'wav', rateHz: 16_000 }, { wire }).delayMs).toBeCloseTo(2.25, 6);
  });
});

describe('an open uplink', () => {
  test('applies the gain, and never lets a sample clip', () => {
    const frames: UplinkFrame[] = [];
    const uplink = openUplink(
      'wav',
      { wire, gain: 20 },
      inlet((frame) => frames.push(frame)),
    );
    for (let k = 0; k < 10; k++) uplink.push(block(24_000, k * 20, k < 5 ? 0.01 : 0.5));
    expect(samplesOf(frames[3] as UplinkFrame).at(-1)).toBeCloseTo(0.1, 3);
    const loud = samplesOf(frames[9] as UplinkFrame).at(-1) ?? 0;
    expect(loud).toBeGreaterThan(0.88);
    expect(Math.max(...frames.flatMap((frame) => [...samplesOf(frame)]))).toBeLessThanOrEqual(0.892);
  });

  test('goes on without a gap when the source changes its rate', () => {
    const frames: UplinkFrame[] = [];
    const plans: UplinkPlan[] = [];
    const uplink = openUplink(
      'wav',
      { wire },
      inlet((frame) => frames.push(frame)),
      (plan) => plans.push(plan),
    );
    const rates = [24_000, 24_000, 48_000, 48_000, 8_000, 44_100, 24_000];
    for (const [k, rateHz] of rates.entries()) uplink.push(block(rateHz, k * 20, 0.25));
    expect(frames.map(({ frame }) => frame)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(plans.map(({ description }) => description.split(' → ')[0])).toEqual([
      'wav 24000 Hz',
      'wav 48000 Hz',
      'wav 8000 Hz',
      'wav 44100 Hz',
      'wav 24000 Hz',
    ]);
    expect(frames.flatMap((frame) => [...samplesOf(frame)])).toHaveLength(7 * 480);
    expect(samplesOf(frames[1] as UplinkFrame).every((sample) => sample === 0.25)).toBe(true);
  });

  test('stamps frames with the time of capture, whatever the filters delay', () => {
    const frames: UplinkFrame[] = [];
    const uplink = openUplink(
      'wav',
      { wire },
      inlet((frame) => frames.push(frame)),
    );
    for (let k = 0; k < 3; k++) uplink.push(block(48_000, 1000 + k * 20));
    const { delayMs } = planUplink({ name: 'wav', rateHz: 48_000 }, { wire });
    expect(frames).toHaveLength(3);
    for (const [k, { timeMs }] of frames.entries()) expect(timeMs + delayMs).toBeCloseTo(1000 + k * 20, 9);
    uplink.end();
  });
});

test('a downlink plays what is pushed into its playback on its track', async () => {
  const clock = new VirtualClock();
  const track: number[] = [];
  const { playback, sink, description } = wavDownlink({
    clock,
    rateHz: 24_000,
    track: { write: (_atFrame, samples) => track.push(...samples) },
  });
  expect(description).toBe('socket → frame unpacker → jitter buffer → wav 24000 Hz');
  const samples = Float32Array.from({ length: 600 }, (_, i) => (i + 1) / 1000);
  playback.push({ responseId: 'r', itemId: 'i', contentIndex: 0, samples, rateHz: 24_000, receivedAtMs: 0 });
  playback.finish('i', 0);
  sink.start();
  await clock.run(() => clock.sleep(100));
  sink.stop();
  expect(track.filter((sample) => sample !== 0)).toEqual([...samples]);
});
