/**
 * What a jitter buffer does with each sample that is asked for, state by state.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import { FlushFade } from './flush-fade.ts';
import type { ItemLedger, PlayoutItem } from './item-ledger.ts';
import type { JitterBufferObserver } from './jitter-buffer-observer.ts';
import { type PlayoutEvent, type PlayoutState, playoutTransition } from './jitter-buffer-states.ts';
import { PauseStretch } from './pause-stretch.ts';
import type { PlayoutCounters } from './playout-statistics.ts';
import type { PlayoutTarget } from './playout-target.ts';
import { PlayoutVoice } from './playout-voice.ts';
import { RunReporter } from './run-reporter.ts';
import { UnderrunGap } from './underrun-gap.ts';

/** An answer begins after this long even when less than the target is here. */
const LONGEST_PRIMING_MS = 250;
/** After an underrun the sound comes back with half the target, and with no less than this. */
const SHORTEST_REPRIMING_MS = 60;

/** What {@link PlayoutMachine} shares with the jitter buffer around it. */
export interface PlayoutMachineOptions {
  readonly clock: Clock;
  readonly rateHz: number;
  readonly observe: JitterBufferObserver;
  readonly ledger: ItemLedger;
  readonly target: PlayoutTarget;
  readonly counters: PlayoutCounters;
}

/** The states and transitions of {@link JitterBuffer}. Each transition is one that the table has. */
export class PlayoutMachine {
  readonly #clock: Clock;
  readonly #rateHz: number;
  readonly #observe: JitterBufferObserver;
  readonly #runs: RunReporter;
  readonly #ledger: ItemLedger;
  readonly #target: PlayoutTarget;
  readonly #counters: PlayoutCounters;
  readonly #voice: PlayoutVoice;
  readonly #stretch: PauseStretch;
  readonly #fade: FlushFade;
  readonly #gap: UnderrunGap;
  #state: PlayoutState = 'idle';
  /** Whose samples go out, or went out last before they ran dry. */
  #sounding: PlayoutItem | undefined;
  #primingSinceMs = 0;
  /** Since it started below the target and has not reached it yet: pauses may be stretched. */
  #isRecovering = false;

  constructor({ clock, rateHz, observe, ledger, target, counters }: PlayoutMachineOptions) {
    this.#clock = clock;
    this.#rateHz = rateHz;
    this.#observe = observe;
    this.#ledger = ledger;
    this.#target = target;
    this.#counters = counters;
    this.#runs = new RunReporter(rateHz, observe, ledger, counters);
    this.#voice = new PlayoutVoice(rateHz);
    this.#stretch = new PauseStretch(rateHz);
    this.#fade = new FlushFade(rateHz, ledger, this.#voice);
    this.#gap = new UnderrunGap(rateHz, counters, observe);
  }

  get state(): PlayoutState {
    return this.#state;
  }

  get levelMs(): number {
    return this.#ms(this.#voice.waiting);
  }

  /** Takes samples that the ledger has received. */
  take(samples: Float32Array, receivedAtMs: number): void {
    this.#voice.append(samples);
    if (this.#state === 'idle') this.#primingSinceMs = receivedAtMs;
    this.#enter('audio');
    this.drainIfEnding();
  }

  /** The ledger has learnt that an item is finished. */
  drainIfEnding(): void {
    if (this.#state === 'playing' && this.#ledger.isEnding) this.#enter('ending');
  }

  /** Fades what sounds and drops the rest; says which item was sounding, or would have been next. */
  flush(): PlayoutItem | undefined {
    const item = this.#ledger.next ?? this.#sounding;
    if (!item) return undefined;
    this.#breakGap(item, 0);
    if (this.#sounding && this.#state !== 'priming') {
      this.#fade.begin(this.#sounding, this.#state === 'starved');
      this.#counters.faded += this.#fade.remaining;
    }
    this.#drop();
    this.#enter('flush');
    if (this.#state === 'fading' && this.#fade.remaining === 0) this.#enter('silent');
    return item;
  }

  /** Takes back the last `unheard` samples and drops the rest; says which item is the first not to be heard to its end. */
  cut(unheard: number): PlayoutItem | undefined {
    const faded = this.#breakFade();
    const item = this.#runs.takeBack(unheard) ?? faded ?? this.#ledger.next ?? this.#sounding;
    if (item) {
      this.#breakGap(item, unheard);
      this.#drop();
    }
    if (this.#state !== 'idle') this.#enter('cut');
    return item;
  }

  /** Fills `out`, whose first sample leaves at `timeMs`. */
  pull(out: Float32Array, nowMs: number, timeMs: number): void {
    if (this.#state === 'playing' || this.#state === 'starved') this.#counters.level(this.#voice.waiting);
    for (let at = 0; at < out.length; ) {
      const offsetMs = this.#ms(at);
      at += this.#advance(out, at, nowMs + offsetMs, timeMs + offsetMs);
    }
    this.#runs.pass(out.length);
  }

  /** Writes samples from `at` on and says how many: none when only the state changed. */
  #advance(out: Float32Array, at: number, nowMs: number, timeMs: number): number {
    switch (this.#state) {
      case 'idle':
        out.fill(0, at);
        return out.length - at;
      case 'priming':
        return this.#prime(out, at, nowMs);
      case 'starved':
        return this.#starve(out, at, nowMs);
      case 'fading':
        return this.#fadeAway(out, at, nowMs, timeMs);
      default:
        return this.#play(out, at, nowMs, timeMs);
    }
  }

  #prime(out: Float32Array, at: number, nowMs: number): number {
    // While priming, something waits.
    const next = this.#ledger.next as PlayoutItem;
    if (this.#isReady(next, nowMs)) {
      this.#counters.primeWaitMs = nowMs - this.#primingSinceMs;
      this.#voice.begin();
      this.#start(next);
      return 0;
    }
    const waitMs = next.firstDeltaMs + LONGEST_PRIMING_MS - nowMs;
    const count = Math.min(out.length - at, Math.ceil((waitMs * this.#rateHz) / 1000));
    out.fill(0, at, at + count);
    return count;
  }

  #play(out: Float32Array, at: number, nowMs: number, timeMs: number): number {
    let count = out.length - at;
    if (this.#stretch.pending > 0) {
      count = Math.min(count, this.#stretch.pending);
      this.#stretch.repeat(out, at, count);
      this.#counters.inserted += count;
      return count;
    }
    if (this.#isRecovering && (this.#ledger.isEnding || this.levelMs >= this.#target.targetMs)) {
      this.#isRecovering = false;
    }
    const next = this.#ledger.next;
    if (!next) {
      this.#runDry(timeMs);
      return 0;
    }
    if (next !== this.#sounding) {
      if (!this.#isReady(next, nowMs)) {
        this.#awaitNext(nowMs);
        return 0;
      }
      this.#sounding = next;
      this.#counters.primeWaitMs = 0;
    }
    count = Math.min(count, this.#ledger.runLength, this.#isRecovering ? this.#stretch.untilBlockEnd : count);
    this.#voice.hand(out, at, count);
    this.#ledger.hand(count);
    if (this.#isRecovering) this.#stretch.remember(out, at, count);
    this.#runs.report(next, out, at, count, timeMs);
    return count;
  }

  #starve(out: Float32Array, at: number, nowMs: number): number {
    const { tail } = this.#voice;
    const { next } = this.#ledger;
    if (next && next === this.#sounding && this.#isReadyAgain(next)) {
      this.#gap.close(next);
      this.#voice.resume();
      this.#start(next);
      return 0;
    }
    // What is over dies away before anything else begins, or the last of it would click.
    if (tail === 0 && next && next !== this.#sounding) {
      this.#awaitNext(nowMs);
      return 0;
    }
    if (tail === 0 && !next && this.#ledger.isEnding) {
      this.#sounding = undefined;
      this.#enter('ended');
      return 0;
    }
    const count = tail > 0 ? Math.min(out.length - at, tail) : out.length - at;
    this.#voice.conceal(out, at, count);
    this.#counters.concealed += Math.min(tail, count);
    this.#gap.grow(count);
    return count;
  }

  #fadeAway(out: Float32Array, at: number, nowMs: number, timeMs: number): number {
    const { item, remaining, ownedRemaining } = this.#fade;
    if (remaining === 0) {
      this.#enter('silent');
      if (this.#ledger.next) {
        this.#primingSinceMs = nowMs;
        this.#enter('audio');
      }
      return 0;
    }
    const count = Math.min(out.length - at, remaining);
    this.#fade.take(out, at, count);
    if (item) this.#runs.report(item, out, at, Math.min(count, ownedRemaining), timeMs);
    return count;
  }

  #isReady(next: PlayoutItem, nowMs: number): boolean {
    return (
      this.levelMs >= this.#target.targetMs ||
      !this.#ledger.expectsMore(next) ||
      nowMs >= next.firstDeltaMs + LONGEST_PRIMING_MS
    );
  }

  #isReadyAgain(next: PlayoutItem): boolean {
    const enoughMs = Math.max(this.#target.targetMs / 2, SHORTEST_REPRIMING_MS);
    return this.levelMs >= enoughMs || !this.#ledger.expectsMore(next);
  }

  #start(item: PlayoutItem): void {
    this.#sounding = item;
    this.#isRecovering = true;
    this.#stretch.reset();
    this.#enter('ready');
    this.drainIfEnding();
  }

  #runDry(timeMs: number): void {
    if (this.#state === 'draining') {
      this.#sounding = undefined;
      this.#enter('ended');
      return;
    }
    this.#voice.breakOff();
    this.#gap.begin(timeMs);
    this.#enter('dry');
  }

  #awaitNext(nowMs: number): void {
    this.#primingSinceMs = nowMs;
    this.#enter('next');
  }

  /** Ends the gap in which the item was when it was interrupted; the end of an item is none. */
  #breakGap(item: PlayoutItem, unheard: number): void {
    if (this.#state !== 'starved' || item !== this.#sounding) return;
    if (this.#ledger.next || this.#ledger.expectsMore(item)) this.#gap.close(item, unheard);
  }

  /** Forgets everything that waits, and what sounded. */
  #drop(): void {
    this.#counters.flushes++;
    this.#counters.discarded += this.#voice.waiting;
    this.#voice.drop();
    this.#ledger.flush(this.#sounding);
    this.#sounding = undefined;
  }

  /** What of an earlier fade has not gone out yet will not, either; says whose it is. */
  #breakFade(): PlayoutItem | undefined {
    const { item, ownedRemaining } = this.#fade;
    if (this.#state !== 'fading' || !item || ownedRemaining === 0) return undefined;
    this.#ledger.takeBack(item, ownedRemaining);
    return item;
  }

  #enter(event: PlayoutEvent): void {
    const from = this.#state;
    this.#state = playoutTransition(from, event);
    if (this.#state !== from) this.#observe.onState?.(from, this.#state, this.#clock.now());
  }

  #ms(samples: number): number {
    return (samples * 1000) / this.#rateHz;
  }
}
