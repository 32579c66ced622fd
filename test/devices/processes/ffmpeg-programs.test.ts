import { expect, test } from 'vitest';
import { ffmpegInputPlan, ffmpegOutputPlan } from '../../../src/devices/processes/ffmpeg-programs.ts';

const device = {
  id: 'mic',
  name: 'Mic',
  kind: 'input',
  channels: 2,
  rateHz: 48_000,
  isDefault: true,
} as const;
const format = { rateHz: 48_000, channels: 1 };
const argsOf = (...[system, on]: [Parameters<typeof ffmpegInputPlan>[1], string]) =>
  ffmpegInputPlan('ffmpeg', system, { ...device, id: on }, format).args.join(' ');

test('it records from each system in that system’s way', () => {
  expect(argsOf('pulse', 'mic')).toContain(
    '-f pulse -sample_rate 48000 -channels 1 -fragment_size 960 -i mic',
  );
  expect(argsOf('alsa', 'hw:0')).toContain('-f alsa -sample_rate 48000 -channels 1 -i hw:0');
  expect(argsOf('avfoundation', 'USB')).toContain('-f avfoundation -i :USB');
  expect(argsOf('dshow', 'Mic (USB)')).toContain('-f dshow -audio_buffer_size 10 -i audio=Mic (USB)');
  expect(argsOf('dshow', 'x')).toMatch(/-ac 1 -ar 48000 -f f32le -flush_packets 1 pipe:1$/);
});

test('it plays what comes behind the header of a WAV file without end', () => {
  const plan = ffmpegOutputPlan('ffmpeg', 'audiotoolbox', device, { rateHz: 44_100, channels: 2 }, 3);
  expect(plan.args.slice(-5)).toEqual(['-f', 'audiotoolbox', '-audio_device_index', '3', '-']);
  const header = new DataView((plan.header ?? new Uint8Array()).slice().buffer);
  expect(header.byteLength).toBe(44);
  const [float, channels] = [header.getUint16(20, true), header.getUint16(22, true)];
  expect([float, channels, header.getUint32(24, true), header.getUint32(28, true)]).toEqual([
    3, 2, 44_100, 352_800,
  ]);
});

test('its progress tells what was played, less what the device holds', () => {
  const read = ffmpegOutputPlan('ffmpeg', 'pulse', device, format).reader();
  const report = (us: number) => ['total_size=N/A', `out_time_us=${us}`, 'speed=1x', 'progress=continue'];
  expect(report(42_666).map(read)).toEqual([
    { kind: 'nothing' },
    { kind: 'ready' },
    { kind: 'nothing' },
    { kind: 'started' },
  ]);
  expect(report(64_000).map(read)[1]).toEqual({ kind: 'played', frames: 2112 });
  expect(read('voiceloop: Input/output error')).toBeUndefined();
});
