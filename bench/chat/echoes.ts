/**
 * How often an agent interrupts itself whose loudspeaker the microphone hears.
 *
 * @module
 */
import { HearingMock } from '../../test/sound/hearing-mock.ts';
import { VirtualAudio } from '../../test/sound/virtual-audio.ts';
import { ChatProcess } from './chat-process.ts';

/** Has so many questions answered, with an echo of −20 dB after 40 ms. */
export async function measureEchoes(
  driver: string,
  echo: 'off' | 'reference',
  answers: number,
): Promise<{ answers: number; interrupted: number }> {
  await using audio = await VirtualAudio.start();
  await audio.loopback({ gainDb: -20, delayMs: 40 });
  await using mock = await HearingMock.start('library');
  await using chat = await ChatProcess.start(audio, mock, ['--driver', driver, '--echo', echo]);
  let interrupted = 0;
  for (let n = 0; n < answers; n++) {
    const from = mock.messages.length;
    await audio.playIntoMicrophone('fixtures/stop-16k-stereo.wav');
    // The answers of the library last four seconds at most.
    await mock.clock.sleep(8000);
    interrupted += Math.min(1, mock.since(from, 'conversation.item.truncate').length);
  }
  await chat.leave();
  return { answers, interrupted };
}
