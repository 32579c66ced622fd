import { expect, test } from 'vitest';
import type { OwnResampler } from '../../../bench/kernels/candidates.ts';
import { checkExactness } from '../../../bench/kernels/exactness.ts';
import { type AudioBlock, type Inlet, inlet, resampler } from '../../../src/index.ts';

type Between = (outlet: Inlet<AudioBlock>) => Inlet<AudioBlock>;

/** The real resampler, with something in front of its outlet that spoils what comes. */
function spoilt(between: Between): OwnResampler {
  return {
    name: 'spoilt',
    takes: ({ fromHz, toHz }) => fromHz === 48_000 && toHz === 24_000,
    stage: (pair) => {
      const { name, delayMs, open } = resampler(pair);
      return { name, delayMs, open: (outlet) => open(between(outlet)) };
    },
  };
}

function faultsOf(between: Between): readonly string[] {
  return checkExactness([spoilt(between)]).flatMap(({ faults }) => faults);
}

test('a resampler that keeps to the samples has no fault', () => {
  expect(faultsOf((outlet) => outlet)).toEqual([]);
});

test('one that changes the last bit at the beginning of a block is found', () => {
  const faults = faultsOf((outlet) =>
    inlet(
      (block) => {
        const samples = block.samples.slice();
        samples[0] = Math.fround((samples[0] as number) * (1 + 2 ** -23));
        outlet.push({ ...block, samples });
      },
      () => outlet.end(),
    ),
  );
  expect(faults).toContain('cut whole it gives other bits');
  expect(faults).toContain('cut at random it gives other bits');
});

test('one that loses its tail is found', () => {
  const faults = faultsOf((outlet) =>
    inlet(
      (block) => {
        if (block.samples.length >= 120) outlet.push(block);
      },
      () => outlet.end(),
    ),
  );
  expect(faults.join()).toContain('the last sample comes out as');
});

test('one that gives a block too late is found', () => {
  const faults = faultsOf((outlet) => {
    let held: AudioBlock | undefined;
    return inlet(
      (block) => {
        if (held) outlet.push(held);
        held = { ...block, samples: block.samples.slice() };
      },
      () => {
        if (held) outlet.push(held);
        outlet.end();
      },
    );
  });
  expect(faults).toContain('after 1 blocks 0 samples had come, and 480 were due');
});
