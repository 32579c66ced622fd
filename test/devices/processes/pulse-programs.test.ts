import { expect, test } from 'vitest';
import { pacatPlan, parecPlan } from '../../../src/devices/processes/pulse-programs.ts';

const device = {
  id: 'speaker',
  name: 'Speaker',
  kind: 'output',
  channels: 2,
  rateHz: 48_000,
  isDefault: true,
} as const;
const format = { rateHz: 48_000, channels: 1 };

test('pacat is called for floats at a short latency on the device', () => {
  const { command, args } = pacatPlan('/bin/pacat', device, format);
  expect(command).toBe('/bin/pacat');
  expect(args).toEqual([
    '--playback',
    '-v',
    '--raw',
    '--format=float32le',
    '--rate=48000',
    '--channels=1',
    '--latency-msec=20',
    '--device=speaker',
    '--client-name=voiceloop',
    '--stream-name=voiceloop output',
  ]);
});

test('what pacat says is understood, from a recording of it', () => {
  const read = pacatPlan('pacat', device, format).reader();
  const lines = [
    "Opening a playback stream with sample specification 'float32le 1ch 48000Hz' and channel map 'mono'.",
    'Connection established.',
    'Stream successfully created.',
    'Buffer metrics: maxlength=4194304, tlength=2880, prebuf=1924, minreq=960',
    "Using sample spec 'float32le 1ch 48000Hz', channel map 'mono'.",
    'Connected to device speaker (index: 0, suspended: no).',
    'Stream started.',
    'Time: 0.250 sec; Latency: 16293 usec.',
    'Stream underrun.',
    'Time: 0.260 sec; Latency: 406 usec.',
  ];
  const nothing = { kind: 'nothing' };
  expect(lines.map(read)).toEqual([
    nothing,
    nothing,
    nothing,
    nothing,
    nothing,
    { kind: 'ready' },
    { kind: 'started' },
    { kind: 'played', frames: 12_000, takenFrames: 12_782, deviceMs: expect.closeTo(1.293, 6) },
    { kind: 'starved' },
    { kind: 'played', frames: 12_480, takenFrames: 12_499, deviceMs: 0 },
  ]);
});

test.each([
  'Stream error: No such entity',
  'Connection failure: Connection refused',
  'Connection failure: Connection terminated',
])('%s is not small talk', (line) => {
  expect(pacatPlan('pacat', device, format).reader()(line)).toBeUndefined();
  expect(parecPlan('parec', device, format).reader()(line)).toBeUndefined();
});

test('parec tells how old its sound is, never less than nothing', () => {
  const read = parecPlan('parec', device, format).reader();
  expect(read('Time: 0.040 sec; Latency: 4600 usec.')).toEqual({ kind: 'latency', latencyMs: 4.6 });
  expect(read('Time: 0.090 sec; Latency: -20 usec.')).toEqual({ kind: 'latency', latencyMs: 0 });
});
