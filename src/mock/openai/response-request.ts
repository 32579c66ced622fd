/**
 * `response.create` of OpenAI's dialect, as the inside takes it.
 *
 * @module
 */
import { RequestRefused } from '../event-channel.ts';
import { namedFormat } from './audio-format.ts';
import { responseSchema } from './client-schema.ts';
import { type Fields, present } from './fields.ts';
import { insideItem } from './items.ts';
import { insideModalities } from './modalities.ts';
import { parseClientEvent } from './param-path.ts';
import { insideVoice } from './voice.ts';

/**
 * The inside's `response`. Voice Live cancels a response that runs and commits audio that waits; OpenAI refuses the one and
 * leaves the other, so both are always switched off.
 *
 * @param copyOf the item behind a reference, as the inside takes it; undefined where there is none
 * @throws {RequestRefused}
 */
export function readResponseRequest(
  response: unknown,
  copyOf: (itemId: string) => Fields | undefined,
): Fields {
  const request = parseClientEvent(responseSchema, response ?? {}, 'response');
  const { output_modalities: modalities, audio, input } = request;
  const voice = audio?.output?.voice;
  return present({
    cancel_previous: false,
    commit: false,
    modalities: modalities ? insideModalities(modalities, 'response.output_modalities') : undefined,
    instructions: request.instructions ?? undefined,
    voice: voice ? insideVoice(voice) : undefined,
    output_audio_format: audio?.output?.format
      ? namedFormat(audio.output.format, 'response.audio.output.format').name
      : undefined,
    conversation: request.conversation ?? undefined,
    input_items: input?.map((item, i) => {
      const param = `response.input[${i}]`;
      if (item.type !== 'item_reference') return insideItem(item, param);
      const copy = copyOf(item.id);
      if (copy) return copy;
      const message = `There is no item '${item.id}' in the conversation.`;
      throw new RequestRefused('invalid_value', message, `${param}.id`);
    }),
    tools: request.tools ?? undefined,
    tool_choice: request.tool_choice ?? undefined,
    parallel_tool_calls: request.parallel_tool_calls ?? undefined,
    max_output_tokens: request.max_output_tokens ?? undefined,
    reasoning_effort: request.reasoning?.effort ?? undefined,
    metadata: request.metadata ?? undefined,
  });
}
