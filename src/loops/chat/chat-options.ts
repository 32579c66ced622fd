/**
 * What a chat is given, what it tells, and what comes of it.
 *
 * @module
 */
import type { LevelReading } from '../../audio/level-meter.ts';
import type { Clock } from '../../clock.ts';
import type { AudioHost } from '../../devices/audio-host.ts';
import type { DeviceNotice } from '../../devices/device-notice.ts';
import type { VoiceloopError } from '../../errors.ts';
import type { TurnLatency } from '../../latency/turn-latency.ts';
import type { UplinkProcessing } from '../../paths/uplink.ts';
import type { RequestSession, ResponseSession } from '../../protocol/events.ts';
import type { Notice, Turn } from '../../session/actions.ts';
import type { EchoChoice } from '../../session/defaults.ts';
import type { LoggedEvent } from '../../session/event-log.ts';
import type { Tool } from '../../session/tool-calls.ts';
import type { ServiceChoice } from '../service.ts';
import type { ChatAnswer, ChatInterruption } from './chat-answers.ts';
import type { TranscriptEntry } from './transcript.ts';

/** How a chat is held. */
export interface ChatOptions {
  readonly clock: Clock;
  readonly service: ServiceChoice;
  readonly model: string;
  /** From `chatSession`: what it says about turns and echo fits the options here. */
  readonly config: RequestSession;
  /** The driver of the sound devices; without one the chat is in writing only. */
  readonly host?: AudioHost;
  /** Ids or parts of names; default the system's. */
  readonly inputDevice?: string;
  readonly outputDevice?: string;
  /** What is done to the microphone's sound. Default nothing. */
  readonly processing?: UplinkProcessing;
  /** Default `server`. */
  readonly echo?: EchoChoice;
  /** The service hears only what is said between two calls of `talk`. Default false. */
  readonly pushToTalk?: boolean;
  /** What the agent says first. */
  readonly greeting?: string;
  readonly tools?: readonly Tool[];
  /** A folder for the recording. */
  readonly record?: string;
  /** Default 1. */
  readonly seed?: number;
  /** Gives up connecting; ends a talk that has begun. */
  readonly signal?: AbortSignal;
  readonly observe?: ChatObserver;
}

/** Who watches a chat. Every function is optional. */
export interface ChatObserver {
  onConnected?(endpoint: string, session: ResponseSession): void;
  onEvent?(event: LoggedEvent): void;
  /** A message was sent in writing. */
  onTyped?(text: string): void;
  onTurn?(turn: Turn): void;
  onAnswer?(answer: ChatAnswer): void;
  onInterruption?(interruption: ChatInterruption): void;
  onNotice?(notice: Notice | DeviceNotice): void;
}

/** A chat at a glance. */
export interface ChatState {
  readonly state:
    | 'connecting'
    | 'listening'
    | 'hearing'
    | 'thinking'
    | 'speaking'
    | 'no-microphone'
    | 'leaving';
  readonly isMuted: boolean;
  /** With push-to-talk: the user is talking. */
  readonly isTalking: boolean;
  /** The denoiser and the gain are at work; undefined where there are none. */
  readonly isProcessing: boolean | undefined;
  readonly input: LevelReading;
  readonly output: LevelReading;
  /** How much of the answer waits, and how much the jitter buffer wants to have waiting. */
  readonly bufferMs: number;
  readonly targetMs: number;
  /** How late the last frame was handed to the socket, beyond what filters take. */
  readonly lagMs: number;
  readonly turns: number;
}

/** What a chat has come to so far. */
export interface ChatFigures {
  readonly turns: number;
  /** Of each answer that was heard. */
  readonly answers: readonly TurnLatency[];
  readonly interruptions: readonly ChatInterruption[];
  readonly counters: ChatCounters;
}

/** What came of it. */
export interface ChatResult extends ChatFigures {
  /** As in a report: an endpoint, or the embedded mock. */
  readonly endpoint: string;
  readonly session: ResponseSession;
  readonly durationMs: number;
  /** Times are from the beginning of the talk. */
  readonly transcript: readonly TranscriptEntry[];
  readonly paths: { readonly uplink: string; readonly downlink: string } | undefined;
  /** What ended it, where the user did not: the connection was lost. */
  readonly endedBy?: VoiceloopError;
  /** Why something of the recording lacks its end. */
  readonly recordingError?: VoiceloopError;
}

/** What was counted. */
export interface ChatCounters {
  readonly framesSent: number;
  /** Speech that was left out, because the network took less than the microphone gave. */
  readonly framesDropped: number;
  readonly eventsReceived: number;
  readonly lateDeltas: number;
  readonly malformed: number;
  /** The answers' sound came late. */
  readonly underruns: number;
  readonly underrunMs: number;
  /** Sound that was received and not heard, because the user interrupted. */
  readonly discardedMs: number;
  readonly sendLagMaxMs: number;
  /** Of the devices. */
  readonly captureLostMs: number;
  readonly speakerUnderruns: number;
  readonly speakerResyncs: number;
  readonly devicesReopened: number;
}
