/**
 * What is done to the sound on its way up, from words to loaded parts.
 *
 * @module
 */
import type { UplinkProcessing } from '../paths/uplink.ts';
import { loadRnnoise } from '../stages/denoiser/rnnoise.ts';
import { loadLibsamplerate } from '../stages/libsamplerate.ts';

/** What a user chooses. */
export interface ProcessingChoice {
  /** Who changes the rate. Default `kernel`. */
  readonly resampler?: 'kernel' | 'libsamplerate' | undefined;
  /** Take noise out. Default false. */
  readonly denoise?: boolean | undefined;
  /** In dB, −60 to 60, or `auto`. Default none. */
  readonly gain?: number | 'auto' | undefined;
}

/**
 * Loads what is needed for the choice, and nothing else.
 *
 * @throws {VoiceloopError} where a package cannot be loaded
 */
export async function loadProcessing(choice: ProcessingChoice): Promise<UplinkProcessing> {
  return {
    ...(choice.resampler === 'libsamplerate' && { engine: await loadLibsamplerate() }),
    ...(choice.denoise && { rnnoise: await loadRnnoise() }),
    ...(choice.gain !== undefined && { gain: choice.gain }),
  };
}
