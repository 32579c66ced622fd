/**
 * The `fmt ` chunk of a WAV file: what its samples are.
 *
 * @module
 */
import { VoiceloopError } from '../errors.ts';

/** What the samples of a WAV file are. */
export interface WaveFormat {
  readonly encoding: 'pcm' | 'float' | 'alaw' | 'ulaw';
  readonly rateHz: number;
  readonly channels: number;
  /** Bytes that one sample of one channel takes in the file. */
  readonly sampleBytes: number;
  /** Bytes of one sample of every channel. */
  readonly blockBytes: number;
  /** For people, as `24-bit PCM`. */
  readonly text: string;
}

/** Speech needs no less, and no converter makes more. */
const minRateHz = 1_000;
const maxRateHz = 768_000;

/** More is a damaged header: the largest arrays of microphones have fewer. */
const maxChannels = 256;

/** Format tags of RFC 2361 whose samples can be read. */
const encodings: Readonly<Record<number, WaveFormat['encoding']>> = {
  1: 'pcm',
  3: 'float',
  6: 'alaw',
  7: 'ulaw',
};

/** Format tags that people meet, for the error. */
const codecNames: Readonly<Record<number, string>> = {
  2: 'Microsoft ADPCM',
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  64: 'G.721 ADPCM',
  80: 'MPEG audio',
  85: 'MP3',
  255: 'AAC',
  8192: 'AC-3',
};

/** In WAVE_FORMAT_EXTENSIBLE the first two bytes of the sub-format are the true tag. */
const extensibleTag = 0xfffe;
const subFormatOffset = 24;

/**
 * Reads a `fmt ` chunk and checks that the numbers in it fit each other.
 *
 * @throws {VoiceloopError} `wav-bad-format`, `wav-unsupported-codec`, `wav-bad-channels`, `wav-bad-rate`
 */
export function parseWaveFormat(chunk: DataView, path: string): WaveFormat {
  const fail = (
    code: string,
    message: string,
    hint = 'convert it: `ffmpeg -i INPUT -c:a pcm_s16le OUTPUT.wav`',
  ) => new VoiceloopError('input', code, message, { where: path, hint });
  if (chunk.byteLength < 16) {
    throw fail(
      'wav-bad-format',
      `the WAV file has a "fmt " chunk of ${chunk.byteLength} bytes, 16 are the least`,
    );
  }
  const outerTag = chunk.getUint16(0, true);
  const isExtensible = outerTag === extensibleTag && chunk.byteLength >= subFormatOffset + 2;
  const tag = isExtensible ? chunk.getUint16(subFormatOffset, true) : outerTag;
  const channels = chunk.getUint16(2, true);
  const rateHz = chunk.getUint32(4, true);
  const blockBytes = chunk.getUint16(12, true);
  const bits = chunk.getUint16(14, true);

  const encoding = encodings[tag];
  if (!encoding) {
    const name = codecNames[tag] ?? `format tag 0x${tag.toString(16).padStart(4, '0')}`;
    throw fail('wav-unsupported-codec', `the WAV file is coded as ${name}, which is not supported`);
  }
  if (channels === 0 || channels > maxChannels) {
    throw fail('wav-bad-channels', `the WAV file's header says ${channels} channels`);
  }
  if (rateHz < minRateHz || rateHz > maxRateHz) {
    throw fail(
      'wav-bad-rate',
      `the WAV file's header says ${rateHz} Hz`,
      'record it again, or write the true rate',
    );
  }
  // A PCM sample may sit in the upper bits of a wider container, as 24 bits in 4 bytes (Microsoft, "Multiple Channel
  // Audio Data and WAVE Files", 2001). The block tells how wide.
  const sampleBytes = blockBytes / channels;
  const fits =
    encoding === 'pcm'
      ? [1, 2, 3, 4].includes(sampleBytes) && bits > 0 && bits <= 8 * sampleBytes
      : encoding === 'float'
        ? [4, 8].includes(sampleBytes) && bits === 8 * sampleBytes
        : sampleBytes === 1;
  if (!fits) {
    const says = `${bits} bits, ${channels} channels and blocks of ${blockBytes} bytes`;
    throw fail('wav-bad-format', `the WAV file's header contradicts itself or is not supported: ${says}`);
  }
  return { encoding, rateHz, channels, sampleBytes, blockBytes, text: describe(encoding, bits) };
}

function describe(encoding: WaveFormat['encoding'], bits: number): string {
  switch (encoding) {
    case 'pcm':
      return `${bits}-bit PCM`;
    case 'float':
      return `${bits}-bit float`;
    case 'alaw':
      return 'A-law';
    case 'ulaw':
      return 'µ-law';
  }
}
