import { describe, expect, test } from 'vitest';
import type { AudioBlock } from '../../src/audio/audio-block.ts';
import { decodeSamples } from '../../src/audio/sample-format.ts';
import { VirtualClock } from '../../src/clock.ts';
import { VoiceloopError } from '../../src/errors.ts';
import { wavDownlink } from '../../src/paths/downlink.ts';
import { openUplink, planUplink, type UplinkOptions, type UplinkPlan } from '../../src/paths/uplink.ts';
import { type Inlet, inlet } from '../../src/pipeline/inlet.ts';
import { Random } from '../../src/random.ts';
import { loadRnnoise } from '../../src/stages/denoiser/rnnoise.ts';
import { echoReference } from '../../src/stages/echo-reference.ts';
import type { UplinkFrame } from '../../src/stages/frame-packer.ts';
import { microphoneGate } from '../../src/stages/microphone-gate.ts';

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

describe('an uplink with an echo reference', () => {
  const opened = (options: Partial<UplinkOptions> = {}) => {
    const echo = echoReference({ wireHz: 24_000, playedHz: 48_000 });
    const frames: UplinkFrame[] = [];
    const plans: UplinkPlan[] = [];
    const uplink = openUplink(
      'mic',
      { wire, echo, ...options },
      inlet((frame) => frames.push(frame)),
      (plan) => plans.push(plan),
    );
    const channel = (offset: number) =>
      frames.flatMap((frame) => [...samplesOf(frame)]).filter((_, i) => i % 2 === offset);
    return { echo, frames, plans, uplink, left: () => channel(0), right: () => channel(1) };
  };

  test('says so in its description', () => {
    const echo = echoReference({ wireHz: 24_000, playedHz: 48_000 });
    const gate = microphoneGate({ rateHz: 24_000 });
    const { description } = planUplink({ name: 'mic', rateHz: 48_000 }, { wire, echo });
    expect(description).toBe(
      'mic 48000 Hz → resampler 48000→24000 (+1.5 ms) → echo reference → 20 ms stereo frames → socket',
    );
    expect(planUplink({ name: 'mic', rateHz: 24_000 }, { wire, gate, echo, frameMs: 40 }).description).toBe(
      'mic 24000 Hz → microphone gate → echo reference → 40 ms stereo frames → socket',
    );
  });

  test('sends the microphone on the left and the loudspeaker on the right', () => {
    const { echo, uplink, frames, left, right } = opened();
    echo.play({ samples: new Float32Array(9600).fill(-0.5), rateHz: 48_000, channels: 1, timeMs: 1000 });
    for (let k = 0; k < 6; k++) uplink.push(block(24_000, 1000 + k * 20, 0.25));
    expect(frames).toHaveLength(6);
    expect(left().every((sample) => sample === 0.25)).toBe(true);
    expect(right()[1200]).toBeCloseTo(-0.5, 3);
  });

  test('has both at the same place when they were at the same time, whatever the filters delay', () => {
    const { echo, uplink, left, right } = opened({ gain: 0 });
    const click = (rateHz: number, atMs: number) => {
      const samples = new Float32Array(rateHz / 5);
      samples[(rateHz * atMs) / 1000] = 0.5;
      return samples;
    };
    echo.play({ samples: click(48_000, 90), rateHz: 48_000, channels: 1, timeMs: 1010 });
    uplink.push({ samples: click(48_000, 100), rateHz: 48_000, channels: 1, timeMs: 1000 });
    const peak = (samples: number[]) => samples.indexOf(Math.max(...samples));
    // A resampler and a limiter later.
    expect(peak(left())).toBe(2400 + 36 + 72);
    expect(Math.abs(peak(right()) - peak(left()))).toBeLessThanOrEqual(1);
  });

  test('keeps the reference, and its frames, when the source changes its rate', () => {
    const { echo, uplink, frames, right } = opened();
    echo.play({ samples: new Float32Array(48_000).fill(0.5), rateHz: 48_000, channels: 1, timeMs: 0 });
    const rates = [24_000, 48_000, 48_000, 44_100, 16_000, 24_000];
    for (const [k, rateHz] of rates.entries()) uplink.push(block(rateHz, k * 20, 0.25));
    expect(frames.map(({ frame }) => frame)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(right()).toHaveLength(6 * 480);
    expect(
      right()
        .slice(100)
        .every((sample) => Math.abs(sample - 0.5) < 0.001),
    ).toBe(true);
    expect(echo.statistics.realigned).toBe(0);
  });

  test('knows when a microphone that drifts heard what it sends, behind resamplers as well', () => {
    const stamps: number[] = [];
    const { uplink, frames, plans } = opened();
    for (let k = 0; k < 3000; k++) {
      stamps.push(k * 20 * 1.0003);
      uplink.push(block(48_000, stamps.at(-1) ?? 0));
    }
    const off = frames.map(({ timeMs }, k) =>
      Math.abs(timeMs + (plans[0]?.delayMs ?? 0) - (stamps[k] as number)),
    );
    expect(off).toHaveLength(3000);
    expect(Math.max(...off)).toBeLessThan(0.01);
  });

  test('closes the gate for the microphone alone, before the monitor sees it', () => {
    const gate = microphoneGate({ rateHz: 24_000, isOpen: false });
    const seen: number[] = [];
    const monitor = {
      name: 'monitor',
      delayMs: 0,
      open: (outlet: Inlet<AudioBlock>) =>
        inlet((each: AudioBlock) => {
          seen.push(...each.samples);
          outlet.push(each);
        }),
    };
    const { echo, uplink, left, right } = opened({ gate, monitor });
    echo.play({ samples: new Float32Array(9600).fill(0.5), rateHz: 48_000, channels: 1, timeMs: 0 });
    for (let k = 0; k < 4; k++) uplink.push(block(24_000, k * 20, 0.25));
    expect(seen).toHaveLength(4 * 480);
    expect([...seen, ...left()].every((sample) => sample === 0)).toBe(true);
    expect(right()[1000]).toBeCloseTo(0.5, 3);
  });

  test.each(['g711_ulaw', 'g711_alaw'] as const)('is refused as %s, which has one channel only', (format) => {
    const echo = echoReference({ wireHz: 8000, playedHz: 48_000 });
    const refused = () =>
      planUplink({ name: 'mic', rateHz: 48_000 }, { wire: { format, rateHz: 8000 }, echo });
    expect(refused).toThrow(VoiceloopError);
    expect(refused).toThrow(
      expect.objectContaining({
        kind: 'usage',
        code: 'echo-needs-pcm16',
        message: `${format} cannot carry the echo reference`,
        hint: expect.stringContaining('pcm16'),
      }),
    );
  });
});

describe('a switchable uplink', () => {
  const opened = (options: Partial<UplinkOptions> = {}) => {
    const frames: UplinkFrame[] = [];
    const plans: UplinkPlan[] = [];
    const uplink = openUplink(
      'mic',
      { wire, gain: 6, switchable: true, ...options },
      inlet((frame) => frames.push(frame)),
      (plan) => plans.push(plan),
    );
    const last = () => samplesOf(frames.at(-1) as UplinkFrame).at(-1);
    return { uplink, plans, last };
  };

  test('takes all that is done to the sound out, and puts it in again', () => {
    const { uplink, plans, last } = opened();
    let k = 0;
    const hear = (rateHz = 24_000) => {
      for (let n = 0; n < 3; n++) uplink.push(block(rateHz, 20 * k++, 0.1));
      return last();
    };
    expect(hear()).toBeCloseTo(0.2, 2);
    plans[0]?.setProcessing?.(false);
    expect(hear()).toBeCloseTo(0.1, 3);
    // Another rate, another plan: the switch stays where it is, and the old plan's moves the new stages as well.
    expect(hear(48_000)).toBeCloseTo(0.1, 3);
    plans[0]?.setProcessing?.(true);
    expect(hear(48_000)).toBeCloseTo(0.2, 2);
    plans[1]?.setProcessing?.(false);
    expect(hear(48_000)).toBeCloseTo(0.1, 3);
  });

  test('takes the denoiser out as well, without changing the delay', async () => {
    const rnnoise = await loadRnnoise();
    const { uplink, plans } = opened({ rnnoise });
    uplink.push(block(48_000, 0));
    const plain = planUplink({ name: 'mic', rateHz: 48_000 }, { wire, gain: 6, rnnoise });
    expect([plans[0]?.description, plans[0]?.delayMs]).toEqual([plain.description, plain.delayMs]);
    const noiseLeft = (isOn: boolean) => {
      const opening = opened({ rnnoise, gain: 0 });
      const random = new Random(1);
      let power = 0;
      for (let k = 0; k < 60; k++) {
        const samples = Float32Array.from({ length: 960 }, () => (random.uniform() - 0.5) * 0.1);
        opening.uplink.push({ samples, rateHz: 48_000, channels: 1, timeMs: k * 20 });
        if (k === 0) opening.plans[0]?.setProcessing?.(isOn);
        if (k > 40) power += (opening.last() ?? 0) ** 2;
      }
      return power;
    };
    expect(noiseLeft(true) / noiseLeft(false)).toBeLessThan(0.01);
  });

  test('is one only where that was asked for', () => {
    const source = { name: 'mic', rateHz: 24_000 };
    expect(planUplink(source, { wire, gain: 6 }).setProcessing).toBeUndefined();
    expect(planUplink(source, { wire, switchable: true }).setProcessing).toBeTypeOf('function');
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
