/**
 * What a chat does on a pair of devices, through one driver: the tests of each.
 *
 * @module
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resampleWhole } from '../../src/audio/resample-whole.ts';
import { loadScenario } from '../../src/mock/scenario/load-scenario.ts';
import { TemporaryFolder } from '../audio/build-wav.ts';
import { fixture, Running } from '../e2e/voiceloop.ts';
import { readWavFile } from '../fixtures/wav-file.ts';
import { align } from './alignment.ts';
import { HearingMock } from './hearing-mock.ts';
import { VirtualAudio } from './virtual-audio.ts';

const wireHz = 24_000;
/** −50 dBFS. */
const audible = 0.003;

/** A chat that the mock hears. */
export async function talk(
  audio: VirtualAudio,
  mock: HearingMock,
  args: readonly string[],
): Promise<Running> {
  const chat = new Running(['chat', '--endpoint', mock.url, ...args], { env: audio.env, longestMs: 55_000 });
  await chat.said(/connected/);
  await mock.until('input_audio_buffer.append', 25);
  return chat;
}

/** Leaves as a user does, with Ctrl+C. */
export async function leave(chat: Running): Promise<void> {
  chat.interrupt();
  expect((await chat.finished).exitCode).toBe(130);
}

export interface Devices {
  readonly driver: string;
  readonly microphoneHz: number;
  readonly speakerHz: number;
}

/** Sound whole and at its pitch in both directions, and silence when the user speaks. */
export function describeBothWays({ driver, microphoneHz, speakerHz }: Devices): void {
  describe(`a microphone of ${microphoneHz} Hz and a loudspeaker of ${speakerHz} Hz, through ${driver}`, () => {
    const args = ['--driver', driver, '--echo', 'off'];
    let audio: VirtualAudio;
    beforeAll(async () => {
      audio = await VirtualAudio.start({ rateHz: speakerHz, microphoneHz });
    }, 60_000);
    afterAll(() => audio[Symbol.asyncDispose]());

    test('carry what is said, and the answer, whole and at the right pitch', async () => {
      using folder = new TemporaryFolder();
      const file = readWavFile(fixture('reserve-room-16k.wav'));
      const spoken = resampleWhole(file.samples[0] ?? new Float32Array(), file.rateHz, wireHz);
      const scenario = await loadScenario('library');
      await using mock = await HearingMock.start({ ...scenario, profile: 'fast' });
      await using chat = await talk(audio, mock, [...args, '--record', join(folder.path, 'talk')]);
      const speaker = audio.record('speaker.monitor', speakerHz, mock.clock);
      await audio.playIntoMicrophone(fixture('reserve-room-16k.wav'));
      await mock.until('response.done');
      const { said } = mock;
      await mock.clock.sleep((said.length * 1000) / wireHz + 500);
      const played = resampleWhole(await speaker.stop(), speakerHz, wireHz);
      await leave(chat);

      const recorded = readWavFile(join(folder.path, 'talk', 'both.wav')).samples;
      const [left = new Float32Array(), right = new Float32Array()] = recorded;
      for (const [what, sought, found] of [
        ['what the service heard', spoken, mock.heard],
        ['what the loudspeaker played', said, played],
        ['the left of the recording', spoken, left],
        ['the right of the recording', said, right],
      ] as const) {
        const { correlation, worst } = align(sought, found, wireHz);
        expect(correlation, what).toBeGreaterThan(0.98);
        expect(worst, what).toBeGreaterThan(0.9);
      }
    });

    test('fall silent at once when the user speaks, and the service is told how much was heard', async () => {
      await using mock = await HearingMock.start('long-answer');
      await using chat = await talk(audio, mock, args);
      const speaker = audio.record('speaker.monitor', speakerHz, mock.clock);
      await audio.playIntoMicrophone(fixture('stop-16k-stereo.wav'));
      await mock.until('response.audio.delta');
      await mock.clock.sleep(1500);
      await audio.playIntoMicrophone(fixture('stop-16k-stereo.wav'));
      const truncate = await mock.until('conversation.item.truncate');
      const [, started] = mock.of('input_audio_buffer.speech_started');
      const { said } = mock;
      await mock.clock.sleep(400);
      const played = await speaker.stop();
      await leave(chat);

      const answer = resampleWhole(said.subarray(0, wireHz), wireHz, speakerHz);
      const { atFrame } = align(answer, played, speakerHz);
      const last = played.findLastIndex((sample) => Math.abs(sample) > audible);
      const heardMs = ((last - atFrame) * 1000) / speakerHz;
      expect(Math.abs(Number(truncate.content['audio_end_ms']) - heardMs)).toBeLessThan(40);
      // On a busy machine a process may be late; what it takes on an idle one is measured by the benchmark.
      expect(speaker.arrivedMs(last) - (started?.atMs ?? 0)).toBeLessThan(150);
    });
  });
}
