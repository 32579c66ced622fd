/**
 * The client events of OpenAI's dialect, field by field, after the types of the package `openai` 7 (`realtime.d.ts`).
 *
 * @module
 */
import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const text = v.nullish(v.string());

const format = v.variant('type', [
  v.strictObject({ type: v.literal('audio/pcm'), rate: v.nullish(v.pipe(v.number(), v.integer())) }),
  v.strictObject({ type: v.literal('audio/pcmu') }),
  v.strictObject({ type: v.literal('audio/pcma') }),
]);
const voice = v.union([v.string(), v.strictObject({ id: v.string() })]);
const outputModalities = v.array(v.picklist(['text', 'audio']));
const tokenLimit = v.union([
  v.literal('inf'),
  v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096)),
]);
const prompt = v.strictObject({
  id: v.string(),
  variables: v.nullish(v.record(v.string(), v.unknown())),
  version: text,
});
const reasoning = v.strictObject({
  effort: v.nullish(v.picklist(['minimal', 'low', 'medium', 'high', 'xhigh'])),
});

const tools = v.array(
  v.variant('type', [
    v.strictObject({
      type: v.optional(v.literal('function'), 'function'),
      name: v.string(),
      description: text,
      parameters: v.nullish(v.unknown()),
    }),
    v.strictObject({
      type: v.literal('mcp'),
      server_label: v.string(),
      allowed_callers: v.nullish(v.array(v.string())),
      allowed_tools: v.nullish(v.unknown()),
      authorization: text,
      connector_id: text,
      defer_loading: v.nullish(v.boolean()),
      headers: v.nullish(v.record(v.string(), v.string())),
      require_approval: v.nullish(v.unknown()),
      server_description: text,
      server_url: text,
      tunnel_id: text,
    }),
  ]),
);
const toolChoice = v.union([
  v.picklist(['none', 'auto', 'required']),
  v.strictObject({ type: v.literal('function'), name: v.string() }),
  v.strictObject({ type: v.literal('mcp'), server_label: v.string(), name: text }),
]);

const turnDetection = v.variant('type', [
  v.strictObject({
    type: v.literal('server_vad'),
    threshold: v.nullish(share),
    prefix_padding_ms: v.nullish(count),
    silence_duration_ms: v.nullish(count),
    idle_timeout_ms: v.nullish(count),
    create_response: v.nullish(v.boolean()),
    interrupt_response: v.nullish(v.boolean()),
  }),
  v.strictObject({
    type: v.literal('semantic_vad'),
    eagerness: v.nullish(v.picklist(['low', 'medium', 'high', 'auto'])),
    create_response: v.nullish(v.boolean()),
    interrupt_response: v.nullish(v.boolean()),
  }),
]);

const audioInput = v.strictObject({
  format: v.nullish(format),
  noise_reduction: v.nullish(
    v.strictObject({
      type: v.nullish(v.picklist(['near_field', 'far_field'])),
      strength: v.nullish(v.pipe(v.number(), v.minValue(0))),
    }),
  ),
  transcription: v.nullish(
    v.strictObject({
      model: v.optional(v.string()),
      language: text,
      languages: v.nullish(v.array(v.string())),
      prompt: text,
      keywords: v.nullish(v.array(v.string())),
      delay: v.nullish(v.picklist(['minimal', 'low', 'medium', 'high', 'xhigh'])),
    }),
  ),
  turn_detection: v.nullish(turnDetection),
});

/** The `session` of `session.update`. */
export const sessionSchema = v.strictObject({
  type: v.literal('realtime'),
  model: text,
  output_modalities: v.nullish(outputModalities),
  instructions: text,
  audio: v.nullish(
    v.strictObject({
      input: v.nullish(audioInput),
      output: v.nullish(
        v.strictObject({
          format: v.nullish(format),
          voice: v.nullish(voice),
          speed: v.nullish(v.pipe(v.number(), v.minValue(0.25), v.maxValue(1.5))),
        }),
      ),
    }),
  ),
  include: v.nullish(v.array(v.picklist(['item.input_audio_transcription.logprobs']))),
  max_output_tokens: v.nullish(tokenLimit),
  parallel_tool_calls: v.nullish(v.boolean()),
  prompt: v.nullish(prompt),
  reasoning: v.nullish(reasoning),
  tool_choice: v.nullish(toolChoice),
  tools: v.nullish(tools),
  tracing: v.nullish(
    v.union([
      v.literal('auto'),
      v.strictObject({ group_id: text, metadata: v.nullish(v.unknown()), workflow_name: text }),
    ]),
  ),
  truncation: v.nullish(
    v.union([
      v.picklist(['auto', 'disabled']),
      v.strictObject({
        type: v.literal('retention_ratio'),
        retention_ratio: share,
        token_limits: v.nullish(v.strictObject({ post_instructions: v.nullish(count) })),
      }),
    ]),
  ),
});

const item = { id: text, object: v.nullish(v.literal('realtime.item')), status: text };
const message = { ...item, type: v.literal('message') };
const inputText = v.strictObject({ type: v.literal('input_text'), text });

/** An item that a client may put into the conversation. */
export const itemSchema = v.variant('type', [
  v.variant('role', [
    v.strictObject({
      ...message,
      role: v.literal('system'),
      content: v.array(v.variant('type', [inputText])),
    }),
    v.strictObject({
      ...message,
      role: v.literal('user'),
      content: v.array(
        v.variant('type', [
          inputText,
          v.strictObject({ type: v.literal('input_audio'), audio: v.string(), transcript: text }),
          v.strictObject({ type: v.literal('input_image'), image_url: text, detail: text }),
        ]),
      ),
    }),
    v.strictObject({
      ...message,
      role: v.literal('assistant'),
      content: v.array(
        v.variant('type', [
          v.strictObject({ type: v.literal('output_text'), text }),
          v.strictObject({ type: v.literal('output_audio'), audio: text, transcript: text }),
        ]),
      ),
    }),
  ]),
  v.strictObject({
    ...item,
    type: v.literal('function_call'),
    name: v.string(),
    call_id: v.string(),
    arguments: v.string(),
  }),
  v.strictObject({
    ...item,
    type: v.literal('function_call_output'),
    call_id: v.string(),
    output: v.string(),
  }),
  v.strictObject({
    ...item,
    type: v.literal('mcp_approval_response'),
    approval_request_id: v.string(),
    approve: v.boolean(),
    reason: text,
  }),
]);

/** An item as a client sends it. */
export type ClientItem = v.InferOutput<typeof itemSchema>;

/** The `response` of `response.create`. */
export const responseSchema = v.strictObject({
  audio: v.nullish(
    v.strictObject({
      output: v.nullish(v.strictObject({ format: v.nullish(format), voice: v.nullish(voice) })),
    }),
  ),
  conversation: v.nullish(v.picklist(['auto', 'none'])),
  input: v.nullish(
    v.array(
      v.variant('type', [itemSchema, v.strictObject({ type: v.literal('item_reference'), id: v.string() })]),
    ),
  ),
  instructions: text,
  max_output_tokens: v.nullish(tokenLimit),
  metadata: v.nullish(v.record(v.string(), v.string())),
  output_modalities: v.nullish(outputModalities),
  parallel_tool_calls: v.nullish(v.boolean()),
  prompt: v.nullish(prompt),
  reasoning: v.nullish(reasoning),
  tool_choice: v.nullish(toolChoice),
  tools: v.nullish(tools),
});

/** What each client event may hold. What lies deeper is looked at by whoever translates it, or inside. */
export const eventFields: Readonly<Record<string, readonly string[]>> = {
  'session.update': ['session'],
  'input_audio_buffer.append': ['audio'],
  'input_audio_buffer.commit': [],
  'input_audio_buffer.clear': [],
  'conversation.item.create': ['item', 'previous_item_id'],
  'conversation.item.truncate': ['item_id', 'content_index', 'audio_end_ms'],
  'conversation.item.delete': ['item_id'],
  'conversation.item.retrieve': ['item_id'],
  'response.create': ['response'],
  'response.cancel': ['response_id'],
};
