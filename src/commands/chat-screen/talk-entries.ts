/**
 * The parts of a talk that are on their way to becoming lines.
 *
 * @module
 */
import { shortened } from '../../session/actions.ts';
import type { TalkLine } from './talk-line.ts';

/** How long an answer took; what is not known is left out. */
export interface AnswerFigures {
  /** From the end of the user's speech to the first sound of the answer. */
  readonly voiceToVoiceMs?: number | undefined;
  /** What of it this client added. */
  readonly clientMs?: number | undefined;
  /** What of it the service and the network took. */
  readonly serverMs?: number | undefined;
}

/** How an answer was interrupted. */
export interface Stop {
  readonly responseId: string;
  /** How much of it was heard. */
  readonly heardMs: number;
  /** From when the interruption was known until the sound was gone. */
  readonly stopMs?: number | undefined;
}

/** Something that is said or happens, in the order of the talk. */
export interface Entry {
  /** Nothing that could not be done without is missing. */
  readonly isSettled: boolean;
  /** When it is shown, once it is settled: at once where it has everything, or after waiting for figures for a while. */
  readonly completeMs: number;
  /** When something was last heard of it. */
  readonly changedMs: number;
  /** What there is; nothing where nothing was said. */
  lines(): TalkLine[];
}

/** Figures may come after the words; so long they are waited for. */
const graceMs = 1000;
/** The arguments of a call may be a whole document. */
const longestCall = 200;

/** What the user says. */
export class UserEntry implements Entry {
  readonly itemId: string | undefined;
  changedMs: number;
  isSettled = false;
  #text = '';

  constructor(itemId: string | undefined, nowMs: number) {
    this.itemId = itemId;
    this.changedMs = nowMs;
  }

  static said(itemId: string | undefined, text: string, nowMs: number): UserEntry {
    const entry = new UserEntry(itemId, nowMs);
    entry.complete(text, nowMs);
    return entry;
  }

  get completeMs(): number {
    return this.changedMs;
  }

  append(text: string, nowMs: number): void {
    if (this.isSettled) return;
    this.#text += text;
    this.changedMs = nowMs;
  }

  complete(text: string, nowMs: number): void {
    this.#text = text;
    this.isSettled = true;
    this.changedMs = nowMs;
  }

  lines(): TalkLine[] {
    return this.#text.trim() === '' ? [] : [{ who: 'you', text: this.#text }];
  }
}

/** What the agent answers, in one or more parts. */
export class AnswerEntry implements Entry {
  readonly responseId: string;
  /** No words of the user are known that it answers: they may still come. */
  isUnasked: boolean;
  changedMs: number;
  isSettled = false;
  readonly #parts: { readonly itemId: string; text: string; isFinal: boolean }[] = [];
  readonly #calls: string[] = [];
  #figures: AnswerFigures | undefined;
  #stop: Stop | undefined;

  constructor(responseId: string, isUnasked: boolean, nowMs: number) {
    this.responseId = responseId;
    this.isUnasked = isUnasked;
    this.changedMs = nowMs;
  }

  get completeMs(): number {
    const isComplete = this.#stop
      ? this.#stop.stopMs !== undefined
      : this.#figures !== undefined || this.#text === '';
    return isComplete ? this.changedMs : this.changedMs + graceMs;
  }

  append(itemId: string, text: string, nowMs: number): void {
    this.#part(itemId).text += text;
    this.changedMs = nowMs;
  }

  complete(itemId: string, text: string, nowMs: number): void {
    const part = this.#part(itemId);
    part.text = text;
    part.isFinal = true;
    this.changedMs = nowMs;
  }

  /** It runs a function, as `name(arguments)`. */
  called(call: string, nowMs: number): void {
    this.#calls.push(shortened(call, longestCall));
    this.changedMs = nowMs;
  }

  measured(figures: AnswerFigures, nowMs: number): void {
    this.#figures = figures;
    this.changedMs = nowMs;
  }

  stopped(stop: Stop, nowMs: number): void {
    this.#stop = merged(this.#stop, stop);
    this.changedMs = nowMs;
  }

  done(nowMs: number): void {
    this.isSettled = true;
    this.changedMs = nowMs;
  }

  lines(): TalkLine[] {
    const text = this.#text;
    const figures = this.#figures && figuresText(this.#figures);
    return [
      ...(text === '' ? [] : [{ who: 'agent', text, ...(figures && { figures }) } as const]),
      ...this.#calls.map((call) => ({ who: 'call', text: call }) as const),
      ...(this.#stop ? [stopLine(this.#stop)] : []),
    ];
  }

  get #text(): string {
    return this.#parts
      .map((part) => part.text.trim())
      .join(' ')
      .trim();
  }

  #part(itemId: string) {
    const open = this.#parts.find((part) => part.itemId === itemId && !part.isFinal);
    if (open) return open;
    const part = { itemId, text: '', isFinal: false };
    this.#parts.push(part);
    return part;
  }
}

/** An interruption of an answer whose words have been shown. */
export class StopEntry implements Entry {
  readonly isSettled = true;
  changedMs: number;
  #stop: Stop;

  constructor(stop: Stop, nowMs: number) {
    this.#stop = stop;
    this.changedMs = nowMs;
  }

  get responseId(): string {
    return this.#stop.responseId;
  }

  get completeMs(): number {
    return this.#stop.stopMs === undefined ? this.changedMs + graceMs : this.changedMs;
  }

  stopped(stop: Stop, nowMs: number): void {
    this.#stop = merged(this.#stop, stop);
    this.changedMs = nowMs;
  }

  lines(): TalkLine[] {
    return [stopLine(this.#stop)];
  }
}

/** The conversation says how much was heard, the device how soon it was silent, in either order. */
function merged(known: Stop | undefined, news: Stop): Stop {
  return { ...known, ...news, stopMs: news.stopMs ?? known?.stopMs };
}

function stopLine({ heardMs, stopMs }: Stop): TalkLine {
  const stopped = stopMs === undefined ? '' : `, stopped in ${stopMs.toFixed(0)} ms`;
  return { who: 'stop', text: `interrupted after ${(heardMs / 1000).toFixed(2)} s${stopped}` };
}

function figuresText({ voiceToVoiceMs, clientMs, serverMs }: AnswerFigures): string {
  const parts = [
    ...(clientMs === undefined ? [] : [`client ${clientMs.toFixed(0)}`]),
    ...(serverMs === undefined ? [] : [`server ${serverMs.toFixed(0)}`]),
  ].join(', ');
  const whole = voiceToVoiceMs === undefined ? '' : `${voiceToVoiceMs.toFixed(0)} ms`;
  return [whole, parts && `(${parts})`].filter(Boolean).join('  ');
}
