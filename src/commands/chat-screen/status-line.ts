/**
 * The status of a chat in one line that fits the terminal.
 *
 * @module
 */
import type { ChatState } from '../../loops/chat/chat-options.ts';
import type { Draft } from '../keyboard/message-editor.ts';
import type { Output } from '../output.ts';
import { cellWidth, clip, padCells } from '../terminal-text.ts';
import { Meter } from './meter.ts';

/** How the chat is at this moment. */
export interface ChatStatus extends ChatState {
  /** What is being typed; undefined while nothing is. */
  readonly draft?: Draft | undefined;
}

type Words = readonly [
  symbol: string,
  style: 'dim' | 'green' | 'cyan' | 'yellow',
  long: string,
  short?: string,
];

const words: Readonly<Record<ChatState['state'] | 'muted' | 'talk' | 'talking', Words>> = {
  connecting: ['◌', 'dim', 'connecting'],
  listening: ['◉', 'green', 'listening'],
  hearing: ['●', 'cyan', 'hearing you', 'hearing'],
  thinking: ['◐', 'dim', 'thinking'],
  speaking: ['◆', 'green', 'speaking'],
  'no-microphone': ['⊘', 'yellow', 'no microphone', 'no mic'],
  leaving: ['◌', 'dim', 'leaving'],
  muted: ['⊘', 'yellow', 'muted'],
  talk: ['○', 'dim', 'press space to talk', 'space talks'],
  talking: ['●', 'cyan', 'talking: space to send', 'space sends'],
};
const longWidth = 11;
const longTalkWidth = 22;
const shortWidth = 11;

/** Writes the line, in the longest form that fits: with all figures, for 80 columns, for 60, for 30, or a few words. */
export class StatusLine {
  readonly #input = new Meter();
  readonly #output = new Meter();
  readonly #pushToTalk: boolean;
  readonly #style: Output['style'];

  constructor(pushToTalk: boolean, style: Output['style']) {
    this.#pushToTalk = pushToTalk;
    this.#style = style;
  }

  /** The line for a terminal that leaves `width` cells; at most that wide. */
  text(status: ChatStatus, width: number, nowMs: number): string {
    this.#input.read(status.input, nowMs);
    this.#output.read(status.output, nowMs);
    const [symbol, style, long, short = long] = words[this.#words(status)];
    const longer = padCells(long, this.#pushToTalk ? longTalkWidth : longWidth);
    const shorter = padCells(short, shortWidth);
    const paint = (text: string) => `${this.#style(style, symbol)} ${text}`;
    const turn = `turn ${status.turns}`;
    const buffer = `${status.bufferMs.toFixed(0)}/${status.targetMs.toFixed(0)}`.padStart(7);
    const lag = `lag ${status.lagMs.toFixed(0).padStart(2)}`;
    const source = status.isProcessing === false ? 'raw' : 'in';
    const input = (cells: number) => this.#meter(source, this.#input, cells, nowMs);
    const output = (cells: number) => this.#meter('out', this.#output, cells, nowMs);
    const forms = [
      () =>
        `${paint(longer)}   ${[input(10), output(10), `buf ${buffer} ms`, ` ${lag}`, ` ${turn}`].join('  ')}`,
      () => [paint(shorter), input(6), output(6), `buf ${buffer}`, turn].join('  '),
      () => [paint(shorter), input(4), output(4), turn].join('  '),
      () => `${paint(shorter)} ${input(Math.min(10, Math.max(1, width - 26)))}`,
      () => paint(short),
    ];
    for (const form of forms) {
      const text = form();
      if (cellWidth(text) <= width) return text;
    }
    return clip(paint(short), width);
  }

  #words({ state, isMuted, isTalking }: ChatStatus): keyof typeof words {
    if (state !== 'listening' && state !== 'hearing') return state;
    if (isMuted) return 'muted';
    if (!this.#pushToTalk) return state;
    return isTalking ? 'talking' : 'talk';
  }

  #meter(label: string, meter: Meter, cells: number, nowMs: number): string {
    const figure = meter.figure(nowMs);
    return `${label} ${meter.bar(cells)}${meter.isClipped(nowMs) ? this.#style('red', figure) : figure}`;
  }
}
