/**
 * How `parec` and `pacat` are called, and what they say.
 *
 * @module
 */
import type { DeviceInfo } from '../audio-host.ts';
import type { ProgramPlan, ProgramReport, StreamFormat } from './program-plan.ts';

/** Pieces of what is captured. */
const inputLatencyMs = 10;
/** Three quarters become the stream's queue in the server, the rest the device's, if the device can do that. */
const outputLatencyMs = 20;
const bytesPerSample = 4;

/** Once a 50 ms, with `-v`: position in the sound, and how far that is from what was given or taken. */
const timeLine = /^Time: (-?\d+\.\d+) sec; Latency: (-?\d+) usec\./;
const metricsLine = /^Buffer metrics: .*\btlength=(\d+)/;
/** What is said between start and end without meaning that anything is wrong. */
const smallTalk =
  /^(Opening a |Connection established|Stream successfully created|Buffer metrics|Using sample spec|Connected to device|Stream (started|underrun|overrun|moved|suspended|resumed|device|buffer)|Time: )/;

function argsOf(device: DeviceInfo, { rateHz, channels }: StreamFormat, latencyMs: number): string[] {
  return [
    '-v',
    '--raw',
    '--format=float32le',
    `--rate=${rateHz}`,
    `--channels=${channels}`,
    `--latency-msec=${latencyMs}`,
    `--device=${device.id}`,
    '--client-name=voiceloop',
    `--stream-name=voiceloop ${device.kind}`,
  ];
}

/** Recording. */
export function parecPlan(command: string, device: DeviceInfo, format: StreamFormat): ProgramPlan {
  return { command, args: argsOf(device, format, inputLatencyMs), latencyMs: 0, reader: () => readParec };
}

function readParec(line: string): ProgramReport | undefined {
  const time = timeLine.exec(line);
  if (time) return { kind: 'latency', latencyMs: Math.max(0, Number(time[2]) / 1000) };
  return smallTalk.test(line) ? { kind: 'nothing' } : undefined;
}

/** Playing. */
export function pacatPlan(command: string, device: DeviceInfo, format: StreamFormat): ProgramPlan {
  return {
    command,
    args: ['--playback', ...argsOf(device, format, outputLatencyMs)],
    latencyMs: outputLatencyMs / 4,
    askingSignal: 'SIGUSR1',
    reader: () => pacatReader(format),
  };
}

function pacatReader({ rateHz, channels }: StreamFormat): (line: string) => ProgramReport | undefined {
  let serverMs = outputLatencyMs;
  return (line) => {
    const time = timeLine.exec(line);
    if (time) {
      const playedMs = Number(time[1]) * 1000;
      const latencyMs = Number(time[2]) / 1000;
      return {
        kind: 'played',
        frames: Math.round((playedMs / 1000) * rateHz),
        takenFrames: Math.round(((playedMs + latencyMs) / 1000) * rateHz),
        deviceMs: Math.max(0, latencyMs - serverMs),
      };
    }
    const metrics = metricsLine.exec(line);
    if (metrics) serverMs = (Number(metrics[1]) / (rateHz * channels * bytesPerSample)) * 1000;
    if (line.startsWith('Connected to device')) return { kind: 'ready' };
    if (line.startsWith('Stream started')) return { kind: 'started' };
    if (line.startsWith('Stream underrun')) return { kind: 'starved' };
    return smallTalk.test(line) ? { kind: 'nothing' } : undefined;
  };
}
