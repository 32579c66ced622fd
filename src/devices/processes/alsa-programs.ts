/**
 * How `arecord` and `aplay` are called, and what they say.
 *
 * @module
 */
import type { DeviceInfo } from '../audio-host.ts';
import type { ProgramPlan, ProgramReport, StreamFormat } from './program-plan.ts';

/** Sound comes and goes in pieces of this length. */
const periodMs = 5;
/** A ring that is read at once: it adds no delay, and forgives a machine that is busy. */
const inputBufferMs = 100;
/** ALSA's own part of the queue, which is full before it begins to play. */
const outputBufferMs = 20;
/** Behind ALSA: a card's own delay, or a sound server's, as measured through ALSA's plugin for PulseAudio. */
const cardLatencyMs = { input: 1, output: 1 };
const serverLatencyMs = { input: 2, output: 12 };

/** Ends an xrun's line, and may stand behind a meter that has no end of its own. */
const xrunLine = /(under|over)run!!!(?: \(at least ([\d.]+) ms long\))?/;
/** The level meter, which is drawn over itself. */
const meterLine = /\|\s*(\d+%|MAX|!clip)\s*$/;
/** `  period_size  : 240` of the setup that `-v` prints, and of the status after an xrun. */
const settingLine = /^ {2}(\w[\w ]*?)\s*: (\S+)/;
const smallTalk = /^(Playing |Recording |Its setup is|Status:|Slave: |Hardware PCM |ALSA <->|Plug PCM)/;

function argsOf(device: DeviceInfo, { rateHz, channels }: StreamFormat, bufferMs: number): string[] {
  const framesOf = (ms: number) => Math.round((ms / 1000) * rateHz);
  return [
    '-v',
    `--device=${device.id}`,
    '--file-type=raw',
    '--format=FLOAT_LE',
    `--rate=${rateHz}`,
    `--channels=${channels}`,
    `--period-size=${framesOf(periodMs)}`,
    `--buffer-size=${framesOf(bufferMs)}`,
  ];
}

function latencyOf({ id, kind }: DeviceInfo): number {
  return (/^(plug)?hw:/.test(id) ? cardLatencyMs : serverLatencyMs)[kind];
}

/** Recording. */
export function arecordPlan(command: string, device: DeviceInfo, format: StreamFormat): ProgramPlan {
  return {
    command,
    args: argsOf(device, format, inputBufferMs),
    latencyMs: latencyOf(device),
    reader: () => readArecord,
  };
}

function readArecord(line: string): ProgramReport | undefined {
  if (/rate is not accurate/.test(line)) return { kind: 'refused' };
  const xrun = xrunLine.exec(line);
  if (xrun) return { kind: 'lost', lostMs: Number(xrun[2] ?? 0) };
  return settingLine.test(line) || smallTalk.test(line) ? { kind: 'nothing' } : undefined;
}

/**
 * Playing. `aplay` says nothing of its position, but it draws its level meter each time ALSA has taken a period: so many
 * meters, so many periods have gone in, and ALSA's buffer, full, is all that can be unheard of them. A meter that comes late
 * because nothing was there to play only places that too early, and late stamps are not believed.
 */
export function aplayPlan(command: string, device: DeviceInfo, format: StreamFormat): ProgramPlan {
  return {
    command,
    args: ['--vumeter=mono', ...argsOf(device, format, outputBufferMs)],
    latencyMs: latencyOf(device),
    reader: () => aplayReader(),
  };
}

function aplayReader(): (line: string) => ProgramReport | undefined {
  let periodFrames: number | undefined;
  let bufferFrames: number | undefined;
  let isSetUp = false;
  let handedFrames = 0;
  /** Frames of which the device has to have a bufferful before it begins again. */
  let startsAt = 0;
  let isRunning = false;
  return (line) => {
    if (/rate is not accurate/.test(line)) return { kind: 'refused' };
    if (xrunLine.test(line)) {
      startsAt = handedFrames;
      isRunning = false;
      return { kind: 'starved' };
    }
    const [, name, value] = settingLine.exec(line) ?? [];
    if (name && value) {
      // The first setup is what aplay itself sees; those of the slaves follow.
      if (name === 'period_size') periodFrames ??= Number(value);
      if (name === 'buffer_size') bufferFrames ??= Number(value);
      if (isSetUp || !periodFrames || !bufferFrames) return { kind: 'nothing' };
      isSetUp = true;
      return { kind: 'ready' };
    }
    // A meter begins with the carriage return that ends the line before it, be it empty.
    if (!isSetUp || !periodFrames || !bufferFrames || (line !== '' && !meterLine.test(line)))
      return smallTalk.test(line) ? { kind: 'nothing' } : undefined;
    handedFrames += periodFrames;
    const playedFrames = Math.max(startsAt, handedFrames - bufferFrames);
    if (!isRunning && handedFrames - startsAt >= bufferFrames) {
      isRunning = true;
      return { kind: 'started' };
    }
    return { kind: 'played', frames: playedFrames };
  };
}
