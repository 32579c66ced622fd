/**
 * A conversation from WAV files, turn by turn.
 *
 * @module
 */
import { openWav } from '../audio/wav-reader.ts';
import type { Clock } from '../clock.ts';
import type { VoiceloopError } from '../errors.ts';
import { wholeMicroseconds } from '../latency/whole-microseconds.ts';
import type { UplinkProcessing } from '../paths/uplink.ts';
import type { Lateness } from '../pipeline/tap.ts';
import type { RequestSession, ResponseSession } from '../protocol/events.ts';
import type { Notice } from '../session/actions.ts';
import type { LoggedEvent } from '../session/event-log.ts';
import type { AnswerTrace } from './answer-trace.ts';
import { type ConnectionTimes, ReplayLoop } from './replay-loop.ts';
import { openService, type ServiceChoice } from './service.ts';
import type { SpokenFile } from './spoken-file.ts';
import { type TurnReport, TurnTrace } from './turn-trace.ts';

/** How a conversation is held. */
export interface ReplayOptions {
  readonly clock: Clock;
  /** In the order in which they are said. */
  readonly files: readonly SpokenFile[];
  readonly service: ServiceChoice;
  readonly model: string;
  readonly config: RequestSession;
  /** What is done to the sound of the files on its way. Default nothing. */
  readonly processing?: UplinkProcessing;
  /** Default 1. */
  readonly seed?: number;
  /** Pause between the end of an answer and the next file. Default 600. */
  readonly turnGapMs?: number;
  /** Each file but the first is said this long after the answer to the one before is first heard, over it. */
  readonly bargeInMs?: number;
  /** A WAV file for both sides: user left, agent right. */
  readonly out?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: LoggedEvent) => void;
  readonly onNotice?: (notice: Notice) => void;
  readonly onProgress?: (progress: ReplayProgress) => void;
  readonly onTurn?: (turn: TurnReport, number: number) => void;
}

/** Where a replay is. */
export interface ReplayProgress {
  readonly file: SpokenFile;
  /** From 1. */
  readonly number: number;
  readonly doing: 'saying' | 'listening';
  readonly saidMs: number;
}

/** What came of it. */
export interface ReplayResult {
  /** As in a report: an endpoint, or the embedded mock. */
  readonly endpoint: string;
  readonly session: ResponseSession;
  readonly connection: ConnectionTimes;
  readonly turns: readonly TurnReport[];
  /** How late blocks passed the source, and the filters behind it. */
  readonly lateness: readonly Lateness[];
  readonly paths: { readonly uplink: readonly string[]; readonly downlink: string };
  readonly counters: ReplayCounters;
  /** Why the recording stopped before the end. */
  readonly recordingError?: VoiceloopError;
}

/** What was counted over the whole conversation. */
export interface ReplayCounters {
  readonly framesSent: number;
  readonly eventsReceived: number;
  readonly lateDeltas: number;
  readonly malformed: number;
  readonly unknownEvents: number;
  readonly underruns: number;
  readonly underrunMs: number;
  readonly concealedMs: number;
  readonly discardedMs: number;
  readonly reconnects: number;
  readonly sendLagMaxMs: number;
}

/** How long the service may take to say that it hears speech, beyond the end of the file. */
const NOTICE_PATIENCE_MS = 3000;
/** How long the service may be silent on the wire while an answer is due. */
const ANSWER_PATIENCE_MS = 15_000;

/**
 * Says the files one after the other into an open microphone, waits for each answer to be heard, and measures.
 *
 * @throws {VoiceloopError} why the service could not be reached or was lost, why a file could not be read on, the reason of
 *   `signal`; whatever was recorded until then is kept
 * @example
 * ```ts
 * import { checkSpokenFile, defaultSession, loadScenario, replay, VirtualClock } from 'voiceloop';
 *
 * const clock = new VirtualClock();
 * const file = await checkSpokenFile('fixtures/opening-hours.wav', { format: 'pcm16', rateHz: 24_000 });
 * const service = { kind: 'mock', scenario: await loadScenario('library') } as const;
 * const { turns } = await clock.run(() =>
 *   replay({ clock, files: [file], service, model: 'gpt-realtime', config: defaultSession() }),
 * );
 * console.log(turns[0]?.outcome, (turns[0]?.latency.clientAddedMs ?? 0) < 150); // answered true
 * ```
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  return new Replay(options).run();
}

class Replay {
  readonly #options: ReplayOptions;
  readonly #clock: Clock;
  readonly #loop: ReplayLoop;
  /** What the file that is said says: for the mock, which cannot know. */
  #transcript = '';

  constructor(options: ReplayOptions) {
    const { clock, config, processing = {}, out, signal, onEvent = () => {}, onNotice = () => {} } = options;
    this.#options = options;
    this.#clock = clock;
    this.#loop = new ReplayLoop({
      clock,
      config,
      processing,
      onEvent,
      onNotice,
      ...(out !== undefined && { out }),
      ...(signal && { signal }),
    });
  }

  async run(): Promise<ReplayResult> {
    const { service: choice, seed = 1, model, files, signal } = this.#options;
    const loop = this.#loop;
    const service = await openService(choice, {
      clock: this.#clock,
      seed,
      model,
      transcript: () => this.#takeTranscript(),
      trace: (trace) => loop.turns.mock(trace),
      ...(signal && { signal }),
    });
    let result: ReplayResult;
    try {
      const { session, times } = await loop.watch.during(loop.connect(service));
      loop.start();
      for (const [index, file] of files.entries()) await this.#turn(file, index);
      result = {
        endpoint: service.name,
        session,
        connection: times,
        turns: loop.turns.all.map((turn) => turn.report()),
        paths: { uplink: [...new Set(files.map((file) => file.uplink))], downlink: loop.downlink },
        lateness: loop.lateness,
        counters: this.#counters(),
      };
    } finally {
      await loop.stop();
      await service.close();
    }
    return loop.recordingError ? { ...result, recordingError: loop.recordingError } : result;
  }

  async #turn(file: SpokenFile, index: number): Promise<void> {
    const { bargeInMs, turnGapMs = 600, files } = this.#options;
    const before = this.#loop.turns.all.at(-1);
    if (before && bargeInMs !== undefined) await this.#waitUntilHeard(before, bargeInMs);
    else if (before) await this.#wait(turnGapMs);

    const utterance = this.#loop.source.say(await this.#clock.standStill(openWav(file.path)));
    this.#transcript = file.speech.text ?? '';
    const turn = new TurnTrace(file.name, utterance.startMs, file.speech);
    this.#loop.turns.begin(turn);
    let isSaid = false;
    utterance.said.then(
      () => {
        isSaid = true;
      },
      (error) => this.#loop.watch.fail(error),
    );
    const progress = (doing: ReplayProgress['doing']) =>
      this.#options.onProgress?.({ file, number: index + 1, doing, saidMs: utterance.saidMs });
    await this.#until(() => {
      progress('saying');
      return isSaid;
    });
    progress('listening');

    const isInterruptedNext = bargeInMs !== undefined && index + 1 < files.length;
    await this.#listen(turn, isInterruptedNext);
    if (before && bargeInMs !== undefined) this.#tell(before);
    if (!isInterruptedNext) this.#tell(turn);
  }

  /** Until the answer was heard, or, where it is going to be interrupted, until it can be. */
  async #listen(turn: TurnTrace, isInterruptedNext: boolean): Promise<void> {
    const saidMs = this.#clock.now();
    if (
      !(await this.#until(
        () => turn.wasHeard,
        () => saidMs + NOTICE_PATIENCE_MS,
      ))
    )
      return;
    const isOver = (answer: AnswerTrace | undefined) => answer?.status !== undefined && this.#loop.isSilent;
    await this.#until(
      () => {
        if (turn.isSpeaking) return false;
        return isOver(turn.answer) || (isInterruptedNext && turn.answer?.firstAudibleMs !== undefined);
      },
      () => Math.max(saidMs, this.#loop.lastReceivedMs) + ANSWER_PATIENCE_MS,
    );
  }

  async #waitUntilHeard(turn: TurnTrace, bargeInMs: number): Promise<void> {
    const heardMs = turn.answer?.firstAudibleMs ?? this.#clock.now();
    await this.#until(() => this.#clock.now() >= heardMs + bargeInMs);
  }

  #wait(ms: number): Promise<unknown> {
    const untilMs = this.#clock.now() + ms;
    return this.#until(() => this.#clock.now() >= untilMs);
  }

  #until(condition: () => boolean, deadlineMs?: () => number): Promise<boolean> {
    return this.#loop.watch.until(condition, deadlineMs);
  }

  /** A file with a long pause is several turns to the service; its text goes to the first. */
  #takeTranscript(): string {
    const transcript = this.#transcript;
    this.#transcript = '';
    return transcript;
  }

  #tell(turn: TurnTrace): void {
    this.#options.onTurn?.(turn.report(), this.#loop.turns.all.indexOf(turn) + 1);
  }

  #counters(): ReplayCounters {
    const { counters, playout, sendLagMaxMs } = this.#loop;
    return {
      framesSent: counters?.framesSent ?? 0,
      eventsReceived: counters?.eventsReceived ?? 0,
      lateDeltas: counters?.lateDeltas ?? 0,
      malformed: counters?.malformed ?? 0,
      unknownEvents: Object.values(counters?.unknownEvents ?? {}).reduce((sum, count) => sum + count, 0),
      underruns: playout.underruns,
      underrunMs: playout.underrunMs,
      concealedMs: playout.concealedMs,
      discardedMs: playout.discardedMs,
      // A conversation that broke off and began anew would be another one: a replay ends where its connection does.
      reconnects: 0,
      sendLagMaxMs: wholeMicroseconds(sendLagMaxMs),
    };
  }
}
