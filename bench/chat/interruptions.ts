/**
 * How soon a chat falls silent, and how well it knows what was heard.
 *
 * @module
 */
import { align } from '../../test/sound/alignment.ts';
import { HearingMock } from '../../test/sound/hearing-mock.ts';
import { VirtualAudio } from '../../test/sound/virtual-audio.ts';
import { ChatProcess } from './chat-process.ts';

/** Everything in milliseconds. */
export interface InterruptionFigures {
  /** From when `speech_started` was sent to the last audible sample at the loudspeaker, as a recorder has it. */
  readonly stopMs: readonly number[];
  /** What the service was told was heard, less what the recorder has of it. */
  readonly truncateErrorMs: readonly number[];
}

const wireHz = 24_000;
/** −50 dBFS. */
const audible = 0.003;

/** Interrupts so many answers by voice, at moments of all kinds. */
export async function measureInterruptions(driver: string, count: number): Promise<InterruptionFigures> {
  const stopMs: number[] = [];
  const truncateErrorMs: number[] = [];
  await using audio = await VirtualAudio.start();
  await using mock = await HearingMock.start('long-answer');
  await using chat = await ChatProcess.start(audio, mock, ['--driver', driver, '--echo', 'off']);
  for (let n = 1; n <= count; n++) {
    const from = mock.messages.length;
    const speaker = audio.record('speaker.monitor', wireHz, mock.clock);
    await audio.playIntoMicrophone('fixtures/stop-16k-stereo.wav');
    await waitFor(mock, () => mock.since(from, 'response.audio.delta').length > 0);
    await mock.clock.sleep(900 + ((n * 377) % 1700));
    await audio.playIntoMicrophone('fixtures/stop-16k-stereo.wav');
    await waitFor(mock, () => mock.since(from, 'conversation.item.truncate').length > 0);
    await mock.clock.sleep(400);
    const played = await speaker.stop();
    const [truncate] = mock.since(from, 'conversation.item.truncate');
    const started = mock.since(from, 'input_audio_buffer.speech_started').at(-1);
    const item = truncate?.content['item_id'];
    const said = mock
      .since(from, 'response.audio.delta')
      .filter(({ content }) => content['item_id'] === item)
      .flatMap(({ samples }) => [...(samples ?? [])]);
    const { atFrame } = align(Float32Array.from(said.slice(0, wireHz / 2)), played, wireHz);
    const last = played.findLastIndex((sample) => Math.abs(sample) > audible);
    stopMs.push(speaker.arrivedMs(last) - (started?.atMs ?? Number.NaN));
    truncateErrorMs.push(Number(truncate?.content['audio_end_ms']) - ((last + 1 - atFrame) * 1000) / wireHz);
    // The answer to the interruption is interrupted by the next question.
    await mock.clock.sleep(300);
    await silence(mock, audio);
  }
  await chat.leave();
  return { stopMs, truncateErrorMs };
}

/** Interrupts whatever is being answered, and waits until nothing is. */
async function silence(mock: HearingMock, audio: VirtualAudio): Promise<void> {
  await mock.clock.sleep(1500);
  await audio.playIntoMicrophone('fixtures/noise-only.wav');
}

async function waitFor(mock: HearingMock, condition: () => boolean): Promise<void> {
  const deadlineMs = mock.clock.now() + 30_000;
  while (!condition()) {
    if (mock.clock.now() > deadlineMs) throw new Error('nothing happened for half a minute');
    await mock.clock.sleep(10);
  }
}
