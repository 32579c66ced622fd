/**
 * Functions that the model calls and that run here.
 *
 * @module
 */

import type { Clock, Timer } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { FunctionTool } from '../protocol/events.ts';
import { type Notice, shortened, type Turn } from './actions.ts';
import type { Session } from './session.ts';

/** What a handler is told besides its arguments. */
export interface ToolContext {
  /** The call, as the service names it. */
  readonly callId: string;
  /** Aborted when the time is up, or the chat ends. */
  readonly signal: AbortSignal;
}

/** A function that the model may call. */
export interface Tool {
  readonly name: string;
  /** For the model: what it does, and when to call it. */
  readonly description?: string;
  /** A JSON Schema of its arguments, an object. Default: it takes none. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Looks at the arguments before the handler gets them; gives what is wrong with them. Default: they are taken as they come. */
  readonly check?: (args: unknown) => string | undefined;
  /** Does it. A string goes to the model as it is, anything else as JSON; what it throws is told to the model. */
  readonly handler: (args: unknown, context: ToolContext) => unknown;
}

/** Who runs the functions, and for whom. */
export interface ToolCallsOptions {
  readonly clock: Clock;
  /** By their names. */
  readonly tools: ReadonlyMap<string, Tool>;
  readonly session: Pick<Session, 'send' | 'respond'>;
  /** Told when a call has failed. Default nobody. */
  readonly onNotice?: (notice: Notice) => void;
  /** How long a handler may take. Default 60 000. */
  readonly timeoutMs?: number;
}

type ToolCall = Extract<Turn, { kind: 'tool-call' }>;

/** The calls of one response. */
interface Round {
  unanswered: number;
  /** How the response ended; undefined while it runs. */
  status: string | undefined;
  lostEnd: Timer | undefined;
}

/** A response whose end is not told so long after its last call was answered has ended: the message was lost. */
const LOST_END_MS = 15_000;

/** After the user's turn, an answer that the service begins by itself does so sooner. */
const OWN_ANSWER_MS = 3_000;

/** More of an error does not help the model. */
const MAX_ERROR_CHARACTERS = 1_000;

class ToolFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Runs the functions that the model calls, sends what they give, and has the model go on when the calls of a response are all
 * answered and it is over. While the user speaks, nothing is asked for: the answer to what is being said knows of the
 * outputs already. A response that was cancelled is not gone on with, but its calls are answered.
 *
 * @example
 * ```ts
 * import { type Tool, ToolCalls, VirtualClock } from 'voiceloop';
 *
 * const clock = new VirtualClock();
 * const weather: Tool = { name: 'weather', handler: () => ({ sky: 'foggy', celsius: 12 }) };
 * const did: string[] = [];
 * const session = { send: ({ type }: { type: string }) => void did.push(type), respond: () => void did.push('go on') };
 * const calls = new ToolCalls({ clock, tools: new Map([['weather', weather]]), session });
 * const call = { responseId: 'R', itemId: 'I', callId: 'C', name: 'weather', arguments: '{}' };
 * await clock.run(async () => {
 *   calls.onTurn({ kind: 'tool-call', ...call });
 *   calls.onTurn({ kind: 'answer-done', responseId: 'R', status: 'completed', userItemId: 'U' });
 *   await clock.sleep(1);
 * });
 * console.log(did.join(', ')); // conversation.item.create, go on
 * ```
 */
export class ToolCalls {
  readonly #options: ToolCallsOptions;
  readonly #rounds = new Map<string, Round>();
  readonly #running = new Set<AbortController>();
  #isStopped = false;
  /** From the user's first sound until the service begins to answer. */
  #isUsersTurn = false;
  #ownAnswer: Timer | undefined;
  /** The model has outputs that it has not spoken about. */
  #owesAnswer = false;

  constructor(options: ToolCallsOptions) {
    this.#options = options;
  }

  /** A step of the talk, as the session tells it. */
  onTurn(turn: Turn): void {
    if (this.#isStopped) return;
    if (turn.kind === 'tool-call') void this.#call(turn);
    else if (turn.kind === 'answer-done') this.#over(turn.responseId, turn.status);
    else if (turn.kind === 'user-started') this.#usersTurn(true);
    else if (turn.kind === 'user-ended') this.#expectOwnAnswer();
    else if (turn.kind === 'answer-started') {
      this.#owesAnswer = false;
      this.#usersTurn(false);
    }
  }

  /** Aborts what runs; nothing is sent any more. */
  stop(): void {
    this.#isStopped = true;
    this.#ownAnswer?.cancel();
    for (const { lostEnd } of this.#rounds.values()) lostEnd?.cancel();
    for (const abort of this.#running) abort.abort(new Error('the chat has ended'));
  }

  async #call(call: ToolCall): Promise<void> {
    const round = this.#rounds.get(call.responseId) ?? {
      unanswered: 0,
      status: undefined,
      lostEnd: undefined,
    };
    this.#rounds.set(call.responseId, round);
    round.unanswered++;
    round.lostEnd?.cancel();
    const output = await this.#output(call);
    if (this.#isStopped) return;
    const item = { type: 'function_call_output' as const, call_id: call.callId, output };
    this.#options.session.send({ type: 'conversation.item.create', item });
    round.unanswered--;
    this.#goOn(call.responseId, round);
  }

  /** What the model gets for its call. */
  async #output(call: ToolCall): Promise<string> {
    try {
      return stringOf(await this.#run(call));
    } catch (error) {
      if (this.#isStopped) return '';
      const { onNotice } = this.#options;
      const reason = messageOf(error);
      const code = error instanceof ToolFailure ? error.code : 'tool-failed';
      const name = shortened(call.name, 100);
      onNotice?.({ level: 'warning', code, message: shortened(`the tool ${name} failed: ${reason}`, 300) });
      return JSON.stringify({ error: shortened(reason, MAX_ERROR_CHARACTERS) });
    }
  }

  async #run(call: ToolCall): Promise<unknown> {
    const { clock, tools, timeoutMs = 60_000 } = this.#options;
    const tool = tools.get(call.name);
    if (!tool) throw new ToolFailure('tool-unknown', `there is no tool ${shortened(call.name, 100)}`);
    const args = argumentsOf(call);
    const wrong = tool.check?.(args);
    if (wrong !== undefined) throw new ToolFailure('tool-arguments-invalid', wrong);

    const abort = new AbortController();
    const { signal } = abort;
    this.#running.add(abort);
    const timer = clock.at(clock.now() + timeoutMs, () =>
      abort.abort(new ToolFailure('tool-timeout', `there was no result within ${timeoutMs / 1000} s`)),
    );
    try {
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
      const result = (async () => tool.handler(args, { callId: call.callId, signal }))();
      return await Promise.race([result, aborted]);
    } finally {
      timer.cancel();
      this.#running.delete(abort);
    }
  }

  #over(responseId: string, status: string): void {
    const round = this.#rounds.get(responseId);
    if (!round) return;
    round.status = status;
    this.#goOn(responseId, round);
  }

  #goOn(responseId: string, round: Round): void {
    if (round.unanswered > 0) return;
    const { clock } = this.#options;
    if (round.status === undefined) {
      round.lostEnd = clock.at(clock.now() + LOST_END_MS, () => this.#over(responseId, 'incomplete'));
      return;
    }
    round.lostEnd?.cancel();
    this.#rounds.delete(responseId);
    if (round.status === 'cancelled' || round.status === 'failed') return;
    this.#owesAnswer = true;
    this.#payAnswer();
  }

  #usersTurn(isUsersTurn: boolean): void {
    this.#ownAnswer?.cancel();
    this.#isUsersTurn = isUsersTurn;
    this.#payAnswer();
  }

  /** What the service took for speech may have been none, and then it does not answer. */
  #expectOwnAnswer(): void {
    const { clock } = this.#options;
    this.#ownAnswer?.cancel();
    this.#ownAnswer = clock.at(clock.now() + OWN_ANSWER_MS, () => this.#usersTurn(false));
  }

  #payAnswer(): void {
    if (!this.#owesAnswer || this.#isUsersTurn) return;
    this.#owesAnswer = false;
    this.#options.session.respond();
  }
}

/** The tools as a session's configuration names them. */
export function toolDefinitions(tools: Iterable<Tool>): FunctionTool[] {
  return Array.from(tools, ({ name, description, parameters }) => ({
    type: 'function',
    name,
    ...(description !== undefined && { description }),
    parameters: parameters ?? { type: 'object', properties: {} },
  }));
}

function argumentsOf({ arguments: written }: ToolCall): unknown {
  // A model that has nothing to say may write nothing.
  if (written.trim() === '') return {};
  try {
    return JSON.parse(written);
  } catch (error) {
    throw new ToolFailure(
      'tool-arguments-invalid',
      `the arguments are not JSON: ${(error as Error).message}`,
    );
  }
}

function stringOf(result: unknown): string {
  return typeof result === 'string' ? result : (JSON.stringify(result) ?? 'null');
}
