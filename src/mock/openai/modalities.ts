/**
 * What the assistant answers with: one of text and audio in OpenAI's dialect, a set inside.
 *
 * @module
 */
import { RequestRefused } from '../event-channel.ts';

/**
 * The inside's set for what a client has asked for.
 *
 * @throws {RequestRefused} for both at once: audio comes with its transcript in any case
 */
export function insideModalities(
  asked: readonly ('text' | 'audio')[],
  param: string,
): readonly ('text' | 'audio')[] {
  const [only, ...others] = asked;
  if (only !== undefined && others.length === 0) return only === 'audio' ? ['text', 'audio'] : ['text'];
  const list = asked.map((each) => `'${each}'`).join(', ');
  const message = `Invalid modalities: [${list}]. Supported combinations are: ['text'] and ['audio'].`;
  throw new RequestRefused('invalid_value', message, param);
}

/** Audio, if there is any. */
export function reportedModalities(modalities: unknown): readonly ('text' | 'audio')[] {
  return Array.isArray(modalities) && !modalities.includes('audio') ? ['text'] : ['audio'];
}
