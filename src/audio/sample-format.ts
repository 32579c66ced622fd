/**
 * The sample formats that the service speaks, and their names on the wire.
 *
 * @module
 */
import { decodePcm16, encodeG711, encodePcm16 } from '../../wasm/loader/sample-codec.ts';
import { VoiceloopError } from '../errors.ts';
import { Random } from '../random.ts';
import { alawSamples, ulawSamples } from './g711.ts';

/** How one sample is stored: signed 16-bit little-endian, or one byte of G.711. */
export type SampleFormat = 'pcm16' | 'g711_ulaw' | 'g711_alaw';

/** Mono audio as it travels in a message. */
export interface WireFormat {
  readonly format: SampleFormat;
  readonly rateHz: number;
}

/** The rate of `pcm16` where the service names none. */
const defaultPcmRateHz = 24_000;

/** G.711 has one rate only, whatever sampling rate a session shows beside it. */
const g711RateHz = 8_000;

/** How many bytes one sample takes. */
export function bytesPerSample(format: SampleFormat): 1 | 2 {
  return format === 'pcm16' ? 2 : 1;
}

/**
 * Turns stored samples into full scale −1 to 1. For `pcm16` a sample is exactly its integer / 32768, so that
 * {@link encodeSamples} gives the same bytes again.
 *
 * @param bytes whole samples
 * @param out at least as many samples as `bytes` holds
 * @throws {RangeError} when half a sample is left over or `out` is too short
 * @example
 * ```ts
 * import { decodeSamples } from 'voiceloop';
 *
 * const samples = new Float32Array(2);
 * decodeSamples('pcm16', new Uint8Array([0x00, 0x40, 0x00, 0x80]), samples);
 * console.log([...samples]); // [ 0.5, -1 ]
 * ```
 */
export function decodeSamples(format: SampleFormat, bytes: Uint8Array, out: Float32Array): void {
  const count = bytes.length / bytesPerSample(format);
  if (!Number.isInteger(count))
    throw new RangeError(`${bytes.length} bytes of ${format} end inside a sample`);
  if (out.length < count) throw new RangeError(`${count} samples do not fit into ${out.length}`);
  if (format === 'pcm16') {
    decodePcm16(bytes, out);
    return;
  }
  const table = format === 'g711_ulaw' ? ulawSamples : alawSamples;
  for (let i = 0; i < count; i++) out[i] = table[bytes[i] as number] as number;
}

/**
 * Stores samples with full scale −1 to 1: to the nearest 16-bit value, a half to the even one, clamped at full scale, then
 * companded where the format is G.711. NaN becomes silence.
 *
 * @param out at least as many bytes as the samples take
 * @param dither is added before `pcm16` is rounded; G.711, whose steps are coarser and of many sizes, goes without
 * @throws {RangeError} when `out` is too short
 */
export function encodeSamples(
  format: SampleFormat,
  samples: Float32Array,
  out: Uint8Array,
  dither?: Dither,
): void {
  const byteCount = samples.length * bytesPerSample(format);
  if (out.length < byteCount) throw new RangeError(`${byteCount} bytes do not fit into ${out.length}`);
  if (format === 'pcm16') encodePcm16(samples, out, dither?.seeds);
  else encodeG711(format === 'g711_ulaw' ? 'ulaw' : 'alaw', samples, out);
}

/**
 * Triangular dither of one step to either side, the sum of two uniform values: with it, what rounding leaves is a steady hiss
 * at −96 dBFS, instead of distortion that comes and goes with a faint signal (Lipshitz, Wannamaker and Vanderkooy, "Quantization and
 * dither", 1992). Each stream has its own; the same seed gives the same samples.
 *
 * @example
 * ```ts
 * import { Dither, encodeSamples } from 'voiceloop';
 *
 * const bytes = new Uint8Array(960);
 * encodeSamples('pcm16', new Float32Array(480).fill(0.25 / 32768), bytes, new Dither(1));
 * const steps = new Int16Array(bytes.buffer);
 * console.log(steps.reduce((sum, step) => sum + step, 0) > 0); // true: a quarter of a step is not lost
 * ```
 */
export class Dither {
  /** Where the generator is. */
  readonly seeds: Uint32Array;

  constructor(seed: number) {
    const random = new Random(seed);
    this.seeds = Uint32Array.from({ length: 4 }, () => 1 + Math.floor(random.uniform() * 0xffff_ffff));
  }
}

/**
 * The format that a session's `input_audio_format` and `input_audio_sampling_rate` stand for. Null is 24 kHz `pcm16`. A
 * rate in the name, and the 8 kHz of G.711, win over `rateHz`.
 *
 * @throws {VoiceloopError} `unknown-audio-format`, when the service names a format that nobody knows
 */
export function inputWireFormat(
  name: string | null | undefined,
  rateHz: number | null | undefined,
): WireFormat {
  return wireFormat('input_audio_format', name, rateHz);
}

/**
 * The format that a session's or a response's `output_audio_format` stands for. Null is 24 kHz `pcm16`. The rate may be
 * joined with a hyphen, as older versions of the service's SDK had it.
 *
 * @throws {VoiceloopError} `unknown-audio-format`, when the service names a format that nobody knows
 * @example
 * ```ts
 * import { outputWireFormat } from 'voiceloop';
 *
 * console.log(outputWireFormat('pcm16_16000hz')); // { format: 'pcm16', rateHz: 16000 }
 * ```
 */
export function outputWireFormat(name: string | null | undefined): WireFormat {
  return wireFormat('output_audio_format', name, undefined);
}

function wireFormat(
  field: string,
  name: string | null | undefined,
  rateHz: number | null | undefined,
): WireFormat {
  if (name === 'g711_ulaw' || name === 'g711_alaw') return { format: name, rateHz: g711RateHz };
  const pcm = /^pcm16(?:[_-](\d{4,6})hz)?$/.exec(name ?? 'pcm16');
  const pcmRateHz = Number(pcm?.[1] ?? rateHz ?? defaultPcmRateHz);
  if (pcm && Number.isInteger(pcmRateHz) && pcmRateHz >= 4_000 && pcmRateHz <= 192_000) {
    return { format: 'pcm16', rateHz: pcmRateHz };
  }
  const received = pcm ? `${pcm[0]} at ${pcmRateHz} Hz` : JSON.stringify(name);
  throw new VoiceloopError(
    'service',
    'unknown-audio-format',
    `the service names an unknown audio format: ${received}`,
    {
      where: `session.${field}`,
      hint: 'ask for pcm16, pcm16_16000hz, pcm16_8000hz, g711_ulaw or g711_alaw',
    },
  );
}
