/**
 * Keyboard and screen of a chat, joined to the chat.
 *
 * @module
 */
import { silentLevel } from '../audio/level-meter.ts';
import type { Clock } from '../clock.ts';
import type { Chat } from '../loops/chat/chat.ts';
import type { ChatFigures, ChatObserver, ChatResult, ChatState } from '../loops/chat/chat-options.ts';
import type { SessionLog } from '../loops/chat/session-log.ts';
import { ChatScreen } from './chat-screen.ts';
import { chatSummary } from './chat-summary.ts';
import type { ChatKey } from './keyboard/typed-lines.ts';
import { Keyboard } from './keyboard.ts';
import type { Output } from './output.ts';

/** What they work with. */
export interface ChatControlsOptions {
  readonly output: Output;
  readonly clock: Clock;
  readonly pushToTalk: boolean;
  readonly log: SessionLog | undefined;
}

const notBegun: ChatState = {
  state: 'connecting',
  isMuted: false,
  isTalking: false,
  isProcessing: undefined,
  input: silentLevel,
  output: silentLevel,
  bufferMs: 0,
  targetMs: 0,
  lagMs: 0,
  turns: 0,
};

/** What the user does goes to the chat, what happens there goes to the screen. */
export class ChatControls {
  /** For the chat. */
  readonly observe: ChatObserver;
  readonly #options: ChatControlsOptions;
  readonly #keyboard: Keyboard;
  readonly #screen: ChatScreen;
  #chat: Chat | undefined;
  #hasTyped = false;
  #lostDevices = 0;

  constructor(options: ChatControlsOptions) {
    const { output, clock, pushToTalk, log } = options;
    this.#options = options;
    this.#keyboard = new Keyboard({
      clock,
      readsKeys: output.isLive,
      control: (sequence) => output.control(sequence),
      onKey: (key) => this.#key(key),
      onMessage: (text) => this.#message(text),
      onUnknown: (problem) => this.#screen.info(problem),
      onEnd: () => this.#inputEnded(),
      onSuspend: () => this.#screen.pause(),
      onResume: () => this.#screen.resume(),
    });
    this.#screen = new ChatScreen({
      output,
      clock,
      pushToTalk,
      readsKeys: this.#keyboard.readsKeys,
      status: () => ({ ...this.#state(), draft: this.#keyboard.draft }),
    });
    this.observe = {
      onConnected: (endpoint, session) => {
        log?.line(`connected to ${endpoint}, session ${session.id ?? 'without an id'}`);
        this.#connected();
      },
      onTyped: (text) => this.#screen.typed(text),
      onTurn: (turn) => this.#screen.turn(turn),
      onAnswer: ({ responseId, latency }) =>
        this.#screen.answered({
          responseId,
          voiceToVoiceMs: latency.voiceToVoiceMs,
          clientMs: latency.clientAddedMs,
          serverMs: latency.serverMs,
        }),
      onInterruption: (interruption) => this.#screen.stopped(interruption),
      onNotice: (notice) => {
        log?.line(`${notice.level}: ${notice.message} (${notice.code})`);
        if (notice.code === 'device-lost') this.#lostDevices++;
        const { level } = notice;
        if (level === 'info') this.#screen.info(notice.message);
        else this.#screen.notice({ ...notice, level });
      },
    };
  }

  /** Shows what is going to be held. */
  begin(chat: Chat, lines: readonly string[]): void {
    this.#chat = chat;
    this.#screen.begin(lines);
  }

  /** Shows what came of it. */
  end(result: ChatResult, recording: string | undefined): void {
    this.#options.log?.line('the chat has ended');
    this.#screen.end(this.#summary(result, recording));
  }

  /** Leaves the terminal as it was. May be called at any time, and again. */
  close(): void {
    this.#screen.close();
    this.#keyboard.close();
  }

  #connected(): void {
    const { output, pushToTalk } = this.#options;
    if (!this.#keyboard.readsKeys) this.#screen.info('connected');
    else
      this.#screen.info(`connected${pushToTalk ? '; press space to talk' : ''}; ? shows the keys, q leaves`);
    const { uplink, downlink } = this.#chat?.paths ?? {};
    for (const path of [uplink, downlink]) if (path) output.detail(path);
  }

  #key(key: ChatKey): void {
    const chat = this.#chat;
    if (!chat) return;
    if (key === 'quit') chat.leave();
    else if (key === 'talk') this.#talk(chat);
    else if (key === 'mute')
      this.#screen.change(chat.mute() ? 'the microphone is muted' : 'the microphone is open');
    else if (key === 'interrupt') chat.interrupt();
    else if (key === 'compare') this.#compare(chat);
    else if (key === 'statistics') this.#screen.statistics(this.#statistics(chat));
    else this.#screen.help();
  }

  #talk(chat: Chat): void {
    if (!this.#options.pushToTalk) {
      this.#screen.info('the microphone is always open: --push-to-talk makes space the key to talk');
      return;
    }
    chat.talk();
    this.#screen.change(chat.state.isTalking ? 'talking' : 'sent');
  }

  #compare(chat: Chat): void {
    const isAtWork = chat.compare();
    if (isAtWork === undefined) this.#screen.info('there is nothing to compare without --denoise or --gain');
    else this.#screen.change(`denoiser and gain are ${isAtWork ? 'on' : 'off'}`);
  }

  #message(text: string): void {
    this.#hasTyped = true;
    // Lines of a pipe come all at once, and are a talk all the same.
    if (this.#keyboard.readsKeys) this.#chat?.say(text);
    else this.#chat?.queue(text);
  }

  /** A pipe that has said everything wants the answers; one that never said anything (a service, CI) wants nothing. */
  #inputEnded(): void {
    if (this.#hasTyped) this.#chat?.finish();
  }

  #state() {
    return this.#chat?.state ?? notBegun;
  }

  #statistics(chat: Chat): string[] {
    const { paths, figures } = chat;
    const { counters } = figures;
    return [
      ...this.#summary(figures),
      ...(paths ? [paths.uplink, paths.downlink] : []),
      `send lag    ${counters.sendLagMaxMs.toFixed(1)} ms at most; ${counters.captureLostMs.toFixed(0)} ms of the microphone lost`,
    ];
  }

  #summary({ turns, answers, interruptions, counters }: ChatFigures, recording?: string): string[] {
    return chatSummary({
      turns,
      interruptions: interruptions.length,
      voiceToVoiceMs: answers.flatMap(({ voiceToVoiceMs }) => voiceToVoiceMs ?? []),
      underruns: counters.underruns,
      underrunMs: counters.underrunMs,
      lostDevices: this.#lostDevices,
      ...(recording !== undefined && { recording }),
    });
  }
}
