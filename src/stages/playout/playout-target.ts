/**
 * How much audio should be here before an answer starts, learnt from how late the network was.
 *
 * @module
 */

const START_MS = 80;
const FLOOR_MS = 40;
const CEILING_MS = 1500;

const BUCKETS = 100;
const BUCKET_MS = 20;
const QUANTILE = 0.95;
const FORGET_FACTOR = 0.983;
/** The first observations count for more, so that the start value does not linger. */
const START_WEIGHT = 2;
/** Of all deltas in a window only the worst counts: a burst of good ones must not drown the stall before it. */
const WINDOW_MS = 500;
const LOWERING_MS_PER_MS = 10 / 1000;

/**
 * The target level of a jitter buffer. For each delta it notes the deficit, by how much playing at once would have run dry
 * before it: its arrival after the item's first delta, less the audio that came before it. The target is the 0.95 quantile
 * of a histogram that forgets, plus one device block: from 40 to 1500 ms, 80 ms as long as nothing is known. It is raised
 * at once and lowered by at most 10 ms per second.
 *
 * Source: the delay manager of WebRTC's NetEq (`modules/audio_coding/neteq/delay_manager.cc`), with its relative packet
 * delay put in terms of a stream that TCP delivers whole, in order and in bursts.
 */
export class PlayoutTarget {
  readonly #deviceBlockMs: number;
  readonly #histogram = new Float64Array(BUCKETS);
  #observations = 0;
  #windowStartMs: number | undefined;
  #windowWorstMs = 0;
  #itemStartMs: number | undefined;
  #itemAudioMs = 0;
  #targetMs = START_MS;
  #updatedMs = 0;

  /** @param deviceBlockMs how much the sink asks for at a time: that much can be needed before it is heard */
  constructor(deviceBlockMs: number) {
    this.#deviceBlockMs = deviceBlockMs;
  }

  get targetMs(): number {
    return this.#targetMs;
  }

  /** Takes note of a delta, the first of its item or one that goes on. */
  observe(arrivalMs: number, audioMs: number, isFirst: boolean): void {
    if (isFirst || this.#itemStartMs === undefined) {
      this.#itemStartMs = arrivalMs;
      this.#itemAudioMs = 0;
    } else {
      this.#addDeficit(arrivalMs, Math.max(0, arrivalMs - this.#itemStartMs - this.#itemAudioMs));
    }
    this.#itemAudioMs += audioMs;
    this.#update(arrivalMs);
  }

  /** Forgets everything: the network is another one. */
  reset(): void {
    this.#histogram.fill(0);
    this.#observations = 0;
    this.#windowStartMs = undefined;
    this.#itemStartMs = undefined;
    this.#targetMs = START_MS;
  }

  #addDeficit(arrivalMs: number, deficitMs: number): void {
    if (this.#windowStartMs !== undefined && arrivalMs < this.#windowStartMs + WINDOW_MS) {
      this.#windowWorstMs = Math.max(this.#windowWorstMs, deficitMs);
      return;
    }
    if (this.#windowStartMs !== undefined) this.#closeWindow();
    this.#windowStartMs = arrivalMs;
    this.#windowWorstMs = deficitMs;
  }

  #closeWindow(): void {
    const forget = this.#forgetFactor;
    const worst = bucketOf(this.#windowWorstMs);
    for (let i = 0; i < BUCKETS; i++) (this.#histogram[i] as number) *= forget;
    (this.#histogram[worst] as number) += 1 - forget;
    this.#observations++;
  }

  /** What the histogram keeps when the open window is added to it; 0 for the first window. */
  get #forgetFactor(): number {
    return Math.min(FORGET_FACTOR, Math.max(0, 1 - START_WEIGHT / (this.#observations + 2)));
  }

  #update(nowMs: number): void {
    if (this.#windowStartMs !== undefined) {
      const wantedMs = this.#quantileMs() + this.#deviceBlockMs;
      const clampedMs = Math.min(CEILING_MS, Math.max(FLOOR_MS, wantedMs));
      const lowestMs = this.#targetMs - (nowMs - this.#updatedMs) * LOWERING_MS_PER_MS;
      this.#targetMs = Math.max(clampedMs, lowestMs);
    }
    this.#updatedMs = nowMs;
  }

  /** Counts the open window as if it were closed: a stall raises the target with the delta that shows it. */
  #quantileMs(): number {
    const forget = this.#forgetFactor;
    const worst = bucketOf(this.#windowWorstMs);
    let sum = 0;
    for (let i = 0; i < BUCKETS; i++) {
      sum += (this.#histogram[i] as number) * forget + (i === worst ? 1 - forget : 0);
      if (sum >= QUANTILE) return (i + 1) * BUCKET_MS;
    }
    return BUCKETS * BUCKET_MS;
  }
}

function bucketOf(deficitMs: number): number {
  return Math.min(BUCKETS - 1, Math.floor(deficitMs / BUCKET_MS));
}
