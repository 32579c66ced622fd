/**
 * How many times faster than real time a conversation is held on the virtual clock.
 *
 * @module
 */
import {
  checkSpokenFile,
  defaultSession,
  loadScenario,
  median,
  replay,
  SystemClock,
  VirtualClock,
} from '../src/index.ts';

const wire = { format: 'pcm16', rateHz: 24_000 } as const;
const names = ['opening-hours', 'renew-book-44k1-stereo'];
const files = await Promise.all(names.map((name) => checkSpokenFile(`fixtures/${name}.wav`, wire)));
const service = { kind: 'mock', scenario: await loadScenario('library') } as const;
const conversation = Array.from({ length: 10 }, () => files).flat();
const stopwatch = new SystemClock();

async function speed(seed: number): Promise<number> {
  const clock = new VirtualClock();
  const startMs = stopwatch.now();
  await clock.run(() =>
    replay({ clock, files: conversation, service, model: 'gpt-4o', config: defaultSession(), seed }),
  );
  return clock.now() / (stopwatch.now() - startMs);
}

const [cold = 0, ...warm] = [await speed(1), await speed(2), await speed(3), await speed(4), await speed(5)];
console.log(
  `virtual clock: ${median(warm)?.toFixed(0)} × real time (the first conversation ${cold.toFixed(0)} ×)`,
);
