/**
 * What `voiceloop devices` shows a person.
 *
 * @module
 */
import type { LevelReading } from '../audio/level-meter.ts';
import type { Clock } from '../clock.ts';
import type { AudioHost, DeviceInfo, DeviceKind } from '../devices/audio-host.ts';
import { deviceWord } from '../devices/device-error.ts';
import type { PassedOver } from '../devices/open-host.ts';
import type { RoundTrip } from '../loops/device-test/round-trip.ts';
import type { DeviceTestResult, DeviceTestStep } from '../loops/device-test.ts';
import { Meter } from './chat-screen/meter.ts';
import { type Output, printable } from './output.ts';
import { cellWidth, padCells } from './terminal-text.ts';

const steps: Readonly<Record<DeviceTestStep, string>> = {
  listening: 'listening to the room',
  playing: 'playing two notes',
  measuring: 'measuring the round trip',
};

const labelWidth = 14;

/** Shows the devices, and how their test goes. With `--json`, everything here is silent. */
export class DevicesScreen {
  readonly #clock: Clock;
  readonly #output: Output;
  readonly #meter = new Meter();
  #step: DeviceTestStep = 'listening';

  constructor(clock: Clock, output: Output) {
    this.#clock = clock;
    this.#output = output;
  }

  list(
    { driver, description }: AudioHost,
    devices: readonly DeviceInfo[],
    passedOver: readonly PassedOver[],
  ): void {
    const output = this.#output;
    for (const each of passedOver) output.detail(printable(`passed over ${each.driver}: ${each.reason}`));
    if (output.json) return;
    output.result(deviceTable(devices, output));
    output.info(`* the default, by the driver ${driver}: ${printable(description)}`);
  }

  /** Those that were asked for. */
  chosen(devices: readonly DeviceInfo[]): void {
    for (const device of devices)
      this.#output.info(`${deviceWord(device.kind)} ${printable(device.name)}, ${formatOf(device)}`);
  }

  step(step: DeviceTestStep): void {
    this.#step = step;
    if (!this.#output.isLive) this.#output.info(steps[step]);
  }

  level(level: LevelReading): void {
    const nowMs = this.#clock.now();
    this.#meter.read(level, nowMs);
    this.#output.live(
      `${padCells(steps[this.#step], 26)} ${this.#meter.bar(24)} ${this.#meter.figure(nowMs)}`,
    );
  }

  end({ input, output, roundTrip }: DeviceTestResult): void {
    const label = (kind: DeviceKind) => deviceWord(kind).padEnd(labelWidth);
    this.#output.result(
      [
        '',
        `${label('input')}${printable(input.device.name)}: noise floor ${decibels(input.noiseFloorDb)}, with the notes ${decibels(input.toneDb)}${counted(input.overruns, 'overrun')}`,
        `${label('output')}${printable(output.device.name)}: played two notes${counted(output.underruns, 'underrun')}`,
        ...roundTripLines(roundTrip),
      ].join('\n'),
    );
  }
}

function deviceTable(devices: readonly DeviceInfo[], output: Output): string {
  const rows = devices.map((device) => ({ device, name: printable(device.name), id: printable(device.id) }));
  const nameWidth = Math.max(...rows.map(({ name }) => cellWidth(name)));
  const idWidth = Math.max(...rows.map(({ id }) => cellWidth(id)));
  const lines = (['input', 'output'] as const).flatMap((kind) => {
    const ofKind = rows.filter(({ device }) => device.kind === kind);
    if (ofKind.length === 0) return [output.style('dim', `no ${deviceWord(kind)}`)];
    return [
      output.style('bold', `${deviceWord(kind)}s`),
      ...ofKind.map(({ device, name, id }) => {
        const mark = device.isDefault ? output.style('green', '*') : ' ';
        return `${mark} ${padCells(id, idWidth)}  ${padCells(name, nameWidth)}  ${formatOf(device)}`;
      }),
    ];
  });
  return lines.join('\n');
}

/** `2 channels at 48000 Hz`. */
export function formatOf({ channels, rateHz }: Pick<DeviceInfo, 'channels' | 'rateHz'>): string {
  return `${channels} channel${channels === 1 ? '' : 's'} at ${rateHz} Hz`;
}

function roundTripLines({ sent, heard, median, spreadMs = 0 }: RoundTrip): readonly string[] {
  const label = 'round trip'.padEnd(labelWidth);
  if (!median) {
    const what = heard === 0 ? 'not heard' : `heard ${heard} of ${sent} times, too few to be believed`;
    return [`${label}${what}: no loopback (put the microphone near the loudspeaker, or connect them)`];
  }
  const part = (name: string, ms: number, what: string) =>
    `${' '.repeat(labelWidth)}${name.padEnd(12)}${`${ms.toFixed(1)}`.padStart(7)} ms  ${what}`;
  return [
    `${label}${median.totalMs.toFixed(1)} ms, the median of ${heard}, which lie within ${spreadMs.toFixed(1)} ms`,
    part('queue', median.queueMs, 'which an interruption empties'),
    part('loudspeaker', median.outputMs, 'as its driver reports'),
    part('microphone', median.inputMs, 'until the program has it'),
    part('the rest', median.restMs, 'the air, and what no driver reports'),
  ];
}

function decibels(db: number): string {
  return db === Number.NEGATIVE_INFINITY ? 'digital silence' : `${db.toFixed(1)} dBFS`;
}

function counted(count: number, what: string): string {
  return count === 0 ? '' : `, ${count} ${what}${count === 1 ? '' : 's'}`;
}
