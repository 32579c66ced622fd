/**
 * A talk with the agent, by voice on real devices or in writing.
 *
 * @module
 */
import { outputWireFormat } from '../../audio/sample-format.ts';
import type { Clock } from '../../clock.ts';
import { VoiceloopError } from '../../errors.ts';
import type { ResponseSession } from '../../protocol/events.ts';
import type { Session } from '../../session/session.ts';
import type { UplinkFrame } from '../../stages/frame-packer.ts';
import type { Service } from '../service.ts';
import { Watch } from '../watch.ts';
import { type ChatAudio, chatAudioOf } from './chat-audio.ts';
import { audioState, chatCounters } from './chat-counters.ts';
import { ChatMinutes } from './chat-minutes.ts';
import type { ChatFigures, ChatOptions, ChatResult, ChatState } from './chat-options.ts';
import { checkRecordFolder } from './chat-recording.ts';
import { type ChatSession, chatSessionOf, openChatService } from './chat-session.ts';
import { MessageQueue } from './message-queue.ts';
import { PushToTalk } from './push-to-talk.ts';
import { TalkProgress } from './talk-progress.ts';

/**
 * One chat, from its first sound to its last. What the user does comes in by methods, what happens is told to the observer.
 *
 * @example
 * ```ts
 * import { Chat, chatSession, loadScenario, VirtualClock } from 'voiceloop';
 *
 * const clock = new VirtualClock();
 * const service = { kind: 'mock', scenario: await loadScenario('library') } as const;
 * const config = chatSession({ textOnly: true });
 * const chat = new Chat({ clock, service, model: 'gpt-4o', config });
 * clock.at(1000, () => chat.say('When do you open on Sunday?'));
 * clock.at(9000, () => chat.leave());
 * const { transcript } = await clock.run(() => chat.run());
 * console.log(transcript[0]?.who, transcript.length); // user 2
 * ```
 */
export class Chat {
  readonly #options: ChatOptions;
  readonly #clock: Clock;
  readonly #watch: Watch;
  readonly #audio: ChatAudio | undefined;
  readonly #minutes: ChatMinutes;
  readonly #talk: PushToTalk | undefined;
  readonly #messages: MessageQueue;
  readonly #progress = new TalkProgress();
  #connection: ChatSession | undefined;
  #hasLeft = false;
  #isMuted = false;
  /** When the talk began; undefined before. */
  #startMs: number | undefined;

  constructor(options: ChatOptions) {
    const { clock, config, signal, observe = {} } = options;
    this.#options = options;
    this.#clock = clock;
    this.#watch = new Watch(clock);
    if (signal?.aborted) this.#watch.fail(signal.reason);
    signal?.addEventListener('abort', () => this.#abort(signal.reason), { once: true });
    const { rateHz } = outputWireFormat(config.output_audio_format);
    this.#minutes = new ChatMinutes({ clock, rateHz, observe });
    this.#audio = chatAudioOf(options, {
      onFrame: (frame) => this.#send(frame),
      onUser: ({ samples, timeMs }) => this.#minutes.sound?.user.write(samples, timeMs),
      onAgent: ({ samples, timeMs }) => this.#minutes.sound?.agent.write(samples, timeMs),
      onPlayed: (run) => this.#minutes.answers.played(run),
      onRecalled: (fromMs) => this.#minutes.recalled(fromMs),
      onVoice: (event) => this.#minutes.answers.voice(event),
      onNotice: (notice) => observe.onNotice?.(notice),
    });
    this.#messages = new MessageQueue({
      clock,
      isIdle: () => this.#startMs !== undefined && this.#doing() === 'listening',
      send: (text) => this.#say(text),
    });
    this.#talk = options.pushToTalk
      ? new PushToTalk({ clock, onBegin: () => this.#beginTurn(), onTurn: () => this.#endTurn() })
      : undefined;
  }

  /** How it is at this moment. */
  get state(): ChatState {
    return {
      ...audioState(this.#audio),
      state: this.#doing(),
      isMuted: this.#isMuted,
      isTalking: this.#talk?.isTalking ?? false,
      lagMs: this.#minutes.lagMs,
      turns: this.#progress.turns,
    };
  }

  /** What it has come to so far. */
  get figures(): ChatFigures {
    const { latencies, interruptions } = this.#minutes;
    const counters = chatCounters(this.#connection, this.#audio, this.#minutes.lagMaxMs);
    return { turns: this.#progress.turns, answers: latencies, interruptions, counters };
  }

  /** One line each; undefined in a chat in writing. */
  get paths(): { readonly uplink: string; readonly downlink: string } | undefined {
    return this.#audio?.paths;
  }

  /**
   * Opens the devices, connects, and talks until {@link Chat.leave}, the end of the connection, or the signal.
   *
   * @throws {VoiceloopError} what keeps it from beginning: a device, the service, the recording's folder, the signal
   */
  async run(): Promise<ChatResult> {
    const { observe, record } = this.#options;
    if (record !== undefined) checkRecordFolder(record);
    let service: Service | undefined;
    try {
      await this.#watch.during(this.#audio?.open() ?? Promise.resolve());
      service = await this.#watch.during(openChatService(this.#options));
      const effective = await this.#watch.during(this.#connect(service));
      observe?.onConnected?.(service.name, effective);
      this.#begin();
      const endedBy = await this.#untilLeft();
      return { ...this.#result(service.name, effective), ...(endedBy && { endedBy }) };
    } finally {
      await this.#stop();
      await service?.close();
    }
  }

  /** Ends it. */
  leave(): void {
    this.#hasLeft = true;
    this.#watch.look();
  }

  /** Begins to talk, over whatever the agent says, or ends it and has it answered; with push-to-talk only. */
  talk(): void {
    if (!this.#talk || !this.#session) return;
    if (!this.#talk.isTalking) this.#talk.press();
    else {
      this.#talk.release();
      this.#minutes.answers.talkEnded(this.#clock.now());
    }
  }

  /** Mutes the microphone, or opens it again; true where it is muted now. */
  mute(): boolean {
    this.#isMuted = !this.#isMuted;
    this.#listen();
    return this.#isMuted;
  }

  /** Silences the agent. */
  interrupt(): void {
    this.#session?.interrupt();
  }

  /** Says something in writing, over whatever the agent says; before the talk has begun, it is the first thing said. */
  say(text: string): void {
    if (this.#startMs === undefined) this.queue(text);
    else {
      this.#session?.interrupt();
      this.#say(text);
    }
  }

  /** Says something in writing when nothing is said and no answer is due. */
  queue(text: string): void {
    this.#messages.add(text);
  }

  /** Leaves when everything that was queued is answered. */
  finish(): void {
    this.#messages.finish(() => this.leave());
  }

  /** Switches denoiser and gain off, or on again, to be compared; true where they are at work. Undefined where there are none. */
  compare(): boolean | undefined {
    return this.#audio?.toggleProcessing();
  }

  #say(text: string): void {
    this.#minutes.typed(text);
    this.#progress.userDone();
    this.#session?.say(text);
  }

  #connect(service: Service): Promise<ResponseSession> {
    const { clock, config, tools = [], observe } = this.#options;
    const connecting = chatSessionOf({
      clock,
      service,
      config,
      playback: this.#audio?.playback,
      tools,
      observer: {
        onEvent: (event) => this.#minutes.event(event),
        onTurn: (turn, atMs) => {
          this.#progress.turn(turn);
          this.#minutes.turn(turn, atMs);
        },
        onNotice: (notice) => observe?.onNotice?.(notice),
        onClosed: ({ error }) => error && this.#watch.fail(error),
      },
    });
    this.#connection = connecting;
    return connecting.session.connect();
  }

  #begin(): void {
    const { record, greeting } = this.#options;
    this.#startMs = this.#clock.now();
    if (record !== undefined) this.#minutes.record(record);
    this.#listen();
    this.#audio?.start();
    if (greeting !== undefined) this.#session?.greet(greeting);
  }

  /** Leaves nothing open, whatever has happened before. */
  async #stop(): Promise<void> {
    this.#hasLeft = true;
    this.#messages.stop();
    this.#connection?.stopTools();
    await this.#audio?.stop();
    await this.#session?.close();
    this.#minutes.close();
  }

  /** Leaves in order where the talk has begun, else gives up. */
  #abort(reason: unknown): void {
    if (this.#startMs === undefined) this.#watch.fail(reason);
    else this.leave();
  }

  async #untilLeft(): Promise<VoiceloopError | undefined> {
    try {
      await this.#watch.until(() => this.#hasLeft);
      return undefined;
    } catch (error) {
      if (error instanceof VoiceloopError) return error;
      throw error;
    }
  }

  #doing(): ChatState['state'] {
    if (this.#hasLeft) return 'leaving';
    if (this.#startMs === undefined) return 'connecting';
    if (this.#audio?.isSounding) return 'speaking';
    if (this.#audio && !this.#audio.capture.device) return 'no-microphone';
    return this.#progress.doing;
  }

  get #session(): Session | undefined {
    return this.#connection?.session;
  }

  #listen(): void {
    this.#audio?.listen(!this.#isMuted && (this.#talk?.isOpen ?? true));
  }

  #beginTurn(): void {
    this.#session?.interrupt();
    this.#session?.clearAudio();
    this.#listen();
  }

  #endTurn(): void {
    this.#listen();
    if (this.#session?.commitAudio()) this.#progress.userDone();
  }

  #send(frame: UplinkFrame): void {
    const isWanted = this.#talk?.takes(frame) ?? true;
    if (isWanted && this.#connection?.backlog.takes(frame.message)) {
      this.#session?.sendFrame(frame.message);
      this.#minutes.sent(frame, this.#audio?.uplinkDelayMs ?? 0);
    }
    this.#talk?.passed(frame);
  }

  #result(endpoint: string, session: ResponseSession): ChatResult {
    const { transcript, recordingError } = this.#minutes;
    const startMs = this.#startMs ?? 0;
    return {
      endpoint,
      session,
      durationMs: this.#clock.now() - startMs,
      ...this.figures,
      transcript: transcript.map((entry) => ({ ...entry, atMs: entry.atMs - startMs })),
      paths: this.paths,
      ...(recordingError && { recordingError }),
    };
  }
}
