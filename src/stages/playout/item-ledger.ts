/**
 * Which item owns which sample, and how much of each was received and handed out.
 *
 * @module
 */
import type { AgentAudio } from '../../audio/agent-audio.ts';
import type { Heard } from '../../pipeline/playback.ts';

/** How many items stay known. Interruptions concern the latest ones. */
const ITEMS_KEPT = 64;

/** One content part of one item: what a truncation names. */
export interface PlayoutItem {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
  readonly firstDeltaMs: number;
  readonly receivedSamples: number;
  readonly handedSamples: number;
  readonly isFinished: boolean;
}

type MutableItem = { -readonly [Key in keyof PlayoutItem]: PlayoutItem[Key] };

interface KnownItem {
  readonly parts: MutableItem[];
  isFlushed: boolean;
}

/** A run of waiting samples with one owner. */
interface Segment {
  readonly part: MutableItem;
  waitingSamples: number;
}

/**
 * The books of a jitter buffer. They hold counts only and know nothing of time: what was inserted is never entered, so
 * concealment and silence cannot count as heard.
 */
export class ItemLedger {
  readonly #rateHz: number;
  readonly #items = new Map<string, KnownItem>();
  readonly #segments: Segment[] = [];
  #newest: MutableItem | undefined;

  constructor(rateHz: number) {
    this.#rateHz = rateHz;
  }

  /** The owner of the sample that goes out next; undefined when none waits. */
  get next(): PlayoutItem | undefined {
    return this.#segments[0]?.part;
  }

  /** How many of the waiting samples go out before the owner changes. */
  get runLength(): number {
    return this.#segments[0]?.waitingSamples ?? 0;
  }

  /** No more audio comes for what is known so far. */
  get isEnding(): boolean {
    return this.#newest?.isFinished ?? true;
  }

  /** The item was flushed: what still comes for it comes too late. */
  isFlushed(itemId: string): boolean {
    return this.#items.get(itemId)?.isFlushed ?? false;
  }

  /** Enters a delta behind everything that waits and tells whether it is the first of its part. */
  receive(audio: AgentAudio): boolean {
    const known = this.#known(audio.itemId);
    let part = partOf(known, audio.contentIndex);
    const isFirst = part === undefined;
    if (!part) {
      part = {
        responseId: audio.responseId,
        itemId: audio.itemId,
        contentIndex: audio.contentIndex,
        firstDeltaMs: audio.receivedAtMs,
        receivedSamples: 0,
        handedSamples: 0,
        isFinished: false,
      };
      known.parts.push(part);
    }
    part.receivedSamples += audio.samples.length;
    const last = this.#segments.at(-1);
    if (last?.part === part) last.waitingSamples += audio.samples.length;
    else this.#segments.push({ part, waitingSamples: audio.samples.length });
    this.#newest = part;
    return isFirst;
  }

  /** Enters that the next `count` samples, at most {@link runLength}, went out. */
  hand(count: number): void {
    const first = this.#segments[0];
    if (!first || count > first.waitingSamples)
      throw new RangeError(`cannot hand out ${count} samples of one item`);
    first.part.handedSamples += count;
    first.waitingSamples -= count;
    if (first.waitingSamples === 0) this.#segments.shift();
  }

  /** Enters that the last `count` of the samples that went out of a part were not heard: no more of its audio comes. */
  takeBack(item: PlayoutItem, count: number): void {
    // Every item was made here.
    (item as MutableItem).handedSamples -= count;
    this.#known(item.itemId).isFlushed = true;
  }

  /** Enters that a part has all its audio. One of which nothing came has nothing to finish. */
  finish(itemId: string, contentIndex: number): void {
    const part = partOf(this.#items.get(itemId), contentIndex);
    if (part) part.isFinished = true;
  }

  /** More audio may still come: the part is not finished, and none came for another one since. */
  expectsMore(item: PlayoutItem): boolean {
    return item === this.#newest && !item.isFinished;
  }

  /** Drops what waits. Its owners, and `audible`, get no more audio. */
  flush(audible: PlayoutItem | undefined): void {
    for (const { part } of this.#segments) this.#known(part.itemId).isFlushed = true;
    if (audible) this.#known(audible.itemId).isFlushed = true;
    this.#segments.length = 0;
  }

  /** How much of an item was heard: of its newest part of which anything was, else of its first. */
  heard(itemId: string): Heard | undefined {
    const parts = this.#items.get(itemId)?.parts;
    const part = parts?.findLast((part) => part.handedSamples > 0) ?? parts?.[0];
    return part && this.heardOf(part);
  }

  heardOf(item: PlayoutItem): Heard {
    const { responseId, itemId, contentIndex, handedSamples, receivedSamples, isFinished } = item;
    return {
      responseId,
      itemId,
      contentIndex,
      heardMs: Math.floor((handedSamples * 1000) / this.#rateHz),
      receivedMs: Math.floor((receivedSamples * 1000) / this.#rateHz),
      complete: isFinished && handedSamples === receivedSamples,
    };
  }

  #known(itemId: string): KnownItem {
    let known = this.#items.get(itemId);
    if (!known) {
      known = { parts: [], isFlushed: false };
      this.#items.set(itemId, known);
      if (this.#items.size > ITEMS_KEPT) {
        const [oldest] = this.#items.keys();
        if (oldest !== undefined) this.#items.delete(oldest);
      }
    }
    return known;
  }
}

// Runs for each delta: a loop, because find() would allocate a function.
function partOf(known: KnownItem | undefined, contentIndex: number): MutableItem | undefined {
  if (known) for (const part of known.parts) if (part.contentIndex === contentIndex) return part;
  return undefined;
}
