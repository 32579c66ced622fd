import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TemporaryFolder } from '../audio/build-wav.ts';
import { readWavFile } from '../fixtures/wav-file.ts';
import { fixture, Running } from './voiceloop.ts';

const spoken = fixture('stop-16k-stereo.wav');

/** Settles when the file holds so many lines, or the process has ended without them. */
async function untilLines(path: string, count: number, running: Running): Promise<void> {
  let isOver = false;
  running.finished.finally(() => {
    isOver = true;
  });
  while (!isOver && (!existsSync(path) || readFileSync(path, 'utf8').split('\n').length <= count)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a replay that is interrupted ends with 130 and keeps what was recorded until then', async () => {
  using folder = new TemporaryFolder();
  const [out, events] = [join(folder.path, 'both.wav'), join(folder.path, 'events.jsonl')];
  await using running = new Running(['replay', spoken, '--out', out, '--events', events, '--json']);
  // A second of speech.
  await untilLines(events, 55, running);
  running.interrupt();
  const run = await running.finished;
  expect(run.exitCode).toBe(130);
  expect(JSON.parse(run.stdout)).toMatchObject({ schema: 'voiceloop.error/1', code: 'interrupted' });
  expect(run.stderr).not.toContain('error');

  const lines = readFileSync(events, 'utf8').trimEnd().split('\n');
  const sent = lines
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event.type === 'input_audio_buffer.append');
  expect(sent.length).toBeGreaterThan(45);
  expect(lines.join()).not.toContain('response.done');
  const { channels, rateHz, frames, samples } = readWavFile(out);
  expect({ channels, rateHz }).toEqual({ channels: 2, rateHz: 24_000 });
  expect(frames).toBeGreaterThan(0.8 * 24_000);
  expect(samples[0]?.some((sample) => Math.abs(sample) > 0.05)).toBe(true);
});

test('a replay that is interrupted while a service does not answer does not wait for it any longer', async () => {
  const connected = Promise.withResolvers<void>();
  const mute = createServer((socket) => {
    socket.on('error', () => {});
    connected.resolve();
  });
  await once(mute.listen(0, '127.0.0.1'), 'listening');
  const { port } = mute.address() as AddressInfo;
  // Less than the 10 s after which it would give up by itself.
  const words = ['replay', spoken, '--endpoint', `http://127.0.0.1:${port}`];
  await using running = new Running(words, { longestMs: 8_000 });
  await connected.promise;
  running.interrupt();
  const run = await running.finished;
  mute.close();
  expect(run).toMatchObject({ exitCode: 130, stdout: '' });
  expect(run.stderr).not.toContain('error');
});

test('a replay whose result nobody reads any more ends at once, without a word about it', async () => {
  // To its end it would take many minutes, also on the virtual clock.
  const words = ['replay', spoken, '--clock', 'virtual', '--repeat', '10000'];
  await using running = new Running(words);
  await running.said(/talking to the embedded mock/);
  running.closeStdout();
  const run = await running.finished;
  expect(run.exitCode).toBe(0);
  expect(run.stderr.trimEnd().split('\n')).toHaveLength(1);
});
