/**
 * What a chat costs over many minutes.
 *
 * @module
 */
import { HearingMock } from '../../test/sound/hearing-mock.ts';
import { VirtualAudio } from '../../test/sound/virtual-audio.ts';
import { ChatProcess } from './chat-process.ts';
import { cpuSeconds, residentMiB } from './process-cost.ts';

/** Asks a question every fifteen seconds, with everything switched on that a chat has, and tells of each minute. */
export async function measureSoak(
  driver: string,
  minutes: number,
  tell: (line: string) => void,
): Promise<void> {
  await using audio = await VirtualAudio.start();
  await using mock = await HearingMock.start('library');
  const args = ['--driver', driver, '--echo', 'reference', '--gain', 'auto'];
  await using chat = await ChatProcess.start(audio, mock, args);
  const startMs = mock.clock.now();
  for (let minute = 1; minute <= minutes; minute++) {
    const cpu = cpuSeconds(chat.pid);
    for (let quarter = 1; quarter <= 4; quarter++) {
      await audio.playIntoMicrophone('fixtures/stop-16k-stereo.wav');
      const dueMs = startMs + (minute - 1) * 60_000 + quarter * 15_000;
      await mock.clock.sleep(Math.max(0, dueMs - mock.clock.now()));
    }
    // What the mock has heard of a minute is a megabyte of text.
    mock.messages.length = 0;
    const percent = ((cpuSeconds(chat.pid) - cpu) / 60) * 100;
    tell(`  minute ${minute}: ${percent.toFixed(1)} % of a core, ${residentMiB(chat.pid).toFixed(1)} MiB`);
  }
  const { counters } = await chat.leave();
  tell(`  counters: ${JSON.stringify(counters)}`);
}
