/**
 * Carries the stamps of a microphone past stages that keep time by counting.
 *
 * @module
 */
import type { AudioBlock, ReusedBlock } from '../../audio/audio-block.ts';
import { inlet, type Stage } from '../../pipeline/inlet.ts';

/** The rates on both sides of the stages. */
export interface CarriedStampsOptions {
  readonly fromHz: number;
  readonly toHz: number;
}

/**
 * Has what comes out of a stage stamped by what went in. Stages that change the rate follow the stamps only when these leave
 * their count of frames by half a block: between clocks that differ by 300 ppm they are off by up to 10 ms, and jump by as much
 * every half minute. For a recording that is nothing, for an echo canceller it is too much.
 *
 * @param stage that gives `toHz / fromHz` frames for each that it takes, `delayMs` late
 */
export function carryStamps(
  stage: Stage<AudioBlock, AudioBlock>,
  { fromHz, toHz }: CarriedStampsOptions,
): Stage<AudioBlock, AudioBlock> {
  return {
    ...stage,
    open: (outlet) => {
      let framesIn = 0;
      let framesOut = 0;
      /** When the first frame of all would have been captured, by the latest stamp. */
      let startMs = 0;
      const out: ReusedBlock = { samples: new Float32Array(), rateHz: toHz, channels: 1, timeMs: 0 };
      const startAnew = () => {
        framesIn = 0;
        framesOut = 0;
      };
      const first = stage.open(
        inlet(
          ({ samples }) => {
            out.samples = samples;
            out.timeMs = startMs + (framesOut * 1000) / toHz - stage.delayMs;
            framesOut += samples.length;
            outlet.push(out);
          },
          () => {
            startAnew();
            outlet.end();
          },
          () => {
            startAnew();
            outlet.reset();
          },
        ),
      );
      return {
        push: (block) => {
          startMs = block.timeMs - (framesIn * 1000) / fromHz;
          framesIn += block.samples.length;
          first.push(block);
        },
        end: () => first.end(),
        reset: () => first.reset(),
      };
    },
  };
}
