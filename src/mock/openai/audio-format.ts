/**
 * Audio formats: objects in OpenAI's dialect, names inside.
 *
 * @module
 */
import { RequestRefused } from '../event-channel.ts';

/** A format as OpenAI writes it. */
export type AudioFormat =
  | { readonly type: 'audio/pcm'; readonly rate?: number | null | undefined }
  | { readonly type: 'audio/pcmu' | 'audio/pcma' };

const pcmRateHz = 24_000;
const g711RateHz = 8_000;
const g711Names = { 'audio/pcmu': 'g711_ulaw', 'audio/pcma': 'g711_alaw' } as const;

/** A format as Voice Live names it, for input and output. */
export interface NamedFormat {
  readonly name: 'pcm16' | 'g711_ulaw' | 'g711_alaw';
  readonly rateHz: number;
}

/**
 * The name of a format that a client has asked for.
 *
 * @param param where the format lies in the event
 * @throws {RequestRefused} for PCM at another rate than 24 kHz
 */
export function namedFormat(format: AudioFormat, param: string): NamedFormat {
  if (format.type !== 'audio/pcm') return { name: g711Names[format.type], rateHz: g711RateHz };
  const rate = format.rate ?? pcmRateHz;
  if (rate !== pcmRateHz) {
    const [code, bound] =
      rate < pcmRateHz ? ['integer_below_min_value', '>='] : ['integer_above_max_value', '<='];
    const message = `Invalid '${param}.rate': expected a value ${bound} ${pcmRateHz}, but got ${rate} instead.`;
    throw new RequestRefused(code, message, `${param}.rate`);
  }
  return { name: 'pcm16', rateHz: pcmRateHz };
}

/** The format behind a name; none is PCM, and the rate in a name counts before `rateHz`. */
export function describedFormat(name: unknown, rateHz?: unknown): AudioFormat {
  if (name === 'g711_ulaw') return { type: 'audio/pcmu' };
  if (name === 'g711_alaw') return { type: 'audio/pcma' };
  const named = typeof name === 'string' ? /_(\d+)hz$/.exec(name)?.[1] : undefined;
  return { type: 'audio/pcm', rate: named ? Number(named) : typeof rateHz === 'number' ? rateHz : pcmRateHz };
}
