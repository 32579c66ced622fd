import { describe, expect, test } from 'vitest';
import { Harness, joined, silence, speech } from '../harness.ts';

async function transcription(include: readonly string[] | undefined) {
  const mock = new Harness({ profile: 'fast' }, { transcript: () => 'When do you open?' });
  await mock.run(async () => {
    mock.send({ type: 'session.update', session: { include } });
    await mock.speak(joined(silence(500), speech(1000)));
    await mock.until('response.created');
  });
  return mock.only('conversation.item.input_audio_transcription.completed');
}

describe('a transcription', () => {
  test('has neither probabilities nor phrases unless they are asked for', async () => {
    expect(await transcription(undefined)).not.toHaveProperty('phrases');
    expect(await transcription(undefined)).not.toHaveProperty('logprobs');
  });

  test('has its words with times, in order and inside the speech', async () => {
    const { transcript, phrases } = await transcription(['item.input_audio_transcription.phrases']);
    expect(phrases).toHaveLength(1);
    const [{ text, words, offset_milliseconds, duration_milliseconds }] = phrases;
    expect(text).toBe(transcript);
    expect(words.map((word: { text: string }) => word.text)).toEqual(['When', 'do', 'you', 'open?']);
    let endMs = offset_milliseconds;
    for (const word of words) {
      expect(word.offset_milliseconds).toBe(endMs);
      endMs += word.duration_milliseconds;
    }
    expect(endMs).toBe(offset_milliseconds + duration_milliseconds);
    // The padding of 400 ms goes before the speech.
    expect(offset_milliseconds).toBeGreaterThanOrEqual(380);
    expect(duration_milliseconds).toBeGreaterThan(900);
    expect(duration_milliseconds).toBeLessThan(1100);
  });

  test('has every token with its probability and its bytes', async () => {
    const { logprobs } = await transcription(['item.input_audio_transcription.logprobs']);
    expect(logprobs.map(({ token }: { token: string }) => token).join('')).toBe('When do you open?');
    for (const { token, logprob, bytes } of logprobs) {
      expect(logprob).toBeLessThan(0);
      expect(Buffer.from(bytes).toString()).toBe(token);
    }
  });
});
