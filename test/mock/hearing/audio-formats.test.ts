import { describe, expect, test } from 'vitest';
import { base64, Harness, joined, scenario, silence, speech } from '../harness.ts';

const said = joined(silence(500), speech(1000));

describe('audio formats', () => {
  test.each([
    ['pcm16', 24_000],
    ['pcm16', 16_000],
    ['pcm16', 8_000],
  ] as const)('hears %s at %i Hz on the same audio clock', async (format, rateHz) => {
    const mock = new Harness({ profile: 'fast' });
    await mock.run(async () => {
      const session = { input_audio_format: format, input_audio_sampling_rate: rateHz };
      mock.send({ type: 'session.update', session });
      await mock.speak(joined(silence(500, rateHz), speech(1000, rateHz), silence(800, rateHz)), rateHz);
    });
    expect(mock.only('input_audio_buffer.speech_started').audio_start_ms).toBe(100);
    expect(Math.abs(mock.only('input_audio_buffer.speech_stopped').audio_end_ms - 2000)).toBeLessThanOrEqual(
      10,
    );
  });

  test('hears G.711, which has 8000 samples a second', async () => {
    const mock = new Harness({ profile: 'fast' });
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { input_audio_format: 'g711_ulaw' } });
      mock.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(8000, 0xff).toString('base64') });
      await mock.clock.sleep(300);
    });
    expect(mock.only('session.updated').session.input_audio_sampling_rate).toBe(8000);
    expect(mock.traces.at(-1)).toMatchObject({ kind: 'audio', audioEndMs: 1000 });
  });

  test('hears the first of two channels', async () => {
    const mock = new Harness({ profile: 'fast' });
    const stereo = new Float32Array(2 * 24_000);
    speech(1000).forEach((sample, i) => {
      stereo[2 * i + 1] = sample;
    });
    await mock.run(async () => {
      const echo = { type: 'server_echo_cancellation', reference_source: 'client', channels: 2 };
      mock.send({ type: 'session.update', session: { input_audio_echo_cancellation: echo } });
      mock.send({ type: 'input_audio_buffer.append', audio: base64(stereo) });
    });
    expect(mock.traces.at(-1)).toMatchObject({ audioEndMs: 1000 });
    expect(mock.types).not.toContain('input_audio_buffer.speech_started');
  });

  test.each([
    ['pcm16', 96_000],
    ['pcm16_16000hz', 64_000],
    ['pcm16_8000hz', 32_000],
    ['g711_ulaw', 16_000],
    ['g711_alaw', 16_000],
  ])('speaks %s', async (format, bytes) => {
    const mock = new Harness({ profile: 'fast' });
    await mock.run(async () => {
      mock.send({ type: 'session.update', session: { output_audio_format: format } });
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
    });
    const sent = mock.of('response.audio.delta').map(({ delta }) => Buffer.from(delta, 'base64').length);
    expect(sent.reduce((sum, length) => sum + length, 0)).toBe(bytes);
    expect(mock.only('response.done').response.output_audio_format).toBe(format);
  });
});

test('a whole turn in one append is heard at once, on the audio clock', async () => {
  const mock = new Harness();
  await mock.run(async () => {
    const burst = joined(said, silence(700), speech(800), silence(900));
    mock.send({ type: 'input_audio_buffer.append', audio: base64(burst) });
  });
  expect(mock.of('input_audio_buffer.speech_started').map((event) => event.audio_start_ms)).toEqual([
    100, 1800,
  ]);
  expect(mock.of('input_audio_buffer.speech_stopped')).toHaveLength(2);
});

test('a scenario without answers is a mistake of the program', () => {
  expect(() => new Harness({ ...scenario(), answers: [] })).toThrow(RangeError);
});
