import { Buffer } from 'node:buffer';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TemporaryFolder } from '../audio/build-wav.ts';
import { readWavFile } from '../fixtures/wav-file.ts';
import { fixture, voiceloop } from './voiceloop.ts';

const folder = new TemporaryFolder();
const inFolder = { cwd: folder.path };
const whole = readFileSync(fixture('opening-hours.wav'));

/** The same file with sizes in its header that promise far more than there is. */
function boasting(wav: Buffer): Buffer {
  const boast = Buffer.from(wav);
  boast.writeUInt32LE(0xffff_ffff, 4);
  boast.writeUInt32LE(0x7fff_fff0, boast.indexOf('data') + 4);
  return boast;
}

beforeAll(() => {
  symlinkSync(fixture('.'), join(folder.path, 'fixtures'));
  folder.file('cut.wav', whole.subarray(0, whole.length - 30_001));
  folder.file('cut.json', readFileSync(fixture('opening-hours.json')));
  folder.file('boasting.wav', boasting(whole));
  folder.file('boasting.json', '[{"word": "Hello", "startMs": 300}]');
  folder.file('hopeless.wav', readFileSync(fixture('noise-only.wav')));
  const sidecar = JSON.parse(readFileSync(fixture('noise-only.json'), 'utf8'));
  const segments = [{ startFrame: 4_000, endFrame: 16_000 }];
  folder.file('hopeless.json', JSON.stringify({ ...sidecar, segments }));
});
afterAll(() => folder[Symbol.dispose]());

describe.concurrent('voiceloop replay', () => {
  test.each([
    ['is cut off in its data', 'cut.wav', '2.95 s'],
    ['promises more than it holds', 'boasting.wav', '3.26 s'],
  ])('says what there is of a WAV file that %s, with a warning', async (_, file, seconds) => {
    const run = await voiceloop(['replay', file, '--clock', 'virtual'], inFolder);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toMatch(new RegExp(`^warning: ${file}: .* promises .* ${seconds} are there`));
    expect(run.stderr).not.toContain('error');
    expect(run.stdout).toMatch(new RegExp(`^1 ${file}\n {2}agent The library opens at ten`));
    expect(run.stdout).toContain('voice to voice');
    expect(run.stdout + run.stderr).not.toContain('\u001b');
  });

  test('denoises, sets the gain and changes rates as it is told, and shows the path', async () => {
    const flags = [
      '--denoise',
      '--gain',
      '-6',
      '--resampler',
      'libsamplerate',
      '--clock',
      'virtual',
      '--json',
    ];
    const run = await voiceloop(['replay', 'fixtures/renew-book-44k1-stereo.wav', ...flags], inFolder);
    expect(run.exitCode).toBe(0);
    const { paths, turns } = JSON.parse(run.stdout);
    expect(paths.uplink).toEqual([
      'wav 44100 Hz → libsamplerate medium 44100→48000 (+1.1 ms) → denoiser (+10.0 ms) → libsamplerate medium 48000→24000 (+1.9 ms) → pre-gain −6 dB (+3.0 ms) → 20 ms frames → socket',
    ]);
    expect(turns[0]).toMatchObject({ outcome: 'answered', userTranscript: 'I would like to renew my book.' });
  });

  test('says that the service heard no speech where nobody speaks', async () => {
    const run = await voiceloop(
      ['replay', 'fixtures/noise-only.wav', '--clock', 'virtual', '--quiet'],
      inFolder,
    );
    expect(run).toEqual({
      exitCode: 0,
      stdout: '1 noise-only.wav\n  agent (the service heard no speech)\n',
      stderr: '',
    });
  });

  test('fails where somebody speaks and the service does not answer, and still prints one document', async () => {
    const run = await voiceloop(['replay', 'hopeless.wav', '--clock', 'virtual', '--json'], inFolder);
    expect(run.exitCode).toBe(5);
    expect(JSON.parse(run.stdout)).toMatchObject({
      schema: 'voiceloop.run/1',
      turns: [{ outcome: 'unheard' }],
    });
    expect(run.stderr).toContain('error: the service did not answer hopeless.wav\n');
  });

  test('prints the same document, the same events and the same recording for the same seed', async () => {
    const outputs = (name: string) => ['--out', `${name}.wav`, '--events', `${name}.jsonl`];
    const args = ['replay', 'fixtures/stop-16k-stereo.wav', '--clock', 'virtual', '--seed', '7', '--json'];
    const [first, second] = await Promise.all(
      ['first', 'second'].map((name) => voiceloop([...args, ...outputs(name)], inFolder)),
    );
    expect(first).toMatchObject({ exitCode: 0 });
    expect(second?.stdout).toBe(first?.stdout);
    checkDocument(first?.stdout ?? '');

    const bytes = (name: string) => readFileSync(join(folder.path, name));
    expect(bytes('second.jsonl').equals(bytes('first.jsonl'))).toBe(true);
    checkEvents(bytes('first.jsonl').toString());
    expect(bytes('second.wav').equals(bytes('first.wav'))).toBe(true);
    checkRecording(join(folder.path, 'first.wav'));
  });
});

function checkDocument(text: string): void {
  const document = JSON.parse(text);
  expect(Object.keys(document)[0]).toBe('schema');
  expect(document).toMatchObject({
    schema: 'voiceloop.run/1',
    runtime: { name: expect.stringMatching(/^(node|deno|bun)$/), version: expect.any(String) },
    clock: 'virtual',
    seed: 7,
    endpoint: 'embedded mock (library)',
    model: 'gpt-4o',
    session: { turn_detection: { type: expect.any(String) } },
  });
  expect(document.turns).toHaveLength(1);
  expect(document.turns[0]).toMatchObject({
    file: 'stop-16k-stereo.wav',
    outcome: 'answered',
    userTranscript: 'Stop, please, that is enough.',
    agentTranscript: 'The library opens at ten on Sunday. It closes at four.',
    latency: { voiceToVoiceMs: expect.any(Number), clientAddedMs: expect.any(Number) },
  });
  expect(document.turns[0].playedAudioMs).toBeCloseTo(document.turns[0].receivedAudioMs, 3);
  const counted = ['framesSent', 'eventsReceived', 'underruns', 'underrunMs', 'discardedMs', 'reconnects'];
  for (const name of [...counted, 'sendLagMaxMs']) expect(document.counters[name]).toBeTypeOf('number');
  expect(document.counters.framesSent).toBeGreaterThan(100);
}

function checkEvents(text: string): void {
  expect(text.endsWith('\n')).toBe(true);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  let lastMs = 0;
  for (const { atMs, direction, event } of lines) {
    expect(atMs).toBeGreaterThanOrEqual(lastMs);
    lastMs = atMs;
    expect(direction).toMatch(/^(sent|received)$/);
    expect(event.type).toBeTypeOf('string');
  }
  const types = new Set(lines.map(({ direction, event }) => `${direction} ${event.type}`));
  expect(types).toContain('sent session.update');
  expect(types).toContain('sent input_audio_buffer.append');
  expect(types).toContain('received input_audio_buffer.speech_stopped');
  expect(types).toContain('received response.audio.delta');
  expect(types).toContain('received response.done');
}

/** The user on the left, and after that the agent on the right. */
function checkRecording(path: string): void {
  const { rateHz, channels, format, samples } = readWavFile(path);
  expect({ rateHz, channels, format }).toEqual({ rateHz: 24_000, channels: 2, format: '16-bit PCM' });
  const [user, agent] = samples.map((side) => ({
    first: side.findIndex((sample) => Math.abs(sample) > 0.05),
    last: side.findLastIndex((sample) => Math.abs(sample) > 0.05),
  }));
  expect(user?.first).toBeGreaterThan(0);
  expect(agent?.first).toBeGreaterThan(user?.last ?? 0);
  expect(agent?.last).toBeGreaterThan(agent?.first ?? 0);
}
