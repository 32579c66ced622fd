/**
 * What both sides of a chat said, in the order in which it was said.
 *
 * @module
 */
import type { TurnLatency } from '../../latency/turn-latency.ts';
import type { Turn } from '../../session/actions.ts';

/** One thing that somebody said. */
export interface TranscriptEntry {
  readonly who: 'user' | 'agent';
  /** When it began, on the loop's clock. */
  atMs: number;
  text: string;
  /** Typed, not spoken. */
  readonly isTyped?: boolean;
  /** Where the agent was interrupted: how much of the sound was heard. */
  heardMs?: number;
  /** The name of the function that was called, for a call. */
  readonly calls?: string;
  latency?: TurnLatency;
}

/** The talk as it is told by the session's turns. Entries are sorted by when they began, not by when their text arrived. */
export class Transcript {
  readonly #entries: TranscriptEntry[] = [];
  /** What was typed and not yet told by the service. */
  readonly #typed: TranscriptEntry[] = [];
  readonly #byKey = new Map<string, TranscriptEntry>();

  /** What was said, as far as its text is known. */
  get entries(): readonly TranscriptEntry[] {
    return this.#entries.filter(({ text }) => text !== '').toSorted((a, b) => a.atMs - b.atMs);
  }

  typed(text: string, atMs: number): void {
    const entry: TranscriptEntry = { who: 'user', atMs, text, isTyped: true };
    this.#entries.push(entry);
    this.#typed.push(entry);
  }

  /** Takes a step; true where it changed what {@link Transcript.entries} has. */
  turn(step: Turn, atMs: number): boolean {
    switch (step.kind) {
      case 'user-started':
        this.#entry(step.itemId, 'user', atMs);
        return false;
      case 'user-transcript':
        if (this.#isTyped(step.itemId, step.text)) return false;
        this.#entry(step.itemId, 'user', atMs).text = step.text;
        return true;
      case 'answer-audio':
        this.#entry(step.itemId, 'agent', atMs);
        return false;
      case 'answer-transcript':
        this.#entry(step.itemId, 'agent', atMs).text = step.text;
        return true;
      case 'tool-call':
        this.#entries.push({ who: 'agent', atMs, text: step.arguments, calls: step.name });
        return true;
      case 'interrupted':
        this.#entry(step.itemId, 'agent', atMs).heardMs = step.heardMs;
        return true;
      default:
        return false;
    }
  }

  /** Enters the latency of an answer. */
  answered(itemId: string, latency: TurnLatency): void {
    const entry = this.#byKey.get(itemId);
    if (entry) entry.latency = latency;
  }

  /** The service tells what was typed as an item of its own. */
  #isTyped(itemId: string, text: string): boolean {
    const index = this.#typed.findIndex((entry) => entry.text === text);
    if (this.#byKey.has(itemId) || index < 0) return false;
    this.#typed.splice(index, 1);
    return true;
  }

  #entry(itemId: string, who: TranscriptEntry['who'], atMs: number): TranscriptEntry {
    let entry = this.#byKey.get(itemId);
    if (!entry) {
      entry = { who, atMs, text: '' };
      this.#byKey.set(itemId, entry);
      this.#entries.push(entry);
    }
    return entry;
  }
}

/** The talk as text, one line for each entry, with times from `startMs` on. */
export function transcriptText(entries: readonly TranscriptEntry[], startMs: number): string {
  const lines = entries.map(({ who, atMs, text, calls, heardMs }) => {
    const said = calls === undefined ? oneLine(text) : `(calls ${calls} with ${oneLine(text)})`;
    const cut = heardMs === undefined ? '' : ` (interrupted after ${(heardMs / 1000).toFixed(1)} s)`;
    return `[${minutes(atMs - startMs)}] ${who.padEnd(5)} ${said}${cut}\n`;
  });
  return lines.join('');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function minutes(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  const whole = Math.floor(seconds / 60);
  return `${String(whole).padStart(2, '0')}:${(seconds - whole * 60).toFixed(1).padStart(4, '0')}`;
}
