/**
 * The path from the socket to a loudspeaker, or a WAV file.
 *
 * @module
 */
import type { AudioBlock } from '../audio/audio-block.ts';
import type { Clock } from '../clock.ts';
import type { AudioHost } from '../devices/audio-host.ts';
import type { DeviceNotice } from '../devices/device-notice.ts';
import type { Playback } from '../pipeline/playback.ts';
import { DeviceSink } from '../stages/device-sink.ts';
import { JitterBuffer, type JitterBufferObserver } from '../stages/jitter-buffer.ts';
import { type SampleTrack, WavSink } from '../stages/wav-sink.ts';
import { describePath, type PathPart } from './describe-path.ts';

/** What a downlink into a WAV file is planned from. */
export interface WavDownlinkOptions {
  readonly clock: Clock;
  /** The rate in which the service answers; the file has the same. */
  readonly rateHz: number;
  /** The file's track. Without one nothing is kept. */
  readonly track?: SampleTrack;
  /** Sees what is played, as it is played. */
  readonly observe?: JitterBufferObserver;
  /** Called after each block with the time at which it ends. */
  readonly onBlock?: (endMs: number) => void;
}

/** The playing end of a loop. */
export interface WavDownlink {
  readonly playback: JitterBuffer;
  readonly sink: WavSink;
  /** The path in one line. */
  readonly description: string;
}

/** What a downlink to a loudspeaker is planned from. */
export interface DeviceDownlinkOptions {
  readonly clock: Clock;
  readonly host: AudioHost;
  /** Id or name of the loudspeaker, or a part of it. Default the system's default. */
  readonly device?: string;
  /** The rate in which the service answers. */
  readonly rateHz: number;
  /** Sees what is handed out, and what of it a device did not play. */
  readonly observe?: JitterBufferObserver;
  /** Sees what goes to the loudspeaker, silence too: see {@link DeviceSinkOptions}. */
  readonly onPlay?: (block: AudioBlock) => void;
  /** What `onPlay` has seen from this time on is not heard. */
  readonly onRecalled?: (fromMs: number) => void;
  readonly onNotice: (notice: DeviceNotice) => void;
}

/** The playing end of a loop with a loudspeaker. */
export interface DeviceDownlink {
  /** Its `flush` empties the device too, and gives the position that was really heard. */
  readonly playback: Playback;
  /** To be opened, started and stopped. */
  readonly sink: DeviceSink;
  readonly buffer: JitterBuffer;
  /** The path in one line, as it is now. */
  readonly description: string;
}

/** How much a sink pulls at a time. */
const BLOCK_MS = 10;

/** Joins a jitter buffer to a WAV sink that pulls from it. */
export function wavDownlink(options: WavDownlinkOptions): WavDownlink {
  const { clock, rateHz, track, observe, onBlock } = options;
  const playback = new JitterBuffer({ clock, rateHz, deviceBlockMs: BLOCK_MS, ...(observe && { observe }) });
  const sink = new WavSink({
    clock,
    source: playback,
    rateHz,
    blockMs: BLOCK_MS,
    ...(track && { track }),
    ...(onBlock && { onBlock }),
  });
  const description = describeDownlink([{ name: `wav ${rateHz} Hz` }]);
  return { playback, sink, description };
}

/** Joins a jitter buffer to a loudspeaker that pulls from it, with a resampler where their rates differ. */
export function deviceDownlink(options: DeviceDownlinkOptions): DeviceDownlink {
  const { clock, rateHz, observe, ...device } = options;
  const buffer = new JitterBuffer({ clock, rateHz, deviceBlockMs: BLOCK_MS, ...(observe && { observe }) });
  const sink = new DeviceSink({ ...device, clock, rateHz, source: buffer });
  const playback: Playback = {
    push: (audio) => buffer.push(audio),
    finish: (itemId, contentIndex) => buffer.finish(itemId, contentIndex),
    flush: () => buffer.flush(sink.flush()),
  };
  return {
    playback,
    sink,
    buffer,
    get description() {
      return describeDownlink(speakerParts(sink, rateHz));
    },
  };
}

function speakerParts({ output }: DeviceSink, fromHz: number): readonly PathPart[] {
  if (!output) return [{ name: 'no speaker' }];
  const { device, rateHz, resamplerDelayMs } = output;
  const speaker = { name: `speaker ${device.name} ${rateHz} Hz` };
  if (rateHz === fromHz) return [speaker];
  return [{ name: `resampler ${fromHz}→${rateHz}`, delayMs: resamplerDelayMs }, speaker];
}

function describeDownlink(end: readonly PathPart[]): string {
  return describePath([{ name: 'socket' }, { name: 'frame unpacker' }, { name: 'jitter buffer' }, ...end]);
}
