/**
 * What a response is said to have cost.
 *
 * @module
 */
import type { ResponseItemUnion, TokenUsage } from '../protocol/events.ts';
import type { StoredItem } from './conversation-store.ts';

const charactersPerToken = 4;
/** As the service counts: audio heard and audio spoken. */
export const inputTokensPerSecond = 10;
const outputTokensPerSecond = 20;

/** What a response put out. */
export interface Output {
  readonly text: string;
  readonly audioMs: number;
}

/** Counts roughly as the service does; everything is fresh, nothing comes from a cache. */
export function tokenUsage(instructions: string, context: readonly StoredItem[], output: Output): TokenUsage {
  const input = { text: textTokens(instructions), audio: 0 };
  for (const { item, audioMs } of context) {
    input.text += textTokens(textOf(item));
    if (isFromUser(item)) input.audio += Math.round((audioMs / 1000) * inputTokensPerSecond);
  }
  const { text, audio } = outputTokens(output);
  return {
    total_tokens: input.text + input.audio + text + audio,
    input_tokens: input.text + input.audio,
    output_tokens: text + audio,
    input_token_details: {
      cached_tokens: 0,
      text_tokens: input.text,
      audio_tokens: input.audio,
      image_tokens: 0,
      cached_tokens_details: { text_tokens: 0, audio_tokens: 0, image_tokens: 0 },
    },
    output_token_details: { text_tokens: text, audio_tokens: audio, reasoning_tokens: 0 },
  };
}

/** What an output costs. */
export function outputTokens({ text, audioMs }: Output): { readonly text: number; readonly audio: number } {
  return { text: textTokens(text), audio: Math.round((audioMs / 1000) * outputTokensPerSecond) };
}

/** What so many letters cost. */
export function textTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}

function isFromUser(item: ResponseItemUnion): boolean {
  return item.type === 'message' && item.role === 'user';
}

/** What of the item the model reads; a user's audio it hears. */
export function textOf(item: ResponseItemUnion): string {
  if (item.type === 'function_call_output') return item.output;
  if (item.type === 'function_call') return item.arguments;
  if (item.type !== 'message') return '';
  return item.content
    .map((part) => ('text' in part ? part.text : part.type === 'audio' ? part.transcript : ''))
    .join('');
}
