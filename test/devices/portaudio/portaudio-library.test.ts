import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { SystemClock } from '../../../src/clock.ts';
import { loadError, loadPortAudio } from '../../../src/devices/portaudio/load-portaudio.ts';
import { openPortAudioHost } from '../../../src/devices/portaudio/portaudio-host.ts';
import { VoiceloopError } from '../../../src/errors.ts';

const missing = await loadPortAudio().then(
  () => undefined,
  (error: unknown) => error,
);

describe('the library of the system', () => {
  it.skipIf(missing)('loads once, and says what it is', async () => {
    const library = await loadPortAudio();
    expect(await loadPortAudio()).toBe(library);
    expect(library.versionText).toMatch(/^PortAudio V19/);
    expect(library.errorText(-9985)).toBe('Device unavailable');
    expect(library.devices()).toEqual([]);
  });

  it.skipIf(missing)('lists what there is and lets go of it, again and again, for two hosts', async () => {
    const clock = new SystemClock();
    const host = await openPortAudioHost(clock).catch((error: unknown) => {
      // A machine without any sound system.
      expect(error).toMatchObject({ code: 'device-failed' });
    });
    if (!host) return;
    const other = await openPortAudioHost(clock);
    expect(host.description).toMatch(/^PortAudio 19\.\d+\.\d+$/);
    for (const device of await host.devices()) {
      expect(device.id).toContain('/');
      expect(device.channels).toBeGreaterThan(0);
      expect(device.rateHz).toBeGreaterThan(0);
    }
    const before = await host.devices();
    await other.close();
    expect(await host.devices()).toEqual(before);
    await host.close();
  });

  it.skipIf(missing)('answers for an impossible rate with an error instead of a stream', async () => {
    const library = await loadPortAudio();
    expect(library.open({ kind: 'input', device: 0, channels: 1, rateHz: 1, latencySeconds: 0.1 })).toBe(
      -10_000,
    );
  });

  it.runIf(missing)('that is missing is named, with what to install', () => {
    expect(missing).toBeInstanceOf(VoiceloopError);
    expect(missing).toMatchObject({ code: 'driver-missing', hint: expect.stringContaining('install') });
  });
});

it.skipIf(missing || process.platform !== 'linux' || !process.versions.v8 || 'Deno' in globalThis)(
  'a system without a configuration of ALSA is an error, and no end of the process',
  () => {
    const source = new URL('../../../src/', import.meta.url);
    const program = `
      import { SystemClock } from '${source}clock.ts';
      import { openPortAudioHost } from '${source}devices/portaudio/portaudio-host.ts';
      await openPortAudioHost(new SystemClock()).catch((error) => console.log(error.code));
    `;
    const env = { ...process.env, ALSA_CONFIG_PATH: '/nowhere/alsa.conf' };
    const args = ['--input-type=module', '--eval', program];
    expect(execFileSync(process.execPath, args, { env, encoding: 'utf8' })).toBe('device-failed\n');
  },
);

describe('what cannot be loaded', () => {
  it('is missing, with a hint', () => {
    const error = loadError('PortAudio', new Error('cannot open shared object file'), 'install it');
    expect(error).toMatchObject({
      code: 'driver-missing',
      reason: 'cannot open shared object file',
      hint: 'install it',
    });
  });

  it('is denied where Deno says so', () => {
    const denied = Object.assign(new Error('Requires ffi access, run again with the --allow-ffi flag'), {
      name: 'NotCapable',
    });
    expect(loadError('koffi', denied, 'install it')).toMatchObject({
      code: 'device-denied',
      hint: expect.stringContaining('--allow-ffi'),
    });
  });
});
