/**
 * A WAV file that is going to be said, checked before anything starts.
 *
 * @module
 */
import { basename } from 'node:path';
import type { WireFormat } from '../audio/sample-format.ts';
import { type Speech, speechIn } from '../audio/speech-segments.ts';
import { openWav } from '../audio/wav-reader.ts';
import { messageOf, VoiceloopError } from '../errors.ts';
import { planUplink, type UplinkProcessing } from '../paths/uplink.ts';

/** What is known of a file before it is said. */
export interface SpokenFile {
  readonly path: string;
  /** Its name without the folders. */
  readonly name: string;
  readonly durationMs: number;
  readonly speech: Speech;
  /** The path that it takes, in one line. */
  readonly uplink: string;
  /** What is wrong with it but does not keep it from being said. */
  readonly warnings: readonly string[];
}

/**
 * Opens a file, finds its speech and plans its path.
 *
 * @param processing what is done to its sound on the way; default nothing
 * @throws {VoiceloopError} of kind `input`: what {@link openWav} and {@link speechIn} find; `wav-bad-rate` for a rate that
 *   cannot be resampled
 */
export async function checkSpokenFile(
  path: string,
  wire: WireFormat,
  processing: UplinkProcessing = {},
): Promise<SpokenFile> {
  const wav = await openWav(path);
  try {
    return {
      path,
      name: basename(path),
      durationMs: (wav.frames * 1000) / wav.rateHz,
      speech: await speechIn(wav),
      uplink: uplinkFrom(path, wav.rateHz, wire, processing),
      warnings: wav.warnings.map((warning) => `${path}: ${warning}`),
    };
  } finally {
    await wav.close();
  }
}

function uplinkFrom(path: string, rateHz: number, wire: WireFormat, processing: UplinkProcessing): string {
  try {
    return planUplink({ name: 'wav', rateHz }, { wire, ...processing }).description;
  } catch (error) {
    throw new VoiceloopError('input', 'wav-bad-rate', `a WAV file of ${rateHz} Hz cannot be said`, {
      where: path,
      reason: messageOf(error),
      hint: 'convert it to 24000 or 48000 Hz',
      cause: error,
    });
  }
}
