/**
 * The response as OpenAI's dialect shows it, in `response.created` and `response.done`.
 *
 * @module
 */
import { describedFormat } from './audio-format.ts';
import { asFields, type Fields, picked } from './fields.ts';
import { reportedItem } from './items.ts';
import { reportedModalities } from './modalities.ts';
import { reportedVoiceName } from './voice.ts';

/**
 * The response in the order of fields in which recordings of OpenAI's service show it.
 *
 * @param conversationId for a response in the conversation, where the inside leaves its name empty
 */
export function reportResponse(response: Fields, conversationId: string): Fields {
  const output = response['output'];
  return {
    object: 'realtime.response',
    ...picked(response, ['id', 'status']),
    status_details: response['status_details'] ?? null,
    output: Array.isArray(output) ? output.map(reportedItem) : [],
    conversation_id:
      response['conversation_id'] === '' ? conversationId : (response['conversation_id'] ?? null),
    output_modalities: reportedModalities(response['modalities']),
    max_output_tokens: response['max_output_tokens'] ?? 'inf',
    audio: {
      output: {
        format: describedFormat(response['output_audio_format']),
        voice: reportedVoiceName(response['voice']),
      },
    },
    usage: reportedUsage(asFields(response['usage'])),
    metadata: response['metadata'] ?? null,
  };
}

function reportedUsage(usage: Fields | undefined): Fields | null {
  if (!usage) return null;
  const input = asFields(usage['input_token_details']) ?? {};
  const output = asFields(usage['output_token_details']) ?? {};
  return {
    ...picked(usage, ['total_tokens', 'input_tokens', 'output_tokens']),
    input_token_details: picked(input, [
      'text_tokens',
      'audio_tokens',
      'image_tokens',
      'cached_tokens',
      'cached_tokens_details',
    ]),
    output_token_details: picked(output, ['text_tokens', 'audio_tokens']),
  };
}
