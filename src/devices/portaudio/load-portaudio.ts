/**
 * PortAudio's shared library, found and loaded with koffi.
 *
 * @module
 */
import type { LibraryHandle } from 'koffi';
import type { VoiceloopError } from '../../errors.ts';
import { deviceError } from '../device-error.ts';
import { alsaCheck, silenceAlsaAndJack } from './alsa-library.ts';
import { type Koffi, NativePortAudio } from './native-portaudio.ts';
import type { PortAudioLibrary } from './portaudio-library.ts';

/** Where the loader of each system looks for it; it looks into Homebrew's folders only when they are named. */
const fileNames: Readonly<Record<string, readonly string[]>> = {
  darwin: [
    'libportaudio.2.dylib',
    '/opt/homebrew/lib/libportaudio.2.dylib',
    '/usr/local/lib/libportaudio.2.dylib',
  ],
  win32: ['portaudio.dll', 'portaudio_x64.dll', 'libportaudio-2.dll', 'libportaudio.dll'],
};
const otherFileNames = ['libportaudio.so.2', 'libportaudio.so'];

const installHints: Readonly<Record<string, string>> = {
  darwin: 'install it: brew install portaudio',
  win32: 'put portaudio.dll into a folder that is in PATH',
};
const otherInstallHint =
  'install it: apt install libportaudio2 (Debian, Ubuntu), dnf install portaudio (Fedora), or choose another driver';

let loading: Promise<PortAudioLibrary> | undefined;

/**
 * Loads koffi and PortAudio, once in a process.
 *
 * @throws {VoiceloopError} `driver-missing` where one of them is not there, `device-denied` where the runtime lets no native
 *   library in (Deno without `--allow-ffi`)
 */
export function loadPortAudio(): Promise<PortAudioLibrary> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<PortAudioLibrary> {
  let koffi: Koffi;
  try {
    koffi = await import('koffi');
  } catch (cause) {
    throw loadError('koffi', cause, 'install it beside voiceloop: npm install koffi');
  }
  const library = loadFirst(koffi);
  if (process.platform !== 'linux') return new NativePortAudio(koffi, library, () => '');
  silenceAlsaAndJack(koffi);
  const hasDevices = alsaCheck(koffi);
  const refusal = 'ALSA has no configuration with devices in it (alsa.conf)';
  return new NativePortAudio(koffi, library, () => (hasDevices() ? '' : refusal));
}

function loadFirst(koffi: Koffi): LibraryHandle {
  let first: unknown;
  for (const name of fileNames[process.platform] ?? otherFileNames) {
    try {
      return koffi.load(name);
    } catch (cause) {
      first ??= cause;
    }
  }
  throw loadError('PortAudio', first, installHints[process.platform] ?? otherInstallHint);
}

/** The error for what could not be loaded; Deno's says by its name that it was not allowed. */
export function loadError(what: string, cause: unknown, hint: string): VoiceloopError {
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  const details = { reason: message, cause };
  if (/NotCapable|PermissionDenied/.test(name) || message.includes('--allow-ffi'))
    return deviceError('device-denied', `the driver portaudio is not allowed to load ${what}`, {
      ...details,
      hint: 'give Deno the permission: --allow-ffi',
    });
  return deviceError('driver-missing', `the driver portaudio cannot load ${what}`, { ...details, hint });
}
