/**
 * Looking at what passes between two stages.
 *
 * @module
 */
import { type AudioBlock, durationMs } from '../audio/audio-block.ts';
import type { Clock } from '../clock.ts';
import type { Inlet, Stage } from './inlet.ts';
import { passing } from './passing.ts';

/** How late blocks passed a tap: the moment they passed less the moment their last sample was captured. */
export interface Lateness {
  readonly name: string;
  readonly blocks: number;
  readonly meanMs: number;
  readonly maxMs: number;
}

/**
 * A stage that changes nothing and stamps how late each block passes. A stall counts against every block that waited,
 * because a block's own time never shifts. Put one behind each stage, and a stage's share is a subtraction.
 *
 * @example
 * ```ts
 * import { inlet, Tap, VirtualClock } from 'voiceloop';
 *
 * const clock = new VirtualClock();
 * const tap = new Tap('microphone', clock);
 * const first = tap.open(inlet(() => {}));
 * clock.at(25, () => first.push({ samples: new Float32Array(480), rateHz: 24_000, channels: 1, timeMs: 0 }));
 * await clock.run(() => clock.sleep(30));
 * console.log(tap.lateness.maxMs); // 5: the block ended at 20 ms
 * ```
 */
export class Tap implements Stage<AudioBlock, AudioBlock> {
  readonly name: string;
  readonly delayMs = 0;
  readonly #clock: Clock;
  #blocks = 0;
  #sumMs = 0;
  #maxMs = 0;

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.#clock = clock;
  }

  get lateness(): Lateness {
    const meanMs = this.#blocks === 0 ? 0 : this.#sumMs / this.#blocks;
    return { name: this.name, blocks: this.#blocks, meanMs, maxMs: this.#maxMs };
  }

  open(outlet: Inlet<AudioBlock>): Inlet<AudioBlock> {
    return passing(this.name, (block) => this.#stamp(block)).open(outlet);
  }

  #stamp(block: AudioBlock): void {
    const lateMs = this.#clock.now() - (block.timeMs + durationMs(block));
    this.#blocks++;
    this.#sumMs += lateMs;
    this.#maxMs = Math.max(this.#maxMs, lateMs);
  }
}
