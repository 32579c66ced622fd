/**
 * Whether memory stays flat: an hour of audio through each of two hundred streams, as fast as the machine allows.
 *
 * @module
 */
import type { ReusedBlock } from '../src/audio/audio-block.ts';
import { framePacker, inlet, preGain, Random, resampler, SystemClock } from '../src/index.ts';

const streamCount = 200;
const minutes = 60;
const framesAMinute = 3000;
const capture = { rateHz: 48_000, channels: 1 };
const clock = new SystemClock();
const random = new Random(1);
const microphone = Array.from({ length: 16 }, () =>
  Float32Array.from({ length: 960 }, () => random.uniform() - 0.5),
);
const sent = { characters: 0 };

const streams = Array.from({ length: streamCount }, () => {
  const packer = framePacker({ rateHz: 24_000 }).open(
    inlet(({ message }) => {
      sent.characters += message.length;
    }),
  );
  const louder = preGain({ rateHz: 24_000, gain: 3 }).open(packer);
  return resampler({ fromHz: 48_000, toHz: 24_000 }).open(louder);
});

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1).padStart(8);
const block: ReusedBlock = {
  ...capture,
  samples: new Float32Array(),
  timeMs: 0,
};

function report(minute: number): void {
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  console.log(
    `${String(minute).padStart(6)}  ${mebibytes(heapUsed)}  ${mebibytes(arrayBuffers)}  ${mebibytes(rss)}`,
  );
}

console.log(`${streamCount} streams, 48 kHz → resampler → pre-gain → frames; MiB`);
console.log('minute      heap    arrays       RSS');
const startMs = clock.now();
report(0);
for (let minute = 1; minute <= minutes; minute++) {
  for (let n = 0; n < framesAMinute; n++) {
    block.samples = microphone[n % microphone.length] as Float32Array;
    for (const stream of streams) stream.push(block);
    block.timeMs += 20;
  }
  if (minute === 1 || minute % 10 === 0) report(minute);
  // Garbage is collected, and registered finalizers run, between tasks.
  await clock.sleep(0);
}
const seconds = (clock.now() - startMs) / 1000;
const hours = (streamCount * minutes) / 60;
console.log(
  `${hours} hours of audio in ${seconds.toFixed(0)} s: ${((hours * 3600) / seconds).toFixed(0)} × real time`,
);
