/**
 * What is kept of a chat in a folder: sound, events, transcript.
 *
 * @module
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StereoRecording } from '../../audio/stereo-recording.ts';
import { TimedTrack } from '../../audio/timed-track.ts';
import { messageOf, VoiceloopError } from '../../errors.ts';
import { wholeMicroseconds } from '../../latency/whole-microseconds.ts';
import type { LoggedEvent } from '../../session/event-log.ts';
import { EventFile } from '../event-file.ts';
import { type Transcript, type TranscriptEntry, transcriptText } from './transcript.ts';

/** The files in a recording's folder. */
export const recordingFiles = {
  sound: 'both.wav',
  events: 'events.jsonl',
  text: 'transcript.txt',
  json: 'transcript.json',
} as const;

/** How {@link ChatRecording} works. */
export interface ChatRecordingOptions {
  /** Is made where it is not there. */
  readonly folder: string;
  /** Of the sound. */
  readonly rateHz: number;
  /** The time of frame 0 and of the transcript's 00:00. */
  readonly startMs: number;
  /** The same moment as a date. */
  readonly startUnixMs: number;
}

/** What may still be taken back of the agent's side: longer than any device's queue. */
const recallMs = 1000;

/**
 * Keeps both sides of a chat: the user, as the service hears them, to the left, the agent, as the loudspeaker plays, to the
 * right. Every file is whole at any moment of a crash. What the disk refuses stops that file only, see
 * {@link ChatRecording.error}.
 *
 * @throws {VoiceloopError} `record-exists` where the folder holds a recording already, `out-not-writable` where none can be made
 */
export class ChatRecording {
  readonly user: TimedTrack;
  readonly agent: TimedTrack;
  readonly #options: ChatRecordingOptions;
  readonly #sound: StereoRecording;
  readonly #events: EventFile;
  #transcriptError: VoiceloopError | undefined;

  constructor(options: ChatRecordingOptions) {
    const { folder, rateHz, startMs } = options;
    checkRecordFolder(folder);
    makeFolder(folder);
    this.#options = options;
    this.#sound = new StereoRecording(join(folder, recordingFiles.sound), { rateHz });
    this.#events = new EventFile(join(folder, recordingFiles.events));
    this.user = new TimedTrack({ track: this.#sound.left, rateHz, startMs });
    this.agent = new TimedTrack({ track: this.#sound.right, rateHz, startMs });
  }

  /** Why something lacks its end; undefined while all is well. */
  get error(): VoiceloopError | undefined {
    return this.#sound.error ?? this.#events.error ?? this.#transcriptError;
  }

  event(event: LoggedEvent): void {
    this.#events.write({ ...event, atMs: event.atMs - this.#options.startMs });
  }

  /** What lies well before `nowMs` is final and goes to the disk. */
  advance(nowMs: number): void {
    const { rateHz, startMs } = this.#options;
    this.#sound.advance(((nowMs - recallMs - startMs) * rateHz) / 1000);
  }

  /** Writes the talk so far, in place of what was written before. */
  transcript(transcript: Transcript): void {
    if (this.#transcriptError) return;
    const { entries } = transcript;
    try {
      this.#replace(recordingFiles.text, transcriptText(entries, this.#options.startMs));
      this.#replace(recordingFiles.json, `${JSON.stringify(this.#document(entries), undefined, 2)}\n`);
    } catch (error) {
      this.#transcriptError = new VoiceloopError(
        'failure',
        'transcript-stopped',
        'the transcript was not written to the end',
        { where: this.#options.folder, reason: messageOf(error), hint: 'make room for it', cause: error },
      );
    }
  }

  close(): void {
    this.#sound.close();
    this.#events.close();
  }

  #document(entries: readonly TranscriptEntry[]): object {
    const { startMs, startUnixMs } = this.#options;
    return {
      schema: 'voiceloop.transcript/1',
      startedAt: new Date(startUnixMs).toISOString(),
      entries: entries.map(({ atMs, ...entry }) => ({ atMs: wholeMicroseconds(atMs - startMs), ...entry })),
    };
  }

  /** In one step, so that a crash leaves the old or the new. */
  #replace(name: string, text: string): void {
    const path = join(this.#options.folder, name);
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }
}

/** @throws {VoiceloopError} `record-exists` where the folder holds a recording already */
export function checkRecordFolder(folder: string): void {
  const earlier = Object.values(recordingFiles).find((name) => existsSync(join(folder, name)));
  if (earlier === undefined) return;
  throw new VoiceloopError('usage', 'record-exists', 'the folder already holds a recording', {
    where: join(folder, earlier),
    hint: 'name another folder with --record, or move that one away',
  });
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new VoiceloopError('usage', 'out-not-writable', 'the recording cannot be made there', {
      where: folder,
      reason: messageOf(error),
      hint: 'name a folder that can be made, in one that you may write to',
      cause: error,
    });
  }
}
