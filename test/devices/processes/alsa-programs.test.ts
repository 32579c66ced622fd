import { expect, test } from 'vitest';
import { aplayPlan, arecordPlan } from '../../../src/devices/processes/alsa-programs.ts';

const device = {
  id: 'default',
  name: 'default',
  kind: 'output',
  channels: 2,
  rateHz: 48_000,
  isDefault: true,
} as const;
const format = { rateHz: 48_000, channels: 1 };
const meter = '#+                                                 | 00%';

function setUp() {
  const read = aplayPlan('aplay', device, format).reader();
  const setup = [
    "Playing raw data 'stdin' : Float 32 bit Little Endian, Rate 48000 Hz, Mono",
    'ALSA <-> PulseAudio PCM I/O Plugin',
    'Its setup is:',
    '  stream       : PLAYBACK',
    '  format       : FLOAT_LE',
    '  buffer_size  : 960',
    '  exact rate   : 48000 (48000/1)',
    '  period_size  : 240',
    '  period_time  : 5000',
    '  boundary     : 8646911284551352320',
  ].map((line) => read(line)?.kind);
  return { read, setup };
}

test('both are called with a period and a buffer, in frames', () => {
  expect(aplayPlan('aplay', device, format).args).toEqual(
    expect.arrayContaining(['--period-size=240', '--buffer-size=960', '--rate=48000', '--format=FLOAT_LE']),
  );
  expect(arecordPlan('arecord', device, { rateHz: 44_100, channels: 2 }).args).toEqual(
    expect.arrayContaining(['--period-size=221', '--buffer-size=4410', '--channels=2']),
  );
});

test('aplay is ready when it has its period and its buffer', () => {
  expect(setUp().setup.filter((kind) => kind !== 'nothing')).toEqual(['ready']);
});

test('every meter is a period that ALSA took, and it plays when its buffer is full', () => {
  const { read } = setUp();
  const reports = ['', meter, meter, meter, meter, meter].map(read);
  expect(reports).toEqual([
    { kind: 'played', frames: 0 },
    { kind: 'played', frames: 0 },
    { kind: 'played', frames: 0 },
    { kind: 'started' },
    { kind: 'played', frames: 240 },
    { kind: 'played', frames: 480 },
  ]);
});

test('after an underrun it waits for a full buffer again, and nothing is counted twice', () => {
  const { read } = setUp();
  for (const line of ['', meter, meter, meter, meter]) read(line);
  expect(read(`${meter}underrun!!! (at least 501.922 ms long)`)).toEqual({ kind: 'starved' });
  expect(['Status:', '  state       : XRUN', '  avail       : 0'].map((line) => read(line)?.kind)).toEqual([
    'nothing',
    'nothing',
    'nothing',
  ]);
  expect(['', meter, meter, meter, meter].map(read)).toEqual([
    { kind: 'played', frames: 1200 },
    { kind: 'played', frames: 1200 },
    { kind: 'played', frames: 1200 },
    { kind: 'started' },
    { kind: 'played', frames: 1440 },
  ]);
});

test('a card with other sizes than were asked for is counted by its own', () => {
  const read = aplayPlan('aplay', device, format).reader();
  for (const line of ['  buffer_size  : 512', '  period_size  : 256', '  buffer_size  : 9999']) read(line);
  expect([read(''), read(meter), read(meter)]).toEqual([
    { kind: 'played', frames: 0 },
    { kind: 'started' },
    { kind: 'played', frames: 256 },
  ]);
});

test('arecord tells what it lost', () => {
  const read = arecordPlan('arecord', device, format).reader();
  expect(read('overrun!!! (at least 12.500 ms long)')).toEqual({ kind: 'lost', lostMs: 12.5 });
});

test('another rate than was asked for is a refusal', () => {
  const line = 'Warning: rate is not accurate (requested = 48000Hz, got = 44100Hz)';
  expect(arecordPlan('arecord', device, format).reader()(line)).toEqual({ kind: 'refused' });
  expect(aplayPlan('aplay', device, format).reader()(line)).toEqual({ kind: 'refused' });
});
