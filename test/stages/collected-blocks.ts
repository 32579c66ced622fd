/**
 * An outlet that remembers.
 *
 * @module
 */
import type { AudioBlock } from '../../src/audio/audio-block.ts';
import { type Inlet, inlet } from '../../src/pipeline/inlet.ts';

/** What came out of a stage: copies of the blocks, and what was called. */
export class CollectedBlocks {
  readonly blocks: AudioBlock[] = [];
  readonly calls: string[] = [];
  readonly outlet: Inlet<AudioBlock> = inlet(
    (block) => {
      this.blocks.push({ ...block, samples: block.samples.slice() });
      this.calls.push('push');
    },
    () => this.calls.push('end'),
    () => this.calls.push('reset'),
  );

  /** All samples in a row. */
  get samples(): Float32Array {
    return Float32Array.from(this.blocks.flatMap(({ samples }) => [...samples]));
  }
}
