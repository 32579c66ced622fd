import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { voiceloop } from '../e2e/voiceloop.ts';
import { VirtualAudio } from './virtual-audio.ts';

describe('voiceloop devices, with sound', () => {
  let audio: VirtualAudio;
  beforeAll(async () => {
    audio = await VirtualAudio.start();
  }, 60_000);
  afterAll(() => audio[Symbol.asyncDispose]());

  test('takes the first driver that works, and lists what it finds', async () => {
    const { exitCode, stdout } = await voiceloop(['devices', '--json'], { env: audio.env });
    const { schema, driver, devices } = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect([schema, driver]).toEqual(['voiceloop.devices/1', 'portaudio']);
    expect(devices.filter((device: { isDefault: boolean }) => device.isDefault)).toHaveLength(2);
  });

  test('measures the round trip through a microphone that hears the loudspeaker', async () => {
    const flags = ['--test', '--json', '--driver', 'pulse', '--input-device', 'echo'];
    const { exitCode, stdout } = await voiceloop(['devices', ...flags], { env: audio.env });
    const { test } = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(test.roundTrip.median.totalMs).toBeGreaterThan(20);
    expect(test.roundTrip.median.totalMs).toBeLessThan(200);
  });
});
