/**
 * Looking at blocks on their way.
 *
 * @module
 */
import type { AudioBlock } from '../audio/audio-block.ts';
import type { Stage } from './inlet.ts';

/** A stage that changes nothing and lets `look` see each block before it goes on. */
export function passing(name: string, look: (block: AudioBlock) => void): Stage<AudioBlock, AudioBlock> {
  return {
    name,
    delayMs: 0,
    open: (outlet) => ({
      push: (block) => {
        look(block);
        outlet.push(block);
      },
      end: () => outlet.end(),
      reset: () => outlet.reset(),
    }),
  };
}
