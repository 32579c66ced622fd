/**
 * A test of a microphone and a loudspeaker: how quiet it is, whether sound goes out and comes in, and how long it takes.
 *
 * @module
 */
import { powerToDecibels } from '../audio/decibels.ts';
import { LevelMeter, type LevelReading } from '../audio/level-meter.ts';
import type { Clock } from '../clock.ts';
import type { AudioHost, DeviceInfo, InputStream, OutputStream } from '../devices/audio-host.ts';
import { deviceError } from '../devices/device-error.ts';
import type { VoiceloopError } from '../errors.ts';
import { CapturedSound } from './device-test/captured-sound.ts';
import { measureRoundTrip, type RoundTrip } from './device-test/round-trip.ts';
import { TestPlayer } from './device-test/test-player.ts';
import { twoNotes } from './device-test/test-sounds.ts';

/** What is being done. */
export type DeviceTestStep = 'listening' | 'playing' | 'measuring';

/** How devices are tested. */
export interface DeviceTestOptions {
  readonly clock: Clock;
  readonly host: AudioHost;
  /** From `host.devices()`; undefined for the default. */
  readonly input?: DeviceInfo;
  readonly output?: DeviceInfo;
  /** How many chirps are sent for the round trip. Default 5. */
  readonly chirps?: number;
  /** Ends the test; what is open is closed. */
  readonly signal?: AbortSignal;
  readonly onStep?: (step: DeviceTestStep) => void;
  /** What the microphone hears, ten times a second. */
  readonly onLevel?: (level: LevelReading) => void;
}

/** What was found out. Levels are in dBFS, −Infinity for nothing but zeros. */
export interface DeviceTestResult {
  readonly input: {
    readonly device: DeviceInfo;
    readonly rateHz: number;
    readonly channels: number;
    /** RMS while nothing was played. */
    readonly noiseFloorDb: number;
    /** RMS while the notes were played. */
    readonly toneDb: number;
    /** Nothing but zeros came, also while something was played: it is muted, or the system lets nothing through. */
    readonly isSilent: boolean;
    readonly overruns: number;
  };
  readonly output: {
    readonly device: DeviceInfo;
    readonly rateHz: number;
    readonly channels: number;
    readonly latencyMs: number;
    /** While the notes were played. */
    readonly underruns: number;
  };
  readonly roundTrip: RoundTrip;
}

/** Devices click and hiss when they are opened. */
const settlingMs = 200;
const listeningMs = 1000;
/** A microphone from which nothing, or nothing but zeros, came until then is given no more time. */
const silenceMs = 2000;
const levelMs = 100;

/**
 * Opens both, listens, plays two notes (440 and 660 Hz, 1.5 s, −20 dBFS), and measures the round trip: 5 to 9 s in all.
 *
 * @throws {VoiceloopError} of kind `device` where one of them cannot be opened, is lost, or neither gives nor takes sound
 * @example
 * ```ts
 * import { echoInAir, FakeHost, testDevices, VirtualClock } from 'voiceloop';
 *
 * const clock = new VirtualClock();
 * const host = new FakeHost({ clock });
 * const loudspeaker = host.addOutput({ name: 'Loudspeaker', blockFrames: 48 });
 * host.addInput({ name: 'Microphone' }).hear(echoInAir(loudspeaker, { delayMs: 3 }));
 * const { roundTrip } = await clock.run(() => testDevices({ clock, host }));
 * console.log(roundTrip.heard, roundTrip.median?.restMs.toFixed(1)); // 5 3.0
 * ```
 */
export async function testDevices(options: DeviceTestOptions): Promise<DeviceTestResult> {
  const { clock, host, input, output, signal } = options;
  signal?.throwIfAborted();
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  const onLost = (error: VoiceloopError) => lost.reject(error);
  const captured = new CapturedSound();
  let meter: LevelMeter | undefined;
  const microphone = await host.openInput({
    onLost,
    onBlock: (block) => {
      captured.add(block, clock.now());
      meter ??= new LevelMeter(block.rateHz, block.channels);
      meter.push(block.samples);
    },
    ...(input && { device: input }),
  });
  try {
    const loudspeaker = await host.openOutput({ onLost, ...(output && { device: output }) });
    const player = new TestPlayer(clock, loudspeaker);
    const wait = (ms: number) => Promise.race([waitShowing(options, () => meter, ms), lost.promise]);
    try {
      return await new DeviceTest(options, { microphone, loudspeaker, player, captured, wait }).run();
    } finally {
      player.stop();
      await loudspeaker.close();
    }
  } finally {
    await microphone.close();
  }
}

async function waitShowing(
  { clock, onLevel, signal }: DeviceTestOptions,
  meter: () => LevelReading | undefined,
  ms: number,
): Promise<void> {
  const endMs = clock.now() + ms;
  while (clock.now() < endMs) {
    await clock.sleep(Math.min(levelMs, endMs - clock.now()), signal);
    const reading = meter();
    if (reading) onLevel?.(reading);
  }
}

interface Opened {
  readonly microphone: InputStream;
  readonly loudspeaker: OutputStream;
  readonly player: TestPlayer;
  readonly captured: CapturedSound;
  readonly wait: (ms: number) => Promise<void>;
}

class DeviceTest {
  readonly #options: DeviceTestOptions;
  readonly #opened: Opened;

  constructor(options: DeviceTestOptions, opened: Opened) {
    this.#options = options;
    this.#opened = opened;
  }

  async run(): Promise<DeviceTestResult> {
    const { microphone, loudspeaker, captured, player, wait } = this.#opened;
    this.#options.onStep?.('listening');
    const noiseFloorDb = await this.#listen();
    this.#options.onStep?.('playing');
    const beforeTone = captured.frames;
    await this.#while(player.play(twoNotes(loudspeaker.rateHz)));
    const toneDb = this.#levelSince(beforeTone);
    const { underruns } = loudspeaker;
    this.#options.onStep?.('measuring');
    const roundTrip = await measureRoundTrip({
      play: (samples) => this.#while(player.play(samples)),
      captured,
      wait,
      inputRateHz: microphone.rateHz,
      outputRateHz: loudspeaker.rateHz,
      count: this.#options.chirps ?? 5,
    });
    return {
      input: {
        device: microphone.device,
        rateHz: microphone.rateHz,
        channels: microphone.channels,
        noiseFloorDb,
        toneDb,
        isSilent: captured.isSilent,
        overruns: microphone.overruns,
      },
      output: {
        device: loudspeaker.device,
        rateHz: loudspeaker.rateHz,
        channels: loudspeaker.channels,
        latencyMs: loudspeaker.latencyMs,
        underruns,
      },
      roundTrip,
    };
  }

  /** @returns the level of the room; of zeros where, after twice as long, there is nothing else */
  async #listen(): Promise<number> {
    const { microphone, captured, wait } = this.#opened;
    await wait(settlingMs);
    const first = captured.frames;
    await wait(listeningMs - settlingMs);
    if (captured.isSilent) await wait(silenceMs - listeningMs);
    if (captured.frames > 0) return this.#levelSince(first);
    throw deviceError('device-failed', 'nothing comes from the microphone', {
      where: microphone.device.name,
      reason: `it is open, and has given no sound for ${silenceMs / 1000} s`,
      hint: 'choose another one with --input-device, or another driver with --driver',
    });
  }

  /** Shows the level until the work is done. */
  async #while<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    done.catch(() => {});
    while (!isDone) await Promise.race([done, this.#opened.wait(levelMs)]);
    return done;
  }

  #levelSince(frame: number): number {
    const samples = this.#opened.captured.between(frame);
    return powerToDecibels(samples.reduce((sum, sample) => sum + sample * sample, 0) / (samples.length || 1));
  }
}
