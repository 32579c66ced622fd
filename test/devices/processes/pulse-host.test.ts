import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SystemClock } from '../../../src/clock.ts';
import type { AudioHost, CapturedBlock, DeviceKind } from '../../../src/devices/audio-host.ts';
import { openPulseHost } from '../../../src/devices/processes/pulse-host.ts';
import { VoiceloopError } from '../../../src/errors.ts';
import { answering, fakeProgram, fileBeside, isAlive, pactlScript } from './fake-programs.ts';

const clock = new SystemClock();
const open = 'echo "Connected to device x (index: 0, suspended: no)." >&2';

interface Scripts {
  readonly pactl?: string;
  readonly parec?: string;
  readonly pacat?: string;
}

async function opened(scripts: Scripts) {
  const pactl = fakeProgram('pactl', scripts.pactl ?? pactlScript);
  const parec = fakeProgram('parec', answering(scripts.parec ?? 'exit 1'));
  const pacat = fakeProgram('pacat', answering(scripts.pacat ?? 'exit 1'));
  const host = await openPulseHost(clock, { pactl, parec, pacat });
  onTestFinished(() => host.close());
  return { host, pactl, parec, pacat };
}

async function soon(isSo: () => boolean): Promise<void> {
  const endMs = clock.now() + 3000;
  while (!isSo() && clock.now() < endMs) await clock.sleep(5);
  expect(isSo()).toBe(true);
}

function openOutput(host: AudioHost, onLost: (error: VoiceloopError) => void = () => {}) {
  return host.openOutput({ onLost });
}

function openInput(host: AudioHost, blocks: CapturedBlock[] = []) {
  return host.openInput({
    onBlock: (block) => blocks.push({ ...block, samples: block.samples.slice() }),
    onLost: () => {},
  });
}

test('names what it stands on, and lists both kinds', async () => {
  const { host } = await opened({});
  expect([host.driver, host.description]).toEqual(['pulse', 'parec and pacat (fake 1)']);
  expect(
    (await host.devices()).map(({ id, kind, rateHz, isDefault }) => [id, kind, rateHz, isDefault]),
  ).toEqual([
    ['mic', 'input', 16_000, true],
    ['speaker', 'output', 48_000, true],
  ]);
});

test('a program that is not there is a missing driver', async () => {
  const programs = { pactl: '/nowhere/pactl', parec: '/nowhere/parec', pacat: '/nowhere/pacat' };
  await expect(openPulseHost(clock, programs)).rejects.toMatchObject({
    kind: 'device',
    code: 'driver-missing',
    reason: 'the program /nowhere/parec is not there',
  });
});

test('a server that does not answer is a missing driver', async () => {
  const pactl = 'echo "Connection failure: Connection refused" >&2; exit 1';
  await expect(opened({ pactl })).rejects.toMatchObject({
    code: 'driver-missing',
    reason: 'Connection failure: Connection refused',
  });
});

test('a server without a microphone says that there is none', async () => {
  const pactl = pactlScript.replace(/\[\{"name":"mic".*\}\]/, '[]');
  const { host } = await opened({ pactl });
  await expect(openInput(host)).rejects.toMatchObject({ code: 'device-none' });
});

test.each([
  ['Stream error: No such entity', 'device-not-found'],
  ['Stream error: Device or resource busy', 'device-busy'],
  ['Stream error: Access denied', 'device-denied'],
  ['Invalid sample specification', 'device-unsupported'],
  ['something else', 'device-failed'],
])('refused with “%s” is %s', async (words, code) => {
  const script = `echo "${words}" >&2; exit 1`;
  const { host } = await opened({ parec: script, pacat: script });
  await expect(openInput(host)).rejects.toMatchObject({ code, reason: expect.stringContaining(words) });
  await expect(openOutput(host)).rejects.toMatchObject({ code, where: 'Speaker' });
});

test('what is captured comes in whole frames at the microphone’s rate, from before they came', async () => {
  // 10 ms at 16 kHz, cut in the middle of a sample.
  const parec = `
    piece() { head -c $1 /dev/zero; sleep 0.005; }
    while true; do piece 321; piece 319; done`;
  const { host } = await opened({ parec });
  const blocks: CapturedBlock[] = [];
  const stream = await openInput(host, blocks);
  expect([stream.rateHz, stream.channels, stream.device.id]).toEqual([16_000, 1, 'mic']);
  await soon(() => blocks.length > 20);
  await stream.close();
  const closedAt = blocks.length;
  for (const block of blocks) {
    expect(block.timeMs).toBeLessThan(clock.now());
    expect(block.timeMs).toBeGreaterThan(clock.now() - 5000);
    expect(block.samples.every((sample) => sample === 0)).toBe(true);
  }
  await clock.sleep(30);
  expect(blocks.length).toBe(closedAt);
});

test('a microphone that goes away is lost once, with the last words', async () => {
  const { host } = await opened({
    parec: 'head -c 640 /dev/zero; sleep 0.05; echo "Connection failure: Connection terminated" >&2; exit 1',
  });
  const lost: VoiceloopError[] = [];
  await host.openInput({ onBlock: () => {}, onLost: (error) => lost.push(error) });
  await soon(() => lost.length > 0);
  await clock.sleep(20);
  expect(lost).toHaveLength(1);
  expect(lost[0]).toBeInstanceOf(VoiceloopError);
  expect(lost[0]).toMatchObject({
    code: 'device-lost',
    where: 'Mic',
    reason: expect.stringContaining('Connection terminated'),
  });
});

test('a loudspeaker that goes away is lost, and takes nothing more', async () => {
  const { host } = await opened({ pacat: `${open}; sleep 0.05; exit 1` });
  const lost: VoiceloopError[] = [];
  const stream = await openOutput(host, (error) => lost.push(error));
  await soon(() => lost.length > 0);
  expect(stream.writableFrames).toBe(0);
  stream.write(new Float32Array(480));
  expect(lost.map(({ code }) => code)).toEqual(['device-lost']);
});

test('a loudspeaker takes 60 ms, and no more before it plays', async () => {
  const { host } = await opened({ pacat: `${open}; exec cat >/dev/null` });
  const stream = await openOutput(host);
  // What the device holds by itself, 5 ms, comes on top.
  expect(stream.writableFrames).toBe(2880);
  stream.write(new Float32Array(2880));
  expect(stream.queuedFrames).toBe(2640);
  stream.write(new Float32Array(stream.writableFrames));
  expect([stream.queuedFrames, stream.writableFrames]).toEqual([2880, 0]);
  await clock.sleep(50);
  expect(stream.queuedFrames).toBe(2880);
  expect(() => stream.write(new Float32Array(1))).toThrow(RangeError);
  expect(stream.latencyMs).toBe(5);
});

test('its queue falls as the program reports, which is asked to when it starts', async () => {
  const pacat = `${open}; trap "printf 'Time: 0.020 sec; Latency: 15000 usec.\\\\r' >&2" USR1
    head -c 11520 >/dev/null
    exec 3<&0
    { cat <&3 >/dev/null; echo yes >"$here/ended"; } &
    echo "Stream started." >&2
    while true; do sleep 0.01; done`;
  const { host, pacat: program } = await opened({ pacat });
  const stream = await openOutput(host);
  stream.write(new Float32Array(2880));
  await soon(() => stream.queuedFrames <= 1680);
  expect(stream.underruns).toBe(0);
  await clock.sleep(50);
  // On Deno, a signal through the child itself would have closed its stdin.
  expect(fileBeside(program, 'ended')).toBe('');
});

test('flush ends the program, tells what was queued, and goes on with another', async () => {
  const { host, pacat } = await opened({ pacat: `${open}; exec cat >/dev/null` });
  const stream = await openOutput(host);
  expect(stream.flush()).toBe(0);
  stream.write(new Float32Array(1920));
  expect(stream.flush()).toBe(1680);
  expect(stream.queuedFrames).toBe(0);
  stream.write(new Float32Array(960));
  expect(stream.queuedFrames).toBe(720);
  await soon(() => fileBeside(pacat, 'pids').trim().split('\n').length === 2);
  const [first, second] = fileBeside(pacat, 'pids').trim().split('\n').map(Number);
  await soon(() => !isAlive(first ?? 0));
  expect(isAlive(second ?? 0)).toBe(true);
  await host.close();
  await soon(() => !isAlive(second ?? 0));
});

test('a flush goes on when the device is still held by the program that was ended', async () => {
  const pacat = `
    if [ $(wc -l <"$here/pids") -eq 2 ]; then echo "Device or resource busy" >&2; exit 1; fi
    ${open}; exec cat >/dev/null`;
  const { host, pacat: program } = await opened({ pacat });
  const lost: VoiceloopError[] = [];
  const stream = await openOutput(host, (error) => lost.push(error));
  stream.write(new Float32Array(1920));
  stream.flush();
  await soon(() => fileBeside(program, 'pids').trim().split('\n').length === 3);
  await clock.sleep(50);
  expect(lost).toEqual([]);
  expect(stream.writableFrames).toBeGreaterThan(0);
});

test('a stream that is closed has given its device back', async () => {
  const { host, pacat } = await opened({ pacat: `${open}; exec cat >/dev/null` });
  const stream = await openOutput(host);
  await stream.close();
  expect(isAlive(Number(fileBeside(pacat, 'pids')))).toBe(false);
  expect([stream.writableFrames, stream.flush()]).toEqual([0, 0]);
});

test('tells when the default changes, while somebody listens', async () => {
  const script = `
    case "$*" in
      subscribe) echo $$ >"$here/pid"; while [ ! -f "$here/sink" ]; do sleep 0.02; done
        echo "Event 'change' on server #4294967295"; exec sleep 20 ;;
      *info) sink=$(cat "$here/sink" 2>/dev/null || echo a); echo once >>"$here/asked"
        echo "{\\"server_name\\":\\"f\\",\\"server_version\\":\\"1\\",\\"default_sink_name\\":\\"$sink\\"}" ;;
    esac`;
  const { host, pactl } = await opened({ pactl: script });
  const changes: DeviceKind[] = [];
  const stop = host.onDefaultChanged((kind) => changes.push(kind));
  await soon(() => fileBeside(pactl, 'asked') === 'once\nonce\n' && fileBeside(pactl, 'pid') !== '');
  writeFileSync(join(pactl, '..', 'sink'), 'b');
  await soon(() => changes.length > 0);
  stop();
  expect(changes).toEqual(['output']);
  await soon(() => !isAlive(Number(fileBeside(pactl, 'pid'))));
});
