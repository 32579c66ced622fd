import type { Clock } from '../../../src/clock.ts';
import type {
  PortAudioCode,
  PortAudioDevice,
  PortAudioLibrary,
  PortAudioParameters,
  PortAudioStream,
} from '../../../src/devices/portaudio/portaudio-library.ts';

export function fakeDevice(name: string, options: Partial<PortAudioDevice> = {}): PortAudioDevice {
  return { name, hostApi: 0, inputChannels: 2, outputChannels: 2, rateHz: 48_000, ...options };
}

/** PortAudio on a clock of the test's: counts who initialized it and dies of what would crash the real one. */
export class FakePortAudio implements PortAudioLibrary {
  versionText = 'PortAudio V19.6.0-devel, revision 396fe4b';
  connected: PortAudioDevice[] = [fakeDevice('pulse'), fakeDevice('default')];
  defaults = { input: 1, output: 1 };
  apiNames = ['ALSA'];
  hostErrorText = '';
  initializeCode = 0;
  startCode = 0;
  /** What the next openings return instead of a stream. */
  readonly openCodes: number[] = [];
  readonly opened: PortAudioParameters[] = [];
  readonly streams: FakeStream[] = [];
  initializations = 0;
  holders = 0;
  #listed: PortAudioDevice[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get last(): FakeStream {
    const stream = this.streams.at(-1);
    if (!stream) throw new Error('no stream was opened');
    return stream;
  }

  initialize(): PortAudioCode {
    if (this.initializeCode < 0) return this.initializeCode;
    if (this.holders === 0) this.#listed = [...this.connected];
    this.holders++;
    this.initializations++;
    return 0;
  }

  terminate(): PortAudioCode {
    if (this.streams.some(({ isClosed }) => !isClosed)) throw new Error('terminated under an open stream');
    this.holders = Math.max(0, this.holders - 1);
    return 0;
  }

  hostApis() {
    return this.apiNames.map((name) => ({ name }));
  }

  devices(): readonly PortAudioDevice[] {
    return this.holders > 0 ? this.#listed : [];
  }

  defaultDevice(kind: 'input' | 'output'): number {
    return this.defaults[kind];
  }

  open(parameters: PortAudioParameters): PortAudioStream | PortAudioCode {
    this.opened.push(parameters);
    const code = this.openCodes.shift();
    if (code !== undefined && code < 0) return code;
    const stream = new FakeStream(this.#clock, parameters, this.startCode);
    this.streams.push(stream);
    return stream;
  }

  errorText(code: PortAudioCode): string {
    return `text of ${code}`;
  }

  lastHostErrorText(): string {
    return this.hostErrorText;
  }
}

/** Captures and plays by the clock, in periods of 5 ms, with a buffer of 105 ms as ALSA makes it of 100 ms. */
export class FakeStream implements PortAudioStream {
  readonly parameters: PortAudioParameters;
  readonly bufferFrames: number;
  readonly periodFrames: number;
  info: { latencySeconds: number };
  readonly calls: string[] = [];
  isClosed = false;
  /** Given back by every call from now on. */
  failure: number | undefined;
  /** Given back by the next calls of a name. */
  readonly once = new Map<string, number>();
  /** How late the arrival of the n-th period is seen. */
  jitterMs: (period: number) => number = () => 0;
  /** By how much the device runs fast. */
  ppm = 0;
  /** Core Audio fills its queue with silence when it starts. */
  fillsAtStart = false;
  readonly written: number[] = [];
  readonly #clock: Clock;
  readonly #startCode: number;
  #startMs = 0;
  #read = 0;
  #queued = 0;
  #playsSinceMs: number | undefined;
  #hasUnderflow = false;
  #hasOverflow = false;

  constructor(clock: Clock, parameters: PortAudioParameters, startCode: number) {
    this.#clock = clock;
    this.#startCode = startCode;
    this.parameters = parameters;
    this.periodFrames = Math.round(parameters.rateHz * 0.005);
    this.bufferFrames = Math.round(parameters.rateHz * parameters.latencySeconds) + this.periodFrames;
    this.info = { latencySeconds: parameters.latencySeconds };
  }

  start(): PortAudioCode {
    const code = this.#call('start');
    if (code < 0 || this.#startCode < 0) return Math.min(code, this.#startCode);
    this.#startMs = this.#clock.now();
    this.#read = 0;
    this.#queued = this.fillsAtStart ? this.bufferFrames : 0;
    this.#playsSinceMs = this.fillsAtStart ? this.#startMs : undefined;
    return 0;
  }

  abort(): PortAudioCode {
    const code = this.#call('abort');
    this.#queued = 0;
    this.#playsSinceMs = undefined;
    return code;
  }

  close(): PortAudioCode {
    this.#call('close');
    this.isClosed = true;
    return 0;
  }

  readAvailable(): number {
    const code = this.#call('readAvailable');
    if (code < 0) return code;
    const available = this.#captured() - this.#read;
    if (available <= this.bufferFrames) return Math.max(0, available);
    // As PortAudio does on ALSA: begins anew, and tells at the next read.
    this.#read = this.#captured();
    this.#hasOverflow = true;
    return 0;
  }

  /** Each frame has its own number in it, of the frames since the start. */
  read(samples: Float32Array, frames: number): PortAudioCode {
    const code = this.#call('read');
    if (code < 0 && code !== -9981) return code;
    if (frames > this.#captured() - this.#read) throw new Error('read would have blocked');
    const { channels } = this.parameters;
    if (samples.length !== frames * channels) throw new Error('read with a wrong buffer');
    for (let n = 0; n < samples.length; n++) samples[n] = this.#read + Math.floor(n / channels);
    this.#read += frames;
    const hadOverflow = this.#hasOverflow;
    this.#hasOverflow = false;
    return hadOverflow ? -9981 : code;
  }

  writeAvailable(): number {
    const code = this.#call('writeAvailable');
    if (code < 0) return code;
    this.#play();
    return this.bufferFrames - this.#queued;
  }

  write(samples: Float32Array, frames: number): PortAudioCode {
    const code = this.#call('write');
    if (code < 0 && code !== -9980) return code;
    this.#play();
    if (frames > this.bufferFrames - this.#queued) throw new Error('write would have blocked');
    for (let n = 0; n < frames; n++) this.written.push(samples[n * this.parameters.channels] ?? 0);
    this.#queued += frames;
    if (this.#queued >= this.periodFrames) this.#playsSinceMs ??= this.#clock.now();
    const hadUnderflow = this.#hasUnderflow;
    this.#hasUnderflow = false;
    return hadUnderflow ? -9980 : code;
  }

  /** Frames vanish on the way from the device, and nobody says so. */
  loseSilently(ms: number): void {
    this.#startMs += ms;
  }

  #call(name: string): PortAudioCode {
    if (this.isClosed) throw new Error(`${name} on a closed stream would have crashed`);
    this.calls.push(name);
    const code = this.failure ?? this.once.get(name) ?? 0;
    this.once.delete(name);
    return code;
  }

  #captured(): number {
    const periodMs = ((this.periodFrames / this.parameters.rateHz) * 1000) / (1 + this.ppm / 1e6);
    let periods = Math.floor((this.#clock.now() - this.#startMs) / periodMs + 1e-9);
    while (periods > 0 && this.#startMs + periods * periodMs + this.jitterMs(periods) > this.#clock.now())
      periods--;
    return periods * this.periodFrames;
  }

  #play(): void {
    if (this.#playsSinceMs === undefined) return;
    const frames = Math.floor(
      ((this.#clock.now() - this.#playsSinceMs) * this.parameters.rateHz) / 1000 + 1e-6,
    );
    if (frames === 0) return;
    this.#playsSinceMs += (frames / this.parameters.rateHz) * 1000;
    this.#queued -= frames;
    if (this.#queued > 0) return;
    this.#queued = 0;
    this.#playsSinceMs = undefined;
    this.#hasUnderflow = true;
  }
}
