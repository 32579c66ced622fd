/**
 * A microphone to be captured, and what is known of its sound.
 *
 * @module
 */
import { VirtualClock } from '../../../src/clock.ts';
import type { AudioHost, DeviceKind, InputOptions, InputStream } from '../../../src/devices/audio-host.ts';
import { deviceError } from '../../../src/devices/device-error.ts';
import type { FakeDeviceOptions } from '../../../src/devices/fake/fake-device.ts';
import { FakeHost } from '../../../src/devices/fake/fake-host.ts';
import type { VoiceloopError } from '../../../src/errors.ts';
import { inlet } from '../../../src/pipeline/inlet.ts';
import { DeviceCapture, type DeviceCaptureOptions } from '../../../src/stages/device-capture.ts';
import { CollectedBlocks } from '../collected-blocks.ts';

/** A fake host, and a capture whose blocks are collected and whose troubles are noted with their times. */
export function setUp(options: Partial<DeviceCaptureOptions> = {}) {
  const clock = new VirtualClock();
  const host = new FakeHost({ clock });
  const told: string[] = [];
  const collected = new CollectedBlocks();
  const arrivals: number[] = [];
  const capture = new DeviceCapture({
    clock,
    host,
    onNotice: ({ level, code, message }) => told.push(`${clock.now()} ${level} ${code}: ${message}`),
    ...options,
  });
  const { outlet } = collected;
  const open = async () => {
    await capture.open();
    capture.start(
      inlet(
        (block) => {
          arrivals.push(clock.now());
          outlet.push(block);
        },
        outlet.end,
        outlet.reset,
      ),
    );
  };
  return { clock, host, capture, collected, told, arrivals, open };
}

/** A microphone whose every frame tells when it was captured. */
export function microphone(host: FakeHost, options: FakeDeviceOptions) {
  const added = host.addInput(options);
  added.hear((timeMs) => 0.25 + timeMs / 100_000);
  return added;
}

export const refused = (promise: Promise<unknown>): Promise<VoiceloopError | undefined> =>
  promise.then(
    () => undefined,
    (error: VoiceloopError) => error,
  );

/** Frames between the end of each block and the beginning of the next: 0 where time is whole. */
export function seams({ blocks }: CollectedBlocks): number[] {
  return blocks.slice(1).map((block, n) => {
    const before = blocks[n] ?? block;
    const endMs = before.timeMs + (before.samples.length * 1000) / before.rateHz;
    return Math.round((block.timeMs - endMs) * (block.rateHz / 1000));
  });
}

export const isWhole = (collected: CollectedBlocks) => seams(collected).every((frames) => frames === 0);

/** Whether every frame that is not silence has the time at which it was captured, within half a frame. */
export const hasTrueTimes = ({ blocks }: CollectedBlocks) =>
  blocks.every(({ samples, rateHz, timeMs }) =>
    samples.every((y, n) => {
      const capturedMs = (y - 0.25) * 100_000;
      return y === 0 || Math.abs(capturedMs - timeMs - (n * 1000) / rateHz) < 500 / rateHz + 0.005;
    }),
  );

/** From when to when there is silence, in milliseconds. */
export function silences({ blocks }: CollectedBlocks): [fromMs: number, toMs: number][] {
  const found: [number, number][] = [];
  let fromMs: number | undefined;
  for (const { samples, rateHz, timeMs } of blocks) {
    for (const [n, y] of samples.entries()) {
      const atMs = Math.round(timeMs + (n * 1000) / rateHz);
      if (y === 0) fromMs ??= atMs;
      else if (fromMs !== undefined) {
        found.push([fromMs, atMs]);
        fromMs = undefined;
      }
    }
  }
  return found;
}

/** A driver whose blocks a test gives by hand. */
export class HandDriver implements AudioHost {
  readonly driver = 'hand';
  readonly description = 'by hand';
  diesWhileOpening = false;
  readonly listeners = new Set<(kind: DeviceKind) => void>();
  #options: InputOptions | undefined;
  readonly #device = {
    id: 'hand',
    name: 'Hand',
    kind: 'input',
    channels: 1,
    rateHz: 48_000,
    isDefault: true,
  } as const;

  /** Gives a block of 10 ms. */
  give({ rateHz = 48_000, timeMs = 0, lostFrames = 0 }) {
    const samples = new Float32Array(rateHz / 100).fill(0.5);
    this.#options?.onBlock({ samples, rateHz, channels: 1, timeMs, lostFrames });
  }

  async devices() {
    return [this.#device];
  }

  async openInput(options: InputOptions): Promise<InputStream> {
    this.#options = options;
    if (this.diesWhileOpening) options.onLost(deviceError('device-lost', 'the microphone "Hand" is gone'));
    return { device: this.#device, rateHz: 48_000, channels: 1, overruns: 0, close: async () => {} };
  }

  openOutput(): Promise<never> {
    return Promise.reject(new Error('there is no loudspeaker'));
  }

  onDefaultChanged(listener: (kind: DeviceKind) => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async close() {}
}
