/**
 * The Voice Live service's side of one connection, without the connection.
 *
 * @module
 */
import type { Clock } from '../clock.ts';
import { clientEventTypes } from '../protocol/events.ts';
import type { Random } from '../random.ts';
import { createItem, deleteItem, retrieveItem, truncateItem } from './conversation-requests.ts';
import { ConversationStore } from './conversation-store.ts';
import { EventChannel, RequestRefused } from './event-channel.ts';
import { IdSource } from './ids.ts';
import { latencyProfiles, StageDelays } from './latency-profile.ts';
import type { MockTrace } from './mock-trace.ts';
import {
  appendSchema,
  cancelSchema,
  parseRequest,
  responseCreateSchema,
  sessionUpdateSchema,
} from './request-schema.ts';
import { Responder } from './responder.ts';
import type { Scenario } from './scenario.ts';
import { SessionConfig } from './session-config.ts';
import type { SessionContext } from './session-context.ts';
import { TimerGroup } from './timer-group.ts';
import { UserTurns } from './user-turns.ts';

const sessionSeconds = 3600;
const clientTypes: ReadonlySet<string> = new Set(clientEventTypes);

/** What a session is made of and how it is watched. */
export interface MockSessionOptions {
  readonly clock: Clock;
  /** Ids and delays come from forks of it: the same seed and the same input at the same times give the same output. */
  readonly random: Random;
  readonly scenario: Scenario;
  /** As asked for in the URL; default the scenario's pipeline's usual model. */
  readonly model?: string | undefined;
  /** What the user says in a turn, counted from 0, where the scenario does not say it; default nothing. */
  readonly transcript?: ((turn: number) => string | undefined) | undefined;
  /** Takes every message of the server. */
  send(text: string): void;
  /** Is told what no client can see. */
  trace?: ((trace: MockTrace) => void) | undefined;
}

type ClientMessage = Readonly<Record<string, unknown>>;

/**
 * A state machine on a clock: text messages in, text messages out. It listens to the audio it is sent, finds the turns in it,
 * answers with the scenario's answers in turn, and can be interrupted. Follows the public description of the service's
 * protocol (api-version 2026-07-15) and recordings of it, in the order of events and to the field.
 *
 * @example
 * ```ts
 * import { MockSession, Random, VirtualClock } from 'voiceloop';
 *
 * const session = new MockSession({
 *   clock: new VirtualClock(),
 *   random: new Random(1),
 *   scenario: {
 *     name: 'hum',
 *     pipeline: 'cascaded',
 *     profile: 'typical',
 *     network: 'clean',
 *     answers: [{ text: 'Hm.', samples: new Float32Array(24_000), rateHz: 24_000 }],
 *   },
 *   send: (text) => console.log(JSON.parse(text).type),
 * });
 * session.start(); // session.created
 * session.receive('{"type":"input_audio_buffer.clear"}'); // input_audio_buffer.cleared
 * session.stop();
 * ```
 */
export class MockSession {
  readonly #context: SessionContext;
  readonly #responder: Responder;
  readonly #turns: UserTurns;
  readonly #handlers: Readonly<Record<string, (event: ClientMessage) => void>>;
  #updatedAtMs = 0;
  #hasStopped = false;

  /** @throws {RangeError} where the scenario has no answers */
  constructor(options: MockSessionOptions) {
    const { clock, random, scenario } = options;
    const ids = new IdSource(random.fork('ids'));
    this.#context = {
      pipeline: scenario.pipeline,
      clock,
      timers: new TimerGroup(clock),
      ids,
      channel: new EventChannel((text) => options.send(text), ids),
      config: new SessionConfig({
        pipeline: scenario.pipeline,
        id: ids.next('sess'),
        model: options.model,
        expiresAt: Math.floor(clock.unixMs() / 1000) + sessionSeconds,
      }),
      delays: new StageDelays(latencyProfiles[scenario.profile], random.fork('delays')),
      store: new ConversationStore(),
      conversationId: ids.next('conv'),
      oddSplits: scenario.oddSplits ?? false,
      trace: (trace) => options.trace?.(trace),
    };
    this.#responder = new Responder(this.#context, scenario.answers);
    this.#turns = new UserTurns(this.#context, this.#responder, options.transcript ?? (() => undefined));
    this.#handlers = {
      'session.update': (event) => this.#update(event),
      'input_audio_buffer.append': (event) => this.#turns.append(parseRequest(appendSchema, event).audio),
      'input_audio_buffer.commit': () => this.#turns.commit(),
      'input_audio_buffer.clear': () => this.#turns.clear(),
      'conversation.item.create': (event) => createItem(this.#context, event),
      'conversation.item.truncate': (event) => truncateItem(this.#context, event),
      'conversation.item.delete': (event) => deleteItem(this.#context, event),
      'conversation.item.retrieve': (event) => retrieveItem(this.#context, event),
      'response.create': (event) => this.#createResponse(event),
      'response.cancel': (event) => this.#responder.cancel(parseRequest(cancelSchema, event).response_id),
      'output_audio_buffer.clear': refuseWithoutAvatar,
    };
  }

  /** Greets the client; nothing may be received before. */
  start(): void {
    const { channel, config } = this.#context;
    channel.send({ type: 'session.created', session: config.effective });
  }

  /** Takes one message of the client. Whatever it holds, the answer to a wrong one is an `error` event. */
  receive(text: string): void {
    if (this.#hasStopped) return;
    let eventId: string | null = null;
    try {
      const event = parseEvent(text);
      if (typeof event['event_id'] === 'string') eventId = event['event_id'];
      this.#handle(event);
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      this.#context.channel.refuse(error, eventId);
    }
  }

  /** The connection is gone: nothing is sent any more, and no timer stays behind. */
  stop(): void {
    this.#hasStopped = true;
    this.#context.timers.end();
  }

  #handle(event: ClientMessage): void {
    const type = event['type'];
    if (type === undefined) {
      throw new RequestRefused('missing_required_parameter', "Missing required parameter: 'type'.", 'type');
    }
    if (typeof type !== 'string' || !clientTypes.has(type)) {
      const message = `Invalid value for 'type': ${JSON.stringify(type)} is no event that a client sends.`;
      throw new RequestRefused('invalid_value', message, 'type');
    }
    this.#handlers[type]?.(event);
  }

  #update(event: ClientMessage): void {
    const { config, channel, clock, timers, delays } = this.#context;
    const update = parseRequest(sessionUpdateSchema, event['session'], 'session');
    config.update(update, { hasHeard: this.#turns.hasHeard, hasSpoken: this.#responder.hasSpoken });
    this.#turns.configure();
    const session = { ...config.effective };
    // An update that is drawn a short delay still does not overtake the one before it.
    this.#updatedAtMs = Math.max(this.#updatedAtMs, clock.now() + delays.draw('sessionUpdate'));
    timers.at(this.#updatedAtMs, () => channel.send({ type: 'session.updated', session }));
  }

  #createResponse(event: ClientMessage): void {
    const request = parseRequest(responseCreateSchema, event).response ?? {};
    if (request.commit ?? true) this.#turns.commitPending();
    this.#responder.create(request);
  }
}

function parseEvent(text: string): ClientMessage {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    throw new RequestRefused('invalid_json', 'The message is not JSON.');
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new RequestRefused('invalid_type', 'The message is not a JSON object.');
  }
  return event as ClientMessage;
}

function refuseWithoutAvatar(): never {
  const message = 'There is no output audio buffer without an avatar.';
  throw new RequestRefused('invalid_value', message, 'output_audio_buffer.clear');
}
