import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { DevicesScreen } from '../../src/commands/devices-screen.ts';
import { FakeHost } from '../../src/devices/fake/fake-host.ts';
import { echoInAir } from '../../src/devices/fake/sound-in-air.ts';
import { testDevices } from '../../src/loops/device-test.ts';
import { FakeTerminal, outputTo } from './fake-terminal.ts';

function room() {
  const clock = new VirtualClock();
  const host = new FakeHost({ clock });
  const loudspeaker = host.addOutput({ name: 'Loudspeaker', channels: 2, blockFrames: 48 });
  const microphone = host.addInput({ name: 'Mikrofon für 日本語', id: 'mic-1' });
  host.addInput({ name: 'Webcam', id: 'webcam', rateHz: 16_000 });
  return { clock, host, loudspeaker, microphone };
}

/** A test in that room, as a screen on the terminal shows it. */
async function shown(terminal: FakeTerminal, { hasLoopback = true } = {}) {
  const { clock, host, loudspeaker, microphone } = room();
  if (hasLoopback) microphone.hear(echoInAir(loudspeaker, { delayMs: 4 }));
  else microphone.hear((timeMs) => 0.001 * Math.sin(timeMs));
  const screen = new DevicesScreen(clock, outputTo(terminal));
  const result = await clock.run(() =>
    testDevices({
      clock,
      host,
      chirps: 3,
      onStep: (step) => screen.step(step),
      onLevel: (level) => screen.level(level),
    }),
  );
  screen.end(result);
  return terminal;
}

test('devices are listed with the ids that choose them, in columns', async () => {
  const { clock, host } = room();
  const terminal = new FakeTerminal();
  const passedOver = [{ driver: 'portaudio', reason: 'its library\nis missing' }] as const;
  const screen = new DevicesScreen(clock, outputTo(terminal, { verbose: true }));
  screen.list(host, await host.devices(), passedOver);
  expect(terminal.stdout.written).toBe(
    [
      'microphones',
      '* mic-1             Mikrofon für 日本語  1 channel at 48000 Hz',
      '  webcam            Webcam               1 channel at 16000 Hz',
      'loudspeakers',
      '* fake:Loudspeaker  Loudspeaker          2 channels at 48000 Hz\n',
    ].join('\n'),
  );
  expect(terminal.stderr.written).toContain('* the default, by the driver fake: devices that are not there');
  expect(terminal.stderr.written).toContain('passed over portaudio: its library is missing');
});

test('a kind of which there is none is named', async () => {
  const { clock, host, loudspeaker } = room();
  host.unplug(loudspeaker);
  const terminal = new FakeTerminal();
  new DevicesScreen(clock, outputTo(terminal)).list(host, await host.devices(), []);
  expect(terminal.stdout.written).toMatch(/\nno loudspeaker\n$/);
});

describe('a test', () => {
  test('ends with levels, and the round trip in its parts', async () => {
    const { stdout } = await shown(new FakeTerminal());
    expect(stdout.written).toMatch(
      /^microphone {4}Mikrofon für 日本語: noise floor digital silence, with the notes -\d\d\.\d dBFS$/m,
    );
    expect(stdout.written).toMatch(/^loudspeaker {3}Loudspeaker: played two notes$/m);
    expect(stdout.written).toMatch(
      /^round trip {4}\d\d\.\d ms, the median of 3, which lie within \d+\.\d ms$/m,
    );
    expect(stdout.written).toMatch(/^ +loudspeaker +10\.0 ms {2}as its driver reports$/m);
    expect(stdout.written).toMatch(/^ +the rest +[45]\.\d ms /m);
  });

  test('says what to do where there is no loopback, and gives no figure', async () => {
    const { stdout } = await shown(new FakeTerminal(), { hasLoopback: false });
    expect(stdout.written).toMatch(
      /^round trip {4}not heard: no loopback \(put the microphone near the loudspeaker, or connect them\)$/m,
    );
    expect(stdout.written).not.toMatch(/ms/);
  });

  test('tells each step once where nobody can watch a meter', async () => {
    const { stderr } = await shown(new FakeTerminal());
    expect(stderr.written).toBe('listening to the room\nplaying two notes\nmeasuring the round trip\n');
  });

  test('has a meter on a terminal', async () => {
    const { stderr } = await shown(new FakeTerminal({ stderr: true }));
    expect(stderr.written).toMatch(/playing two notes +▕█+[^▏]*▏ -\d\d dB/);
  });
});
