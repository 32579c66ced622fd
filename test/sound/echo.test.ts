import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadScenario } from '../../src/mock/scenario/load-scenario.ts';
import { fixture } from '../e2e/voiceloop.ts';
import { leave, talk } from './both-ways.ts';
import { HearingMock } from './hearing-mock.ts';
import { VirtualAudio } from './virtual-audio.ts';

describe('a loudspeaker that the microphone hears, 40 ms later and 20 dB lower', () => {
  let audio: VirtualAudio;
  beforeAll(async () => {
    audio = await VirtualAudio.start();
    await audio.loopback({ gainDb: -20, delayMs: 40 });
  }, 60_000);
  afterAll(() => audio[Symbol.asyncDispose]());

  const interruptions = async (echo: string) => {
    const scenario = await loadScenario('long-answer');
    await using mock = await HearingMock.start({ ...scenario, profile: 'fast' });
    await using chat = await talk(audio, mock, ['--driver', 'pulse', '--echo', echo]);
    await audio.playIntoMicrophone(fixture('stop-16k-stereo.wav'));
    await mock.until('response.audio.delta');
    await mock.clock.sleep(4000);
    await leave(chat);
    return mock.of('conversation.item.truncate').length;
  };

  test('interrupts the agent where nothing is done about it', async () => {
    expect(await interruptions('off')).toBeGreaterThan(0);
  });

  test('interrupts nothing where what is played is sent along', async () => {
    expect(await interruptions('reference')).toBe(0);
  });
});
