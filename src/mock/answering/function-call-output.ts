/**
 * One function call of the assistant on its way out.
 *
 * @module
 */
import type { Timer } from '../../clock.ts';
import type { ResponseFunctionCallItem } from '../../protocol/events.ts';
import type { ScriptedCall } from '../scenario/scenario.ts';
import type { SessionContext } from '../session-context.ts';
import { announceItem, finishItem, type OutputSlot, type ResponseOutput } from './output-item.ts';

/** Sends the call's events in the service's order, its arguments piece by piece as a model writes them. */
export class FunctionCallOutput implements ResponseOutput {
  readonly itemId: string;
  readonly callId: string;
  readonly sentAudioMs = 0;
  readonly #context: SessionContext;
  readonly #slot: OutputSlot;
  readonly #call: ScriptedCall;
  readonly #onComplete: () => void;
  readonly #pieces: readonly string[];
  #nextPiece = 0;
  #timer: Timer | undefined;
  #sentText = '';
  #status: ResponseFunctionCallItem['status'] = 'in_progress';

  /** @param onComplete called once, when everything has been sent */
  constructor(context: SessionContext, slot: OutputSlot, call: ScriptedCall, onComplete: () => void) {
    this.#context = context;
    this.#slot = slot;
    this.#call = call;
    this.#onComplete = onComplete;
    this.itemId = context.ids.next('item');
    this.callId = context.ids.next('call');
    this.#pieces = call.arguments.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]+/gu) ?? [];
  }

  get sentText(): string {
    return this.#sentText;
  }

  get item(): ResponseFunctionCallItem & { id: string } {
    return {
      id: this.itemId,
      object: 'realtime.item',
      type: 'function_call',
      status: this.#status,
      name: this.#call.name,
      call_id: this.callId,
      arguments: this.#sentText,
    };
  }

  begin(): void {
    announceItem(this.#context, this.#slot, this.item);
    this.#sendPieces();
  }

  close(status: 'completed' | 'incomplete'): void {
    const { channel, store } = this.#context;
    this.#timer?.cancel();
    this.#status = status;
    const { item } = this;
    channel.send({
      type: 'response.function_call_arguments.done',
      ...this.#place,
      name: item.name,
      arguments: item.arguments,
    });
    finishItem(this.#context, this.#slot, item);
    const stored = store.find(this.itemId);
    if (stored) stored.item = item;
  }

  get #place() {
    return {
      response_id: this.#slot.responseId,
      item_id: this.itemId,
      output_index: this.#slot.outputIndex,
      call_id: this.callId,
    };
  }

  #sendPieces(): void {
    const { channel, clock, delays, timers } = this.#context;
    const delta = this.#pieces[this.#nextPiece];
    if (delta === undefined) {
      this.#onComplete();
      return;
    }
    this.#nextPiece += 1;
    this.#sentText += delta;
    channel.send({ type: 'response.function_call_arguments.delta', ...this.#place, delta });
    this.#timer = timers.at(clock.now() + delays.draw('argumentInterval'), () => this.#sendPieces());
  }
}
