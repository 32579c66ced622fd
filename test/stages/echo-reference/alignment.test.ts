/** How well microphone and reference are aligned, by the peak of their correlation. */
import { describe, expect, test } from 'vitest';
import { lagMs, smoothNoise, TwoDevices } from './two-devices.ts';

const rateHz = 8000;
const noise = smoothNoise();

function lag(devices: TwoDevices, ms = 200): number {
  const { microphone, reference } = devices.listen(ms);
  return lagMs(microphone, reference, rateHz);
}

describe.each([
  [-300, 300, 1],
  [300, -300, 2],
  [0, 300, 3],
])(
  'with a microphone off by %d ppm, a loudspeaker by %d, and stamps by up to 2 ms',
  (microphonePpm, loudspeakerPpm, seed) => {
    const delayMs = 7;
    const devices = new TwoDevices(noise, { microphonePpm, loudspeakerPpm, jitterMs: 2, seed, delayMs });
    const off: number[] = [];
    while (devices.nowMs < 10 * 60_000) {
      off.push(Math.abs(lag(devices) - delayMs));
      // All of the first five seconds, then a fifteenth.
      if (devices.nowMs > 5000) devices.run(2800);
    }

    test('both channels are within 5 ms from the first sample on, for ten minutes', () => {
      expect(off.length).toBeGreaterThan(200);
      expect(Math.max(...off)).toBeLessThan(4);
    });

    test('they are within 0.5 ms after half a minute', () => {
      expect(Math.max(...off.slice(35))).toBeLessThan(0.5);
    });

    test('nothing was realigned, and the drift is known', () => {
      expect(devices.stage.statistics.realigned).toBe(0);
      expect(Math.abs(devices.stage.statistics.driftPpm - (loudspeakerPpm - microphonePpm))).toBeLessThan(20);
      expect(Math.abs(devices.stage.statistics.offsetMs)).toBeLessThan(0.5);
    });
  },
);

test('the first words after a silence of a minute are aligned', () => {
  const devices = new TwoDevices(noise, { microphonePpm: -300, loudspeakerPpm: 300, jitterMs: 2 });
  devices.run(20_000);
  devices.pause(60_000);
  devices.run(60_100);
  expect(Math.abs(lag(devices))).toBeLessThan(3);
});

describe('is aligned again', () => {
  const settled = () => {
    const devices = new TwoDevices(noise, { microphonePpm: 300, loudspeakerPpm: -300, jitterMs: 2, seed: 4 });
    devices.run(10_000);
    return devices;
  };

  test('at once after the loudspeaker has paused for longer than 20 ms', () => {
    const devices = settled();
    devices.pause(150);
    devices.run(80 + 150);
    expect(Math.abs(lag(devices))).toBeLessThan(3);
    expect(devices.stage.statistics.realigned).toBe(1);
  });

  test('soon after the loudspeaker has paused for less', () => {
    const devices = settled();
    devices.pause(12);
    devices.run(160);
    expect(Math.abs(lag(devices))).toBeLessThan(3);
    expect(devices.stage.statistics.realigned).toBe(1);
  });

  test('at once after the microphone has lost sound', () => {
    const devices = settled();
    devices.loseMicrophone(45);
    expect(Math.abs(lag(devices))).toBeLessThan(3);
    expect(devices.stage.statistics.realigned).toBe(1);
  });

  test('after a flush, whose sound is not in the reference', () => {
    const devices = settled();
    devices.flush(140);
    const { microphone, reference } = devices.listen(100);
    devices.run(40);
    expect(Math.abs(lag(devices))).toBeLessThan(3);
    const sounding = (samples: Float32Array) => samples.findLastIndex((sample) => sample !== 0);
    // At this rate the filter still sounds for 4.5 ms, and both ends are known as well as the stamps are.
    expect(sounding(microphone)).toBe(-1);
    expect(sounding(reference)).toBeLessThan(0.01 * rateHz);
    expect(devices.stage.statistics.realigned).toBe(0);
  });
});
