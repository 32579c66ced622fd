/**
 * PortAudio's functions and structures, called through koffi.
 *
 * @module
 */
import type { LibraryHandle } from 'koffi';
import type { DeviceKind } from '../audio-host.ts';
import { paError } from './portaudio-errors.ts';
import type {
  PortAudioCode,
  PortAudioDevice,
  PortAudioHostApi,
  PortAudioLibrary,
  PortAudioParameters,
  PortAudioStream,
  PortAudioStreamInfo,
} from './portaudio-library.ts';

export type Koffi = typeof import('koffi');

/** paFloat32, interleaved. */
const float32 = 1;
/** paFramesPerBufferUnspecified, paNoFlag. */
const unspecified = 0;

/**
 * ALSA's buffer is cut into periods, by which a sound server asks for sound and hands it over. PortAudio makes four of them
 * where nothing else is said: with 100 ms that is 25 ms at a time.
 */
const alsaPeriodSeconds = 0.005;

/** The members of the structures have the names that portaudio.h gives them. */
type Functions = ReturnType<typeof declareFunctions>;

function declareFunctions(koffi: Koffi, library: LibraryHandle) {
  // Without names of their own: koffi keeps names for the whole process, where this may be loaded more than once.
  const deviceInfo = koffi.struct({
    structVersion: 'int',
    name: 'str',
    hostApi: 'int',
    maxInputChannels: 'int',
    maxOutputChannels: 'int',
    defaultLowInputLatency: 'double',
    defaultLowOutputLatency: 'double',
    defaultHighInputLatency: 'double',
    defaultHighOutputLatency: 'double',
    defaultSampleRate: 'double',
  });
  const hostApiInfo = koffi.struct({ structVersion: 'int', type: 'int', name: 'str' });
  const hostErrorInfo = koffi.struct({ hostApiType: 'int', errorCode: 'long', errorText: 'str' });
  const streamInfo = koffi.struct({
    structVersion: 'int',
    inputLatency: 'double',
    outputLatency: 'double',
    sampleRate: 'double',
  });
  const streamParameters = koffi.pointer(
    koffi.struct({
      device: 'int',
      channelCount: 'int',
      sampleFormat: 'ulong',
      suggestedLatency: 'double',
      hostApiSpecificStreamInfo: 'void *',
    }),
  );
  const stream = 'void *';
  const samples = 'float *';
  return {
    getVersionText: library.func('Pa_GetVersionText', 'str', []),
    getErrorText: library.func('Pa_GetErrorText', 'str', ['int']),
    getLastHostErrorInfo: library.func('Pa_GetLastHostErrorInfo', koffi.pointer(hostErrorInfo), []),
    initialize: library.func('Pa_Initialize', 'int', []),
    terminate: library.func('Pa_Terminate', 'int', []),
    getHostApiCount: library.func('Pa_GetHostApiCount', 'int', []),
    getHostApiInfo: library.func('Pa_GetHostApiInfo', koffi.pointer(hostApiInfo), ['int']),
    getDeviceCount: library.func('Pa_GetDeviceCount', 'int', []),
    getDeviceInfo: library.func('Pa_GetDeviceInfo', koffi.pointer(deviceInfo), ['int']),
    getDefaultInputDevice: library.func('Pa_GetDefaultInputDevice', 'int', []),
    getDefaultOutputDevice: library.func('Pa_GetDefaultOutputDevice', 'int', []),
    openStream: library.func('Pa_OpenStream', 'int', [
      koffi.out('void **'),
      streamParameters,
      streamParameters,
      'double',
      'ulong',
      'ulong',
      'void *',
      'void *',
    ]),
    getStreamInfo: library.func('Pa_GetStreamInfo', koffi.pointer(streamInfo), [stream]),
    startStream: library.func('Pa_StartStream', 'int', [stream]),
    abortStream: library.func('Pa_AbortStream', 'int', [stream]),
    closeStream: library.func('Pa_CloseStream', 'int', [stream]),
    getStreamReadAvailable: library.func('Pa_GetStreamReadAvailable', 'long', [stream]),
    getStreamWriteAvailable: library.func('Pa_GetStreamWriteAvailable', 'long', [stream]),
    readStream: library.func('Pa_ReadStream', 'int', [stream, samples, 'ulong']),
    writeStream: library.func('Pa_WriteStream', 'int', [stream, samples, 'ulong']),
    setAlsaPeriods: setterOfAlsaPeriods(library),
    deviceInfo,
    hostApiInfo,
    hostErrorInfo,
    streamInfo,
  };
}

/** Only builds with ALSA have it. */
function setterOfAlsaPeriods(library: LibraryHandle): (periods: number) => void {
  try {
    return library.func('PaAlsa_SetNumPeriods', 'int', ['int']);
  } catch {
    return () => {};
  }
}

/** The library as it is installed. */
export class NativePortAudio implements PortAudioLibrary {
  readonly #koffi: Koffi;
  readonly #functions: Functions;
  readonly #findObstacle: () => string;
  /** Why `initialize` was not even called. */
  #obstacle = '';

  /** @param findObstacle says why PortAudio must not be initialized now; empty where nothing stands in the way */
  constructor(koffi: Koffi, library: LibraryHandle, findObstacle: () => string) {
    this.#koffi = koffi;
    this.#findObstacle = findObstacle;
    this.#functions = declareFunctions(koffi, library);
  }

  get versionText(): string {
    return this.#functions.getVersionText();
  }

  initialize(): PortAudioCode {
    this.#obstacle = this.#findObstacle();
    return this.#obstacle === '' ? this.#functions.initialize() : paError.unanticipatedHostError;
  }

  terminate(): PortAudioCode {
    return this.#functions.terminate();
  }

  hostApis(): readonly PortAudioHostApi[] {
    const { getHostApiCount, getHostApiInfo, hostApiInfo } = this.#functions;
    return this.#list(getHostApiCount(), (index) => this.#koffi.decode(getHostApiInfo(index), hostApiInfo));
  }

  devices(): readonly PortAudioDevice[] {
    const { getDeviceCount, getDeviceInfo, deviceInfo } = this.#functions;
    return this.#list(getDeviceCount(), (index) => {
      const info = this.#koffi.decode(getDeviceInfo(index), deviceInfo);
      return {
        name: info.name,
        hostApi: info.hostApi,
        inputChannels: info.maxInputChannels,
        outputChannels: info.maxOutputChannels,
        rateHz: info.defaultSampleRate,
      };
    });
  }

  defaultDevice(kind: DeviceKind): number {
    const { getDefaultInputDevice, getDefaultOutputDevice } = this.#functions;
    return kind === 'input' ? getDefaultInputDevice() : getDefaultOutputDevice();
  }

  open(parameters: PortAudioParameters): PortAudioStream | PortAudioCode {
    const { kind, device, channels, rateHz, latencySeconds } = parameters;
    const own = {
      device,
      channelCount: channels,
      sampleFormat: float32,
      suggestedLatency: latencySeconds,
      hostApiSpecificStreamInfo: null,
    };
    const [input, output] = kind === 'input' ? [own, null] : [null, own];
    const handle: [bigint | null] = [null];
    this.#functions.setAlsaPeriods(Math.max(4, Math.round(latencySeconds / alsaPeriodSeconds)));
    const code: PortAudioCode = this.#functions.openStream(
      handle,
      input,
      output,
      rateHz,
      unspecified,
      unspecified,
      null,
      null,
    );
    if (code < 0 || handle[0] === null) return code;
    return new NativeStream(this.#functions, handle[0], this.#infoOf(handle[0], kind));
  }

  errorText(code: PortAudioCode): string {
    return this.#functions.getErrorText(code);
  }

  lastHostErrorText(): string {
    if (this.#obstacle) return this.#obstacle;
    const { getLastHostErrorInfo, hostErrorInfo } = this.#functions;
    return this.#koffi.decode(getLastHostErrorInfo(), hostErrorInfo).errorText ?? '';
  }

  #infoOf(handle: bigint, kind: DeviceKind): PortAudioStreamInfo {
    const { getStreamInfo, streamInfo } = this.#functions;
    const info = this.#koffi.decode(getStreamInfo(handle), streamInfo);
    return { latencySeconds: kind === 'input' ? info.inputLatency : info.outputLatency };
  }

  /** A count is a negative code where PortAudio is not initialized. */
  #list<T>(count: number, at: (index: number) => T): readonly T[] {
    return Array.from({ length: Math.max(0, count) }, (_, index) => at(index));
  }
}

class NativeStream implements PortAudioStream {
  readonly info: PortAudioStreamInfo;
  readonly #functions: Functions;
  readonly #handle: bigint;

  constructor(functions: Functions, handle: bigint, info: PortAudioStreamInfo) {
    this.#functions = functions;
    this.#handle = handle;
    this.info = info;
  }

  start(): PortAudioCode {
    return this.#functions.startStream(this.#handle);
  }

  abort(): PortAudioCode {
    return this.#functions.abortStream(this.#handle);
  }

  close(): PortAudioCode {
    return this.#functions.closeStream(this.#handle);
  }

  readAvailable(): number {
    return this.#functions.getStreamReadAvailable(this.#handle);
  }

  writeAvailable(): number {
    return this.#functions.getStreamWriteAvailable(this.#handle);
  }

  read(samples: Float32Array, frames: number): PortAudioCode {
    return this.#functions.readStream(this.#handle, samples, frames);
  }

  write(samples: Float32Array, frames: number): PortAudioCode {
    return this.#functions.writeStream(this.#handle, samples, frames);
  }
}
