/**
 * Where a field lies: `param` of an `error` event, from the inside's names to OpenAI's.
 *
 * @module
 */
import { RequestRefused } from '../event-channel.ts';
import { parseRequest } from '../request-schema.ts';

const paths: readonly (readonly [inside: string, openai: string])[] = [
  ['session.modalities', 'session.output_modalities'],
  ['session.voice', 'session.audio.output.voice'],
  ['session.output_audio_format', 'session.audio.output.format'],
  ['session.input_audio_format', 'session.audio.input.format'],
  ['session.input_audio_sampling_rate', 'session.audio.input.format.rate'],
  ['session.turn_detection', 'session.audio.input.turn_detection'],
  ['session.input_audio_noise_reduction', 'session.audio.input.noise_reduction'],
  ['session.input_audio_transcription', 'session.audio.input.transcription'],
  ['session.max_response_output_tokens', 'session.max_output_tokens'],
  ['session.reasoning_effort', 'session.reasoning.effort'],
  ['response.modalities', 'response.output_modalities'],
  ['response.voice', 'response.audio.output.voice'],
  ['response.output_audio_format', 'response.audio.output.format'],
  ['response.input_items', 'response.input'],
  ['response.reasoning_effort', 'response.reasoning.effort'],
];

/** The path as OpenAI writes it: places in arrays in brackets. */
export function bracketed(path: string): string {
  return path.replace(/\.(\d+)(?=\.|$)/g, '[$1]');
}

/** What the inside says about a field, said of the same field of a client that speaks OpenAI's dialect. */
export function renamedRefusal(message: string, param: string): { message: string; param: string } {
  const known = paths.find(([inside]) => param === inside || param.startsWith(`${inside}.`));
  const renamed = bracketed(known ? known[1] + param.slice(known[0].length) : param);
  const quoted = message.replaceAll(`'${param}'`, `'${renamed}'`);
  if (!known) return { message: quoted, param: renamed };
  const [inside, openai] = known.map((path) => path.slice(path.indexOf('.') + 1)) as [string, string];
  // Names of one word, as "voice", are ordinary words of the message too, and right as they are.
  return { message: inside.includes('_') ? quoted.replaceAll(inside, openai) : quoted, param: renamed };
}

/**
 * Like `parseRequest`, with paths as OpenAI writes them.
 *
 * @throws {RequestRefused} for the first thing that is wrong
 */
export const parseClientEvent: typeof parseRequest = (schema, input, path = '') => {
  try {
    return parseRequest(schema, input, path);
  } catch (error) {
    if (!(error instanceof RequestRefused) || error.param === null) throw error;
    const param = bracketed(error.param);
    throw new RequestRefused(error.code, error.message.replaceAll(`'${error.param}'`, `'${param}'`), param);
  }
};
