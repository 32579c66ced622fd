/**
 * What a chat adds on the way up and down, over some turns.
 *
 * @module
 */
import { loadScenario } from '../../src/mock/scenario/load-scenario.ts';
import { readWavFile } from '../../test/fixtures/wav-file.ts';
import { align } from '../../test/sound/alignment.ts';
import { HearingMock, soundOf } from '../../test/sound/hearing-mock.ts';
import { type Recorder, VirtualAudio } from '../../test/sound/virtual-audio.ts';
import { ChatProcess } from './chat-process.ts';
import { cpuSeconds } from './process-cost.ts';

/** Everything in milliseconds. */
export interface TurnFigures {
  /** From when a plain recorder has a sample to when the service has it. */
  readonly microphoneToSocketMs: readonly number[];
  /** From when the recorder has the last sample of a frame to when the service has the frame. */
  readonly frameToSocketMs: readonly number[];
  /** From the first audio of an answer on the wire to its first sample at the loudspeaker, as a recorder has it. */
  readonly socketToSpeakerMs: readonly number[];
  readonly cpuPercent: number;
}

const wireHz = 24_000;
const file = 'fixtures/opening-hours.wav';

/** Holds so many turns. */
export async function measureTurns(driver: string, turns: number): Promise<TurnFigures> {
  await using audio = await VirtualAudio.start();
  const scenario = { ...(await loadScenario('library')), profile: 'fast' as const };
  const [spoken = new Float32Array()] = readWavFile(file).samples;
  const figures = {
    microphoneToSocketMs: [] as number[],
    frameToSocketMs: [] as number[],
    socketToSpeakerMs: [] as number[],
  };
  await using mock = await HearingMock.start(scenario);
  await using chat = await ChatProcess.start(audio, mock, ['--driver', driver, '--echo', 'off']);
  const cpu = { seconds: cpuSeconds(chat.pid), atMs: mock.clock.now() };
  for (let turn = 1; turn <= turns; turn++) {
    const microphone = audio.record('mic', wireHz, mock.clock);
    const speaker = audio.record('speaker.monitor', wireHz, mock.clock);
    // Their first blocks are late.
    await mock.clock.sleep(500);
    const from = mock.messages.length;
    await audio.playIntoMicrophone(file);
    await mock.until('response.done', turn);
    await mock.clock.sleep(5000);
    const said = mock.since(from, 'response.audio.delta');
    lookUp(
      figures,
      spoken,
      mock.since(from, 'input_audio_buffer.append'),
      microphone,
      await microphone.stop(),
    );
    const played = await speaker.stop();
    const { atFrame } = align(soundOf(said), played, wireHz);
    figures.socketToSpeakerMs.push(speaker.arrivedMs(atFrame) - (said[0]?.atMs ?? Number.NaN));
  }
  const seconds = cpuSeconds(chat.pid) - cpu.seconds;
  const cpuPercent = (100_000 * seconds) / (mock.clock.now() - cpu.atMs);
  await chat.leave();
  return { ...figures, cpuPercent };
}

type Heard = ReturnType<HearingMock['since']>;

/** Compares sample by sample, every 7 ms, when the recorder and when the service had it. */
function lookUp(
  figures: { microphoneToSocketMs: number[]; frameToSocketMs: number[] },
  spoken: Float32Array,
  frames: Heard,
  recorder: Recorder,
  recorded: Float32Array,
): void {
  const heard = soundOf(frames);
  const frameLength = frames[0]?.samples?.length ?? 480;
  const atService = align(spoken, heard, wireHz).atFrame;
  const atRecorder = align(spoken, recorded, wireHz).atFrame;
  for (let n = 0; n < spoken.length; n += 168) {
    const frame = frames[Math.floor((atService + n) / frameLength)];
    if (frame) figures.microphoneToSocketMs.push(frame.atMs - recorder.arrivedMs(atRecorder + n));
  }
  for (const [index, { atMs }] of frames.entries()) {
    const last = (index + 1) * frameLength - 1 - atService;
    if (last < 0 || last > spoken.length) continue;
    figures.frameToSocketMs.push(atMs - recorder.arrivedMs(atRecorder + last));
  }
}
