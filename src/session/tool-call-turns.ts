/**
 * Calls of local functions, told once each, whichever of the service's events has all of it first.
 *
 * @module
 */
import type {
  ServerResponseFunctionCallArgumentsDone,
  ServerResponseOutputItemDone,
} from '../protocol/events.ts';
import { type Action, turn } from './actions.ts';

/** The calls of a conversation. */
export class ToolCallTurns {
  readonly #told = new Set<string>();

  /**
   * `response.function_call_arguments.done`.
   *
   * @param isCutOff whether the response was interrupted: the event comes then, too, with what there is of the arguments
   */
  argumentsDone(event: ServerResponseFunctionCallArgumentsDone, isCutOff: boolean): readonly Action[] {
    // OpenAI's first version had no name here.
    if (isCutOff || typeof event.name !== 'string') return [];
    return this.#tell(event.response_id, event.item_id, event.call_id, event.name, event.arguments);
  }

  /** `response.output_item.done`. */
  itemDone({ response_id, item }: ServerResponseOutputItemDone): readonly Action[] {
    if (item?.type !== 'function_call' || !item.id || item.status === 'incomplete') return [];
    const { id, call_id, name, arguments: written } = item;
    const isWhole = [call_id, name, written].every((field) => typeof field === 'string');
    return isWhole ? this.#tell(response_id, id, call_id, name, written) : [];
  }

  #tell(
    responseId: string,
    itemId: string,
    callId: string,
    name: string,
    written: string,
  ): readonly Action[] {
    if (this.#told.has(callId)) return [];
    this.#told.add(callId);
    return [turn({ kind: 'tool-call', responseId, itemId, callId, name, arguments: written })];
  }
}
