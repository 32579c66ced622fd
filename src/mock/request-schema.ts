/**
 * Checks what the client sends, and says in the service's words what is wrong with it.
 *
 * @module
 */
import * as v from 'valibot';
import { RequestRefused } from './event-channel.ts';

/**
 * Takes `input` apart by `schema`.
 *
 * @param path where `input` lies in the event, in front of the field in `param`
 * @throws {RequestRefused} for the first thing that is wrong
 */
export function parseRequest<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
  path = '',
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const param = [path, v.getDotPath(issue)].filter(Boolean).join('.') || null;
  throw new RequestRefused(refusalCode(issue), refusalMessage(issue, param), param);
}

const valueChecks = new Set([
  'picklist',
  'literal',
  'variant',
  'min_value',
  'max_value',
  'integer',
  'non_empty',
  'max_length',
  'max_entries',
]);

function refusalCode(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === 'never') return 'unknown_parameter';
  if (issue.received === 'undefined') return 'missing_required_parameter';
  return valueChecks.has(issue.type) ? 'invalid_value' : 'invalid_type';
}

function refusalMessage(issue: v.BaseIssue<unknown>, param: string | null): string {
  const name = param ? `'${param}'` : 'the event';
  if (issue.expected === 'never') return `Unknown parameter: ${name}.`;
  if (issue.received === 'undefined') return `Missing required parameter: ${name}.`;
  return `Invalid value for ${name}: expected ${issue.expected}, but got ${issue.received}.`;
}

const integer = v.pipe(v.number(), v.integer());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const modalities = v.pipe(v.array(v.picklist(['text', 'audio', 'animation', 'avatar'])), v.nonEmpty());
const tokenLimit = v.union([v.literal('inf'), v.pipe(integer, v.minValue(1), v.maxValue(4096))]);
/** Up to 16 pairs. */
const metadata = v.pipe(
  v.record(v.pipe(v.string(), v.maxLength(64)), v.pipe(v.string(), v.maxLength(512))),
  v.maxEntries(16),
);
const tools = v.array(v.looseObject({ type: v.picklist(['function', 'mcp', 'foundry_agent']) }));
const toolChoice = v.union([v.string(), v.looseObject({ type: v.string() })]);
const reasoningEffort = v.picklist(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']);

/** The names of the output formats, in the spelling of older SDKs too. */
const outputFormat = v.picklist([
  'pcm16',
  'pcm16_16000hz',
  'pcm16_8000hz',
  'pcm16-16000hz',
  'pcm16-8000hz',
  'g711_ulaw',
  'g711_alaw',
]);

const voice = v.union([
  v.string(),
  v.looseObject({
    type: v.picklist([
      'openai',
      'azure-standard',
      'azure-custom',
      'azure-personal',
      'avatar-voice-sync',
      'azure-realtime-native',
    ]),
    name: v.nullish(v.string()),
  }),
]);

/** `threshold` and `timeout` (in seconds) are the names of 2025, and are still taken. */
const endOfUtterance = v.looseObject({
  model: v.string(),
  threshold_level: v.nullish(v.picklist(['low', 'medium', 'high', 'default'])),
  timeout_ms: v.nullish(v.pipe(v.number(), v.minValue(0))),
  threshold: v.nullish(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  timeout: v.nullish(v.pipe(v.number(), v.minValue(0))),
});

const turnDetection = v.strictObject({
  type: v.optional(
    v.picklist([
      'server_vad',
      'azure_semantic_vad',
      'azure_semantic_vad_en',
      'azure_semantic_vad_multilingual',
      'semantic_vad',
    ]),
  ),
  threshold: v.nullish(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  prefix_padding_ms: v.nullish(count),
  silence_duration_ms: v.nullish(count),
  speech_duration_ms: v.nullish(count),
  idle_timeout_ms: v.nullish(count),
  end_of_utterance_detection: v.nullish(endOfUtterance),
  remove_filler_words: v.nullish(v.boolean()),
  languages: v.nullish(v.array(v.string())),
  eagerness: v.nullish(v.picklist(['auto', 'low', 'medium', 'high'])),
  create_response: v.nullish(v.boolean()),
  interrupt_response: v.nullish(v.boolean()),
  auto_truncate: v.nullish(v.boolean()),
  appended_text_after_truncation: v.nullish(v.string()),
});

/** The `session` of `session.update`. */
export const sessionUpdateSchema = v.strictObject({
  model: v.nullish(v.string()),
  modalities: v.nullish(modalities),
  instructions: v.nullish(v.string()),
  voice: v.nullish(voice),
  input_audio_format: v.nullish(v.picklist(['pcm16', 'g711_ulaw', 'g711_alaw'])),
  input_audio_sampling_rate: v.nullish(v.picklist([24000, 16000, 8000])),
  output_audio_format: v.nullish(outputFormat),
  turn_detection: v.nullish(turnDetection),
  input_audio_noise_reduction: v.nullish(
    v.looseObject({ type: v.picklist(['azure_deep_noise_suppression', 'near_field', 'far_field']) }),
  ),
  input_audio_echo_cancellation: v.nullish(
    v.looseObject({
      type: v.literal('server_echo_cancellation'),
      reference_source: v.nullish(v.picklist(['server', 'client'])),
      channels: v.nullish(v.picklist([1, 2])),
    }),
  ),
  input_audio_transcription: v.nullish(v.looseObject({ model: v.optional(v.string()) })),
  output_audio_timestamp_types: v.nullish(v.array(v.picklist(['word']))),
  tools: v.nullish(tools),
  tool_choice: v.nullish(toolChoice),
  parallel_tool_calls: v.nullish(v.boolean()),
  temperature: v.nullish(v.number()),
  max_response_output_tokens: v.nullish(tokenLimit),
  reasoning_effort: v.nullish(reasoningEffort),
  interim_response: v.nullish(v.looseObject({ type: v.string() })),
  animation: v.nullish(v.looseObject({})),
  avatar: v.nullish(v.looseObject({})),
  include: v.nullish(v.array(v.string())),
  metadata: v.nullish(metadata),
});

/** A `session.update` that is well formed. */
export type SessionUpdate = v.InferOutput<typeof sessionUpdateSchema>;

const contentPart = v.variant('type', [
  v.looseObject({ type: v.picklist(['input_text', 'text', 'output_text']), text: v.nullish(v.string()) }),
  v.looseObject({ type: v.literal('input_audio'), audio: v.string(), transcript: v.nullish(v.string()) }),
  v.looseObject({ type: v.literal('input_image'), image_url: v.nullish(v.string()) }),
]);

const id = v.nullish(v.string());

/** An item that a client may put into the conversation. */
export const itemSchema = v.variant('type', [
  v.looseObject({
    type: v.literal('message'),
    id,
    role: v.picklist(['system', 'user', 'assistant']),
    content: v.array(contentPart),
  }),
  v.looseObject({
    type: v.literal('function_call'),
    id,
    name: v.string(),
    call_id: v.string(),
    arguments: v.string(),
  }),
  v.looseObject({ type: v.literal('function_call_output'), id, call_id: v.string(), output: v.string() }),
  v.looseObject({
    type: v.literal('mcp_approval_response'),
    id,
    approval_request_id: v.string(),
    approve: v.boolean(),
  }),
]);

/** An item as a client sends it. */
export type RequestItem = v.InferOutput<typeof itemSchema>;

/** `conversation.item.create`. */
export const itemCreateSchema = v.looseObject({ previous_item_id: v.nullish(v.string()), item: itemSchema });

/** `conversation.item.delete` and `conversation.item.retrieve`. */
export const itemReferenceSchema = v.looseObject({ item_id: v.string() });

/** `conversation.item.truncate`. */
export const itemTruncateSchema = v.looseObject({
  item_id: v.string(),
  content_index: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0)),
  audio_end_ms: count,
});

/** `input_audio_buffer.append`. */
export const appendSchema = v.looseObject({ audio: v.string() });

/** `input_text.delta`; before api-version 2026-07-15 without the item's id, which this mock cannot do without. */
export const inputTextDeltaSchema = v.looseObject({
  id: v.string(),
  delta: v.string(),
  content_index: v.nullish(count),
});

/** `input_text.done`. */
export const inputTextDoneSchema = v.looseObject({ id: v.string(), content_index: v.nullish(count) });

/** `session.avatar.connect`. */
export const avatarConnectSchema = v.looseObject({ client_sdp: v.string() });

/** `response.cancel`. */
export const cancelSchema = v.looseObject({ response_id: v.nullish(v.string()) });

/** `response.create`. */
export const responseCreateSchema = v.looseObject({
  additional_instructions: v.nullish(v.string()),
  response: v.nullish(
    v.looseObject({
      commit: v.nullish(v.boolean()),
      cancel_previous: v.nullish(v.boolean()),
      modalities: v.nullish(modalities),
      instructions: v.nullish(v.string()),
      voice: v.nullish(voice),
      output_audio_format: v.nullish(outputFormat),
      temperature: v.nullish(v.number()),
      max_output_tokens: v.nullish(tokenLimit),
      max_response_output_tokens: v.nullish(tokenLimit),
      tools: v.nullish(tools),
      tool_choice: v.nullish(toolChoice),
      reasoning_effort: v.nullish(reasoningEffort),
      conversation: v.nullish(v.picklist(['auto', 'none'])),
      input_items: v.nullish(v.array(itemSchema)),
      append_input_items: v.nullish(v.array(itemSchema)),
      metadata: v.nullish(metadata),
      pre_generated_assistant_message: v.nullish(
        v.looseObject({
          content: v.pipe(v.array(v.looseObject({ text: v.string() })), v.minLength(1), v.maxLength(1)),
        }),
      ),
    }),
  ),
});

/** The parameters of a `response.create`. */
export type ResponseRequest = NonNullable<v.InferOutput<typeof responseCreateSchema>['response']>;
