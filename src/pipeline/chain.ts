/**
 * Several stages as one.
 *
 * @module
 */
import type { Inlet, Stage } from './inlet.ts';

/**
 * Joins stages in the order in which audio passes them. The result is again a stage, with the names joined and the delays
 * added up.
 *
 * @example
 * ```ts
 * import { chain, framePacker, resampler } from 'voiceloop';
 *
 * const uplink = chain(resampler({ fromHz: 48_000, toHz: 24_000 }), framePacker({ rateHz: 24_000 }));
 * console.log(uplink.name); // resampler 48000→24000 → 20 ms frames
 * ```
 */
export function chain<A, B>(first: Stage<A, B>): Stage<A, B>;
export function chain<A, B, C>(first: Stage<A, B>, second: Stage<B, C>): Stage<A, C>;
export function chain<A, B, C, D>(first: Stage<A, B>, second: Stage<B, C>, third: Stage<C, D>): Stage<A, D>;
export function chain<A>(...stages: Stage<A, A>[]): Stage<A, A>;
export function chain(...stages: Stage<unknown, unknown>[]): Stage<unknown, unknown> {
  return {
    name: stages.map((stage) => stage.name).join(' → '),
    delayMs: stages.reduce((sum, stage) => sum + stage.delayMs, 0),
    open: (outlet: Inlet<unknown>) => stages.reduceRight((next, stage) => stage.open(next), outlet),
  };
}
