/**
 * What `voiceloop chat` shows a person.
 *
 * @module
 */
import type { Clock, Timer } from '../clock.ts';
import type { Notice, Turn } from '../session/actions.ts';
import { draftLine } from './chat-screen/draft-line.ts';
import { helpLines } from './chat-screen/help-lines.ts';
import { type ChatStatus, StatusLine } from './chat-screen/status-line.ts';
import { Talk } from './chat-screen/talk.ts';
import type { AnswerFigures, Stop } from './chat-screen/talk-entries.ts';
import { draftLines, shownLines, type TalkLine } from './chat-screen/talk-line.ts';
import { type Output, printable } from './output.ts';

/** How a {@link ChatScreen} shows a chat. */
export interface ChatScreenOptions {
  readonly output: Output;
  readonly clock: Clock;
  /** The user talks while a key says so. */
  readonly pushToTalk: boolean;
  /** Keys are read one by one; false where lines are typed: `keyboard.readsKeys`. */
  readonly readsKeys: boolean;
  /** Asked at each redraw, only where there is a live area. */
  readonly status: () => ChatStatus;
}

/** 15 redraws a second at most. */
const frameMs = 1000 / 15;

/**
 * Shows a chat. On a terminal, the finished lines of the talk scroll away above a live area: what is being said, the status
 * with its meters, the message that is typed. Elsewhere every event is one plain line. The talk is the result, on stdout (with
 * `--json`, where the result is one document, it is told on stderr); everything else goes to stderr.
 */
export class ChatScreen {
  readonly #options: ChatScreenOptions;
  readonly #talk = new Talk();
  readonly #statusLine: StatusLine;
  /** The last words of both sides, where the terminal does not show the result. */
  #kept: readonly TalkLine[] = [];
  #frame: Timer | undefined;
  #wait: Timer | undefined;
  #isOpen = false;

  constructor(options: ChatScreenOptions) {
    this.#options = options;
    this.#statusLine = new StatusLine(options.pushToTalk, options.output.style);
  }

  /** Says what is going to be held and shows the live area. */
  begin(lines: readonly string[]): void {
    for (const line of lines) this.info(line);
    this.#isOpen = true;
    this.resume();
  }

  /** A step of the talk. */
  turn(step: Turn): void {
    this.#talk.turn(step, this.#nowMs);
    this.#showFinished();
  }

  /** How long an answer took: before its words are complete, or up to a second after. */
  answered({ responseId, ...figures }: AnswerFigures & { readonly responseId: string }): void {
    this.#talk.answered(responseId, figures, this.#nowMs);
    this.#showFinished();
  }

  /** The sound of an interrupted answer is gone: before the step `interrupted`, or up to a second after. */
  stopped(stop: Stop): void {
    this.#talk.stopped(stop, this.#nowMs);
    this.#showFinished();
  }

  /** The user sent a message by the keyboard. */
  typed(text: string): void {
    this.#talk.typed(text, this.#nowMs);
    this.#showFinished();
  }

  /** Something that the user should know and that ends nothing. */
  notice({ level, code, message }: Notice): void {
    const { output } = this.#options;
    const text = printable(`${message} (${code})`);
    if (level === 'error') output.error(`the service reports an error: ${text}`);
    else output.warn(text);
    this.#draw();
  }

  /** One line for whoever watches. */
  info(text: string): void {
    this.#options.output.info(text);
    this.#draw();
  }

  /** What the status line shows by itself, as `muted`: one line where there is none. */
  change(text: string): void {
    if (!this.#options.output.isLive) this.info(text);
  }

  /** The figures of the talk so far. */
  statistics(lines: readonly string[]): void {
    this.info(lines.map((line) => this.#options.output.style('dim', line)).join('\n'));
  }

  /** Which key, or which line, does what. */
  help(): void {
    const { output, pushToTalk, readsKeys } = this.#options;
    this.info(helpLines({ pushToTalk, readsKeys }, output.isLive ? output.columns - 1 : 110).join('\n'));
  }

  /** Takes the live area away, for as long as the terminal is somebody else's. */
  pause(): void {
    this.#frame?.cancel();
    this.#options.output.clearLive();
    this.#frame = undefined;
  }

  /** Draws the live area, and goes on drawing what changes. */
  resume(): void {
    if (!this.#isOpen || !this.#options.output.isLive) return;
    this.#frame?.cancel();
    this.#frame = this.#options.clock.at(this.#nowMs + frameMs, () => this.resume());
    this.#drawNow();
  }

  /** Shows what was said last, whether or not it was complete, and a summary. */
  end(summary: readonly string[]): void {
    const rest = this.#talk.takeAll();
    this.close();
    for (const line of rest) this.#result(line);
    if (summary.length > 0) this.info(summary.join('\n'));
  }

  /** Leaves the terminal as it was. May be called at any time, and again. */
  close(): void {
    this.#isOpen = false;
    this.#wait?.cancel();
    this.pause();
  }

  get #nowMs(): number {
    return this.#options.clock.now();
  }

  #showFinished(): void {
    const { clock, output } = this.#options;
    this.#wait?.cancel();
    const lines = this.#talk.take(this.#nowMs);
    for (const line of lines) this.#result(line);
    if (lines.length > 0 && output.resultColumns !== undefined) this.#draw();
    const { dueMs } = this.#talk;
    this.#wait = dueMs === undefined ? undefined : clock.at(dueMs, () => this.#showFinished());
  }

  #result(line: TalkLine): void {
    const { output } = this.#options;
    const columns = output.json ? (output.isLive ? output.columns : undefined) : output.resultColumns;
    const text = shownLines(line, output.style, columns).join('\n');
    if (output.json) output.info(text);
    else output.result(text);
    if (output.json || output.resultColumns !== undefined) return;
    this.#kept = [...this.#kept.filter(({ who }) => line.who !== 'you' && who !== line.who), line];
  }

  /** Lines above the area have taken it away; it comes back at once, and the next frame comes later. */
  #draw(): void {
    if (this.#frame) this.resume();
  }

  #drawNow(): void {
    const { output, status } = this.#options;
    const { columns, style } = output;
    const now = status();
    const talk = [...this.#kept, ...this.#talk.open];
    output.live(
      ...talk.flatMap((line) => draftLines(line, style, columns)),
      this.#statusLine.text(now, columns - 1, this.#nowMs),
      ...(now.draft ? [draftLine(now.draft, style, columns - 1)] : []),
    );
  }
}
