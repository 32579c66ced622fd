/**
 * The path from the socket to a loudspeaker, or a WAV file.
 *
 * @module
 */
import type { Clock } from '../clock.ts';
import { JitterBuffer, type JitterBufferObserver } from '../stages/jitter-buffer.ts';
import { type SampleTrack, WavSink } from '../stages/wav-sink.ts';
import { describePath } from './describe-path.ts';

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

/** How much a WAV sink pulls at a time. */
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
  const description = describePath([
    { name: 'socket' },
    { name: 'frame unpacker' },
    { name: 'jitter buffer' },
    { name: `wav ${rateHz} Hz` },
  ]);
  return { playback, sink, description };
}
