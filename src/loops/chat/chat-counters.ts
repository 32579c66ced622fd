/**
 * What a chat shows and counts of its sound and its session.
 *
 * @module
 */
import { silentLevel } from '../../audio/level-meter.ts';
import type { ChatAudio } from './chat-audio.ts';
import type { ChatCounters, ChatState } from './chat-options.ts';
import type { ChatSession } from './chat-session.ts';

/** Joins the counts of the session and, where there is sound, of both paths and devices. */
export function chatCounters(
  connection: ChatSession | undefined,
  audio: ChatAudio | undefined,
  sendLagMaxMs: number,
): ChatCounters {
  const session = connection?.session.counters;
  const playout = audio?.downlink.buffer.statistics;
  const speaker = audio?.downlink.sink.statistics;
  return {
    framesSent: session?.framesSent ?? 0,
    framesDropped: connection?.backlog.dropped ?? 0,
    eventsReceived: session?.eventsReceived ?? 0,
    lateDeltas: session?.lateDeltas ?? 0,
    malformed: session?.malformed ?? 0,
    underruns: playout?.underruns ?? 0,
    underrunMs: playout?.underrunMs ?? 0,
    discardedMs: playout?.discardedMs ?? 0,
    sendLagMaxMs,
    captureLostMs: audio?.capture.lostMs ?? 0,
    speakerUnderruns: speaker?.underruns ?? 0,
    speakerResyncs: speaker?.resyncs ?? 0,
    devicesReopened: (audio?.capture.reopened ?? 0) + (speaker?.reopened ?? 0),
  };
}

/** What of a chat's state is about sound; a chat in writing has none. */
export function audioState(
  audio: ChatAudio | undefined,
): Pick<ChatState, 'input' | 'output' | 'bufferMs' | 'targetMs' | 'isProcessing'> {
  return {
    input: audio?.levels.input ?? silentLevel,
    output: audio?.levels.output ?? silentLevel,
    bufferMs: audio?.downlink.buffer.levelMs ?? 0,
    targetMs: audio?.downlink.buffer.statistics.targetMs ?? 0,
    isProcessing: audio?.isProcessing,
  };
}
