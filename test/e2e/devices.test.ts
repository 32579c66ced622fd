import { afterAll, describe, expect, test } from 'vitest';
import { TemporaryFolder } from '../audio/build-wav.ts';
import { voiceloop } from './voiceloop.ts';

const folder = new TemporaryFolder();
/** No program is found there, and no sound server. */
const withoutPrograms = { PATH: folder.path, PULSE_SERVER: `unix:${folder.path}/nowhere` };
afterAll(() => folder[Symbol.dispose]());

describe.concurrent('voiceloop devices', () => {
  test('lists what there is, or says why there is nothing', async () => {
    const { exitCode, stdout, stderr } = await voiceloop(['devices', '--json']);
    const document = JSON.parse(stdout);
    expect(Object.keys(document)[0]).toBe('schema');
    if (exitCode === 0) {
      expect(document).toMatchObject({ schema: 'voiceloop.devices/1', driver: expect.any(String) });
      expect(document.devices.length).toBeGreaterThan(0);
      for (const { id, kind, rateHz } of document.devices) {
        expect(id).not.toBe('');
        expect(['input', 'output']).toContain(kind);
        expect(rateHz).toBeGreaterThanOrEqual(8000);
      }
    } else {
      expect(exitCode).toBe(6);
      expect(document).toMatchObject({ schema: 'voiceloop.error/1', exitCode: 6 });
      expect(document.reason).toMatch(/portaudio: .+; ffmpeg: /);
      expect(document.hint).not.toBe('');
      expect(stderr).toContain('chat --text and replay work all the same');
    }
  });

  test.each([[], ['--test']])('says what is missing where there is no driver %s', async (...flags) => {
    const { exitCode, stdout, stderr } = await voiceloop(['devices', '--driver', 'pulse', ...flags], {
      env: withoutPrograms,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 6, stdout: '' });
    expect(stderr).toMatch(/^without sound devices, voiceloop chat --text and replay work all the same$/m);
    expect(stderr).toMatch(/^error: .+\n(?: {2}where .+\n)? {2}cause .+\n {2}try .+$/m);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('refuses a driver that does not exist, before any device is looked for', async () => {
    const { exitCode, stdout } = await voiceloop(['devices', '--driver', 'portaudo', '--json']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'driver-unknown',
      hint: 'did you mean portaudio?',
    });
  });

  test('shows two examples', async () => {
    const { stdout } = await voiceloop(['devices', '--help']);
    expect(stdout.match(/^ {2}\$ voiceloop devices .+$/gm)).toHaveLength(2);
  });
});
