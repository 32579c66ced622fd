/**
 * How soon a chat falls silent, and how well it knows what was heard.
 *
 * @module
 */
import { loadScenario } from '../../src/mock/scenario/load-scenario.ts';
import type { Scenario } from '../../src/mock/scenario/scenario.ts';
import { align } from '../../test/sound/alignment.ts';
import { HearingMock, soundOf } from '../../test/sound/hearing-mock.ts';
import { VirtualAudio } from '../../test/sound/virtual-audio.ts';
import { ChatProcess } from './chat-process.ts';

/** Everything in milliseconds. */
export interface InterruptionFigures {
  /** From when `speech_started` was sent to the last audible sample at the loudspeaker, as a recorder has it. */
  readonly stopMs: readonly number[];
  /** Where the last audible sample lies in what the service was told was heard, less where the recorder has it. */
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
  await using mock = await HearingMock.start(await storyAndAssent());
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
    const deltas = mock.since(from, 'response.audio.delta');
    const said = soundOf(deltas.filter(({ content }) => content['item_id'] === item));
    const { atFrame } = align(said.subarray(0, wireHz / 2), played, wireHz);
    const last = played.findLastIndex((sample) => Math.abs(sample) > audible);
    stopMs.push(speaker.arrivedMs(last) - (started?.atMs ?? Number.NaN));
    // The answer may have paused just then.
    const told = said.slice(0, (Number(truncate?.content['audio_end_ms']) * wireHz) / 1000);
    const lastTold = told.findLastIndex((sample) => Math.abs(sample) > audible);
    truncateErrorMs.push(((lastTold - (last - atFrame)) * 1000) / wireHz);
    // The interruption is answered in two words, which the next question must not interrupt.
    await waitFor(mock, () => mock.since(from, 'response.done').length > 1);
    await mock.clock.sleep(2500);
  }
  await chat.leave();
  return { stopMs, truncateErrorMs };
}

/** A long answer to each question, and two words to each interruption. */
async function storyAndAssent(): Promise<Scenario> {
  const scenario = await loadScenario('long-answer');
  return { ...scenario, answers: scenario.answers.slice(0, 2) };
}

async function waitFor(mock: HearingMock, condition: () => boolean): Promise<void> {
  const deadlineMs = mock.clock.now() + 30_000;
  while (!condition()) {
    if (mock.clock.now() > deadlineMs) throw new Error('nothing happened for half a minute');
    await mock.clock.sleep(10);
  }
}
