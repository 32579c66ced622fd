/**
 * What PortAudio needs of ALSA before it may be started.
 *
 * @module
 */
import type { LibraryHandle } from 'koffi';

type Koffi = typeof import('koffi');

const alsaName = 'libasound.so.2';

const noisy: readonly (readonly [library: string, setter: string])[] = [
  [alsaName, 'snd_lib_error_set_handler'],
  ['libjack.so.0', 'jack_set_error_function'],
  ['libjack.so.0', 'jack_set_info_function'],
];

/**
 * While PortAudio looks for devices, ALSA and JACK print some 80 lines to stderr about what is not there. They hand their
 * lines to any function that they are given. One written in JavaScript must not be called from another thread; `getpid` of
 * the C library, which looks at no argument and changes nothing, may.
 */
export function silenceAlsaAndJack(koffi: Koffi): void {
  for (const [library, setter] of noisy) {
    const setHandler = attempt(() => koffi.load(library).func(setter, 'void', ['void *']));
    setHandler?.(koffi.load(null).symbol('getpid'));
  }
}

/**
 * Makes a check whether ALSA has a configuration with any device in it. Where it has none, as when `ALSA_CONFIG_PATH` names a
 * file that is gone, PortAudio 19.6 ends the whole process by an assertion (`devIdx < numDeviceNames`).
 */
export function alsaCheck(koffi: Koffi): () => boolean {
  const alsa: LibraryHandle | undefined = attempt(() => koffi.load(alsaName));
  if (!alsa) return () => true;
  const update = alsa.func('snd_config_update', 'int', []);
  const search = alsa.func('snd_config_search', 'int', ['void *', 'str', koffi.out('void **')]);
  const top = alsa.symbol('snd_config');
  return () => {
    update();
    const config: bigint | null = koffi.decode(top, 'void *');
    return Boolean(config) && search(config, 'pcm', [null]) >= 0;
  };
}

function attempt<T>(load: () => T): T | undefined {
  try {
    return load();
  } catch {
    return undefined;
  }
}
