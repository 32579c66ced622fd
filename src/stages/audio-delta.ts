/**
 * The message that carries a piece of the agent's audio, found in a text.
 *
 * @module
 */
/** What an audio delta says, its audio still in base64. */
export interface AudioDelta {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
  readonly base64: string;
}

/**
 * The one message that comes often, in the order in which the service writes it, up to `"delta":"`. What this and
 * {@link usualTail} enclose needs no JSON.parse, three to six times as dear, once it has turned out to be pure base64.
 */
const usualHead =
  /^\{(?:"event_id":"[\w-]*",)?"type":"response\.(?:output_)?audio\.delta",(?:"event_id":"[\w-]*",)?"response_id":"([\w-]+)","item_id":"([\w-]+)","output_index":(?:0|[1-9]\d{0,8}),"content_index":(0|[1-9]\d{0,8}),"delta":"/;
const usualTail = '"}';

/** Finds its way by the shape alone. What it finds holds only if the base64 in it does: a quote, say, is none. */
export function scanDelta(text: string): AudioDelta | undefined {
  const head = usualHead.exec(text);
  if (!head || text.length < head[0].length + usualTail.length || !text.endsWith(usualTail)) return undefined;
  const [{ length }, responseId = '', itemId = '', contentIndex] = head;
  const base64 = text.slice(length, -usualTail.length);
  return { responseId, itemId, contentIndex: Number(contentIndex), base64 };
}

/** For any message: undefined where it is not agent audio, a sentence where it should be and is not. */
export function parseDelta(text: string): AudioDelta | string | undefined {
  // Spares other messages from being parsed twice; with an escape in it, the type may hide.
  if (!text.includes('audio.delta') && !text.includes('\\u')) return undefined;
  const { type, response_id, item_id, content_index, delta } = parseObject(text);
  if (type !== 'response.audio.delta' && type !== 'response.output_audio.delta') return undefined;
  if (typeof response_id !== 'string' || response_id === '') return 'an audio delta has no response_id';
  if (typeof item_id !== 'string' || item_id === '') return 'an audio delta has no item_id';
  const contentIndex = content_index ?? 0;
  if (!Number.isSafeInteger(contentIndex)) return `an audio delta of ${item_id} has no usable content_index`;
  if (typeof delta !== 'string') return `an audio delta of ${item_id} has no audio`;
  return { responseId: response_id, itemId: item_id, contentIndex: contentIndex as number, base64: delta };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
