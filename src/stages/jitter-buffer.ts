/**
 * Where the agent's voice waits until the sound device asks for it.
 *
 * @module
 */
import type { AgentAudio } from '../audio/agent-audio.ts';
import type { Clock } from '../clock.ts';
import type { Heard, Playback } from '../pipeline/playback.ts';
import { DriftEstimator } from './playout/drift-estimator.ts';
import { ItemLedger } from './playout/item-ledger.ts';
import type { JitterBufferObserver } from './playout/jitter-buffer-observer.ts';
import type { PlayoutState } from './playout/jitter-buffer-states.ts';
import { PlayoutMachine } from './playout/playout-machine.ts';
import { PlayoutCounters, type PlayoutStatistics } from './playout/playout-statistics.ts';
import { PlayoutTarget } from './playout/playout-target.ts';

export type {
  JitterBufferObserver,
  PlayedRun,
  RecalledRun,
  Underrun,
} from './playout/jitter-buffer-observer.ts';
export type { PlayoutState } from './playout/jitter-buffer-states.ts';
export type { PlayoutStatistics } from './playout/playout-statistics.ts';

const CAPACITY_MS = 600_000;

/** From block to block a due time may differ by so much from what the sample count says: devices drift, and nothing is late. */
const PACE_MS = 1;

/** How {@link JitterBuffer} works. */
export interface JitterBufferOptions {
  readonly clock: Clock;
  /** The rate of everything that is pushed and pulled. */
  readonly rateHz: number;
  /** How much the sink asks for at a time; the target keeps that much more. Default 10. */
  readonly deviceBlockMs?: number;
  readonly observe?: JitterBufferObserver;
}

/**
 * Plays the agent's answers without gaps, although they come over TCP: whole and in order, in bursts that are mostly faster
 * than real time, with stalls. An answer begins as soon as the target is here (see {@link PlayoutTarget}), its item is
 * finished, or 250 ms have passed; the next item follows without a pause when the same holds for it. While nothing runs dry,
 * what comes out is what came in, sample for sample, and audio that waits beyond the target simply waits.
 *
 * An item that runs dry goes on as concealment of at most 60 ms, then silence, until half the target and at least 60 ms are
 * here, or it is finished; it comes back with a fade-in of 5 ms, and its pauses are stretched until the target is reached.
 * Nothing is ever dropped unheard, other than by {@link JitterBuffer.flush}.
 *
 * | from \ event | audio    | ready   | ending   | dry     | ended | next    | flush  | cut  | silent |
 * |--------------|----------|---------|----------|---------|-------|---------|--------|------|--------|
 * | idle         | priming  |         |          |         |       |         |        |      |        |
 * | priming      | priming  | playing |          |         |       |         | idle   | idle |        |
 * | playing      | playing  |         | draining | starved |       | priming | fading | idle |        |
 * | starved      | starved  | playing |          |         | idle  | priming | fading | idle |        |
 * | draining     | playing  |         |          |         | idle  |         | fading | idle |        |
 * | fading       | fading   |         |          |         |       |         | fading | idle | idle   |
 *
 * The table drives the buffer: see {@link PlayoutEvent} for what each event means. The target and its numbers follow WebRTC's
 * NetEq (modules/audio_coding/neteq: delay_manager, decision_logic), fitted to streams that come in bursts.
 *
 * @example
 * ```ts
 * import { JitterBuffer, VirtualClock } from 'voiceloop';
 *
 * const buffer = new JitterBuffer({ clock: new VirtualClock(), rateHz: 24_000 });
 * const ids = { responseId: 'r', itemId: 'i', contentIndex: 0 };
 * buffer.push({ ...ids, samples: new Float32Array(2400).fill(0.5), rateHz: 24_000, receivedAtMs: 0 });
 * buffer.pull(new Float32Array(480), 0);
 * console.log(buffer.state, buffer.flush()?.heardMs); // playing 30: 20 ms and a fade of 10
 * ```
 */
export class JitterBuffer implements Playback {
  readonly #clock: Clock;
  readonly #rateHz: number;
  #playedUntilMs = 0;
  readonly #ledger: ItemLedger;
  readonly #target: PlayoutTarget;
  readonly #drift: DriftEstimator;
  readonly #counters: PlayoutCounters;
  readonly #machine: PlayoutMachine;

  /** @throws {RangeError} when the rate is not a whole number from 8000 on, or the device block is not a duration */
  constructor(options: JitterBufferOptions) {
    const { clock, rateHz, deviceBlockMs = 10, observe = {} } = options;
    if (!Number.isInteger(rateHz) || rateHz < 8000) throw new RangeError(`cannot play at ${rateHz} Hz`);
    if (!(deviceBlockMs >= 0)) throw new RangeError(`cannot play in blocks of ${deviceBlockMs} ms`);
    this.#clock = clock;
    this.#rateHz = rateHz;
    this.#ledger = new ItemLedger(rateHz);
    this.#target = new PlayoutTarget(deviceBlockMs);
    this.#drift = new DriftEstimator(rateHz);
    this.#counters = new PlayoutCounters(rateHz);
    this.#machine = new PlayoutMachine({
      clock,
      rateHz,
      observe,
      ledger: this.#ledger,
      target: this.#target,
      counters: this.#counters,
    });
  }

  get state(): PlayoutState {
    return this.#machine.state;
  }

  /** How much audio waits. */
  get levelMs(): number {
    return this.#machine.levelMs;
  }

  /** Ten minutes or more wait: whoever reads the socket should hold back. What is pushed all the same is kept. */
  get isFull(): boolean {
    return this.levelMs >= CAPACITY_MS;
  }

  get statistics(): PlayoutStatistics {
    return this.#counters.snapshot(this.#target.targetMs, this.#drift.driftPpm);
  }

  /** How much of an item was heard so far; undefined for one of which nothing came, or 64 items ago. */
  heard(itemId: string): Heard | undefined {
    return this.#ledger.heard(itemId);
  }

  /** Forgets what was learnt about the network; what waits is kept. */
  reconnected(): void {
    this.#target.reset();
  }

  /**
   * Takes a delta; one of an item that was flushed is counted and ignored.
   *
   * @throws {RangeError} when its rate is not the buffer's
   */
  push(audio: AgentAudio): void {
    if (audio.rateHz !== this.#rateHz) {
      throw new RangeError(`cannot play ${audio.rateHz} Hz through a jitter buffer of ${this.#rateHz} Hz`);
    }
    if (this.#ledger.isFlushed(audio.itemId)) {
      this.#counters.lateDeltas++;
      return;
    }
    if (audio.samples.length === 0) return;
    const isFirst = this.#ledger.receive(audio);
    this.#target.observe(audio.receivedAtMs, (audio.samples.length * 1000) / this.#rateHz, isFirst);
    this.#machine.take(audio.samples, audio.receivedAtMs);
  }

  /** Takes note that an item has all its audio. One of which nothing came changes nothing. */
  finish(itemId: string, contentIndex: number): void {
    this.#ledger.finish(itemId, contentIndex);
    this.#machine.drainIfEnding();
  }

  /**
   * Silences the answer with a raised cosine of 10 ms and drops the rest of it and all that waits behind it. Deltas that
   * still come for any of these items are ignored from now on.
   *
   * With `unheard`, the device has been emptied and is silent already: nothing is faded, and the last `unheard` of the samples
   * that were pulled count as never handed out. Of these only the items' own are theirs, at most those of the last second;
   * observers are told by `onRecalled`.
   *
   * @param unheard 0 where the device had played everything
   * @returns the position in the item that owns the sample which would have been heard next, after the fade where there is
   *   one; undefined where nothing sounded and nothing waited
   * @throws {RangeError} when `unheard` is no number of samples
   */
  flush(unheard?: number): Heard | undefined {
    if (unheard !== undefined && !(Number.isInteger(unheard) && unheard >= 0)) {
      throw new RangeError(`cannot take back ${unheard} samples`);
    }
    // What comes next is due when the first of what was taken back was.
    if (unheard) this.#drift.reset();
    const item = unheard === undefined ? this.#machine.flush() : this.#machine.cut(unheard);
    return item && this.#ledger.heardOf(item);
  }

  /** Fills `out`, whose first sample leaves the device at `dueMs`, or as soon as it can where the sink asks late. */
  pull(out: Float32Array, dueMs: number): void {
    const nowMs = this.#clock.now();
    this.#drift.observe(dueMs, out.length);
    if (nowMs > dueMs + (out.length * 1000) / this.#rateHz) this.#counters.callbackLate++;
    // What a device gets late leaves late, and pushes back what joins on to it.
    const isSilent = this.state === 'idle' || this.state === 'priming';
    const isOnPace = Math.abs(dueMs - this.#playedUntilMs) < PACE_MS;
    const timeMs = Math.max(dueMs, nowMs, isSilent || isOnPace ? 0 : this.#playedUntilMs);
    this.#machine.pull(out, nowMs, timeMs);
    this.#playedUntilMs = timeMs + (out.length * 1000) / this.#rateHz;
  }
}
