/**
 * How `ffmpeg` is called to record and to play, and what it says.
 *
 * @module
 */
import type { DeviceInfo } from '../audio-host.ts';
import type { ProgramPlan, ProgramReport, StreamFormat } from './program-plan.ts';

/** ffmpeg's name for a sound system. */
export type FfmpegSystem = 'pulse' | 'alsa' | 'avfoundation' | 'audiotoolbox' | 'dshow';

const quiet = ['-hide_banner', '-nostats', '-loglevel', 'warning'];
/** By itself ffmpeg reads on for seconds to find out what it gets. */
const atOnce = ['-fflags', 'nobuffer', '-flags', 'low_delay', '-probesize', '32', '-analyzeduration', '0'];
const pieceMs = 10;
/** The device's queue, behind ffmpeg. */
const outputBufferMs = 20;
/** The smallest packet that the reader of WAV can be told to make, in bytes; that of raw samples waits for 21 to 40 ms. */
const packetBytes = 1024;
const latencyMs = 5;

/** Recording. */
export function ffmpegInputPlan(
  command: string,
  system: FfmpegSystem,
  device: DeviceInfo,
  format: StreamFormat,
): ProgramPlan {
  return {
    command,
    args: [
      ...quiet,
      '-nostdin',
      ...atOnce,
      ...inputOf(system, device, format),
      ...['-ac', `${format.channels}`, '-ar', `${format.rateHz}`],
      ...['-f', 'f32le', '-flush_packets', '1', 'pipe:1'],
    ],
    latencyMs,
    reader: () => readInput,
  };
}

function inputOf(system: FfmpegSystem, { id }: DeviceInfo, { rateHz, channels }: StreamFormat): string[] {
  const format = ['-sample_rate', `${rateHz}`, '-channels', `${channels}`];
  switch (system) {
    case 'pulse': {
      // 16 bits a sample.
      const pieceBytes = Math.round((pieceMs / 1000) * rateHz) * channels * 2;
      return ['-f', 'pulse', ...format, '-fragment_size', `${pieceBytes}`, '-i', id];
    }
    case 'dshow':
      return ['-f', 'dshow', '-audio_buffer_size', `${pieceMs}`, '-i', `audio=${id}`];
    case 'avfoundation':
      return ['-f', 'avfoundation', '-i', `:${id}`];
    default:
      return ['-f', system, ...format, '-i', id];
  }
}

function readInput(line: string): ProgramReport | undefined {
  // Overruns have no length.
  if (/buffer xrun|real-time buffer .* too full/i.test(line)) return { kind: 'lost', lostMs: 0 };
  return /guessed channel layout/i.test(line) ? { kind: 'nothing' } : undefined;
}

/**
 * Playing. The progress report (every 20 ms) tells how much the device has taken; its own queue is taken to be full.
 *
 * @param index for AudioToolbox, which knows devices by it
 */
export function ffmpegOutputPlan(
  command: string,
  system: FfmpegSystem,
  device: DeviceInfo,
  format: StreamFormat,
  index = -1,
): ProgramPlan {
  return {
    command,
    args: [
      ...quiet,
      '-nostdin',
      ...atOnce,
      ...['-f', 'wav', '-ignore_length', '1', '-max_size', `${packetBytes}`, '-i', 'pipe:0'],
      ...['-stats_period', '0.02', '-progress', 'pipe:2'],
      ...outputOf(system, device, index),
    ],
    latencyMs,
    header: wavHeader(format),
    primingMs: 2 * outputBufferMs,
    restartMs: outputBufferMs,
    reader: () => outputReader(format),
  };
}

function outputOf(system: FfmpegSystem, { id }: DeviceInfo, index: number): string[] {
  switch (system) {
    case 'pulse':
      return ['-f', 'pulse', '-buffer_duration', `${outputBufferMs}`, '-device', id, 'voiceloop'];
    case 'audiotoolbox':
      return ['-f', 'audiotoolbox', '-audio_device_index', `${index}`, '-'];
    default:
      return ['-f', system, id];
  }
}

/** Of 32-bit floats, of a length that is not known. */
function wavHeader({ rateHz, channels }: StreamFormat): Uint8Array {
  const bytes = new Uint8Array(44);
  const view = new DataView(bytes.buffer);
  for (const [at, word] of Object.entries({ 0: 'RIFF', 8: 'WAVE', 12: 'fmt ', 36: 'data' }))
    bytes.set(new TextEncoder().encode(word), Number(at));
  view.setUint32(4, 0xffffffff, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, 3, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * channels * 4, true);
  view.setUint16(32, channels * 4, true);
  view.setUint16(34, 32, true);
  view.setUint32(40, 0xffffffff, true);
  return bytes;
}

function outputReader({ rateHz }: StreamFormat): (line: string) => ProgramReport | undefined {
  let step: 'opening' | 'starting' | 'playing' = 'opening';
  return (line) => {
    const [, takenUs] = /^out_time_us=(\d+)/.exec(line) ?? [];
    if (takenUs === undefined) {
      // Ends each report. One may be all that comes until more is written: so it tells of the start as well.
      if (step === 'starting' && line.startsWith('progress=')) {
        step = 'playing';
        return { kind: 'started' };
      }
      return /^(\w+=|guessed channel layout|.*ignoring maximum wav data)/i.test(line)
        ? { kind: 'nothing' }
        : undefined;
    }
    if (step === 'opening') {
      step = 'starting';
      return { kind: 'ready' };
    }
    const playedMs = Math.max(0, Number(takenUs) / 1000 - outputBufferMs);
    return { kind: 'played', frames: Math.round((playedMs / 1000) * rateHz) };
  };
}
