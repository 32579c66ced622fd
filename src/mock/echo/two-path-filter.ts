/**
 * An echo filter that learns fast and yet does not forget when somebody talks into it.
 *
 * @module
 */
import { EchoDelay } from './echo-delay.ts';
import { EchoFilter } from './echo-filter.ts';
import type { EchoHistory } from './echo-history.ts';
import { PathEnergies } from './path-energies.ts';

/** 80 ms: a room of 50 ms, 10 ms in front for a delay that becomes shorter, and as much for one that becomes longer. */
const partitions = 16;
/** Blocks of the past that are learnt from once more at each step: the whole converges in a third of the time. */
const replayedAges = [6, 17];
const step = 0.4;
const lowestVoiceHz = 200;
const highestVoiceHz = 4000;
/** −66 dBFS: nothing can be learnt from what is quieter. */
const faintest = 2.5e-7;
/** 270 ms, as far as the delay can reach. */
const audibleBlocks = 54;
const quickBlocks = 10;
const slowBlocks = 20;
/** The background is taken over when it leaves 0.7 dB less, */
const better = 0.85;
/** or, where somebody may be talking, 3 dB less over a longer time; it is thrown away when it leaves 3 dB more. */
const muchBetter = 0.5;
const worse = 2;
/** A foreground that leaves 1.1 dB more than it was given is worse than none. */
const harmful = 1.3;
/** 4.8 dB more left than there has been at best: a voice, or another path. */
const surprising = 3;
/** What was best is forgotten by 4.3 dB in a second. */
const forgetting = 1.005;
/** When 6 dB of the echo are gone, the model says how loud the echo can be. */
const knownShare = 0.25;
const possibleShare = 0.1;

/**
 * Two filters, after Ochiai, Araseki and Ogihara ("Echo canceler with two echo path models", IEEE Transactions on
 * Communications, 1977). The _background_ always learns, at full speed. The _foreground_, which makes what is heard, only ever
 * takes over what has proved better on audio that it had not learnt from. While a user talks, the background goes astray, is
 * not better, and is set back to the foreground again and again.
 */
export class TwoPathFilter {
  readonly #history: EchoHistory;
  readonly #delay: EchoDelay;
  readonly #foreground: EchoFilter;
  readonly #background: EchoFilter;
  readonly #quick = new PathEnergies(quickBlocks);
  readonly #slow = new PathEnergies(slowBlocks);
  #leastShare = 1;
  #coupling = 1;
  #hasLearnt = false;

  constructor(history: EchoHistory, rateHz: number) {
    const lineHz = rateHz / history.fft.length;
    const end = Math.min(history.fft.bins, Math.floor(highestVoiceHz / lineHz));
    const voiceBand = [Math.ceil(lowestVoiceHz / lineHz), end] as const;
    this.#history = history;
    this.#delay = new EchoDelay(history, voiceBand, partitions);
    this.#foreground = new EchoFilter(history, partitions, voiceBand);
    this.#background = new EchoFilter(history, partitions, voiceBand);
  }

  /** Whether there is a model: the foreground has at some time been better than nothing. */
  get hasLearnt(): boolean {
    return this.#hasLearnt;
  }

  /** What is left of the newest block of the microphone. */
  get error(): Float64Array {
    return this.#foreground.error;
  }

  /** The share of the microphone's energy that is left, over the last 50 ms. */
  get leftShare(): number {
    return this.#quick.leftShare;
  }

  /** How loud the echo is against the reference, by what has been learnt: a power gain. */
  get coupling(): number {
    return this.#foreground.coupling;
  }

  /** See {@link EchoDelay}. */
  get unexplained(): number {
    return this.#delay.unexplained;
  }

  /** Works on the newest block of the history. */
  process(): void {
    const delay = this.#delay.blocks;
    const foreground = this.#foreground.listen(0, delay);
    if (!this.#isAudible()) return;
    const heard = this.#history.microphoneEnergy();
    const background = this.#background.listen(0, delay);
    this.#compare(heard, foreground, background);
    const coupling = this.#leastShare < knownShare ? possibleShare * this.#coupling : 1;
    this.#background.learn(0, delay, step, coupling);
    for (const age of replayedAges) {
      this.#background.listen(age, delay);
      this.#background.learn(age, delay, step, coupling);
    }
    this.#background.constrain();
    this.#choose();
    this.#delay.push(heard, this.#foreground, this.#quick.foreground);
    this.#moveBy(this.#delay.blocks - delay);
  }

  /** The spectrum that the echo should have now; see {@link EchoFilter.echoPower}. */
  echoPower(power: Float64Array): void {
    this.#foreground.echoPower(power, this.#delay.blocks);
  }

  reset(): void {
    this.#delay.reset();
    this.#foreground.reset();
    this.#background.reset();
    this.#quick.reset();
    this.#slow.reset();
    this.#leastShare = 1;
    this.#coupling = 1;
    this.#hasLearnt = false;
  }

  #isAudible(): boolean {
    for (let age = 0; age < audibleBlocks; age++) if (this.#history.loudness(age) > faintest) return true;
    return false;
  }

  #compare(heard: number, foreground: number, background: number): void {
    this.#quick.push(heard, foreground, background);
    this.#slow.push(heard, foreground, background);
    if (this.#quick.heard < faintest * this.#history.blockLength) return;
    this.#leastShare = Math.min(1, this.#quick.leftShare, this.#leastShare * forgetting);
  }

  #choose(): void {
    const isDoubtful = this.#quick.leftShare > surprising * this.#leastShare;
    const { foreground, background } = isDoubtful ? this.#slow : this.#quick;
    if (background < (isDoubtful ? muchBetter : better) * foreground) {
      this.#foreground.copyFrom(this.#background);
      this.#quick.takeBackground();
      this.#slow.takeBackground();
      this.#coupling = this.#foreground.coupling;
      this.#hasLearnt = true;
    } else if (this.#slow.foreground > harmful * this.#slow.heard) {
      this.#foreground.reset();
      this.#quick.takeNothing();
      this.#slow.takeNothing();
      this.#leastShare = 1;
    } else if (this.#quick.background > worse * this.#quick.foreground) {
      this.#background.copyFrom(this.#foreground);
      this.#quick.takeForeground();
      this.#slow.takeForeground();
    }
  }

  #moveBy(blocks: number): void {
    if (blocks === 0) return;
    this.#foreground.moveBy(blocks);
    this.#background.moveBy(blocks);
  }
}
