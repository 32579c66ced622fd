/**
 * An hour of talk on the virtual clock: what a chat keeps in memory must not grow with it.
 *
 *     npm run bench -- chat-hour [MINUTES]
 *
 * Sound devices are fake and remember two seconds; the mock is in the same process, and remembers the conversation.
 *
 * @module
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { VirtualClock } from '../src/clock.ts';
import { FakeHost } from '../src/devices/fake/fake-host.ts';
import { type SoundInAir, samplesInAir } from '../src/devices/fake/sound-in-air.ts';
import { Chat } from '../src/loops/chat/chat.ts';
import { loadScenario } from '../src/mock/scenario/load-scenario.ts';
import { chatSession } from '../src/session/defaults.ts';
import { readWavFile } from '../test/fixtures/wav-file.ts';

const minutes = Number(process.argv[2] ?? 60);
const clock = new VirtualClock();
const host = new FakeHost({ clock });
const microphone = host.addInput({ name: 'Microphone', driftPpm: 120 });
host.addOutput({ name: 'Loudspeaker', driftPpm: -80, keepMs: 2000 });
const scenario = await loadScenario('library');
const chat = new Chat({
  clock,
  host,
  service: { kind: 'mock', scenario },
  model: 'gpt-4o',
  config: chatSession({ echo: 'reference' }),
  echo: 'reference',
  processing: { gain: 'auto' },
});

const { samples, rateHz } = readWavFile('fixtures/stop-16k-stereo.wav');
const [question = new Float32Array()] = samples;
let said: SoundInAir = () => 0;
microphone.hear((timeMs, channel) => said(timeMs, channel));

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

await clock.run(async () => {
  const running = chat.run();
  for (let minute = 1; minute <= minutes; minute++) {
    for (let turn = 0; turn < 4; turn++) {
      said = samplesInAir(question, { rateHz, startMs: clock.now() });
      await clock.sleep(15_000);
    }
    if (minute > 1 && minute % 10 !== 0 && minute !== minutes) continue;
    collectGarbage();
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    console.log(
      `minute ${String(minute).padStart(2)}: heap ${mib(heapUsed)} MiB, arrays ${mib(arrayBuffers)} MiB, resident ${mib(rss)} MiB, ${chat.figures.turns} turns`,
    );
  }
  chat.leave();
  await running;
});
