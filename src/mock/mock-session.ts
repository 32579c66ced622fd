/**
 * The Voice Live service's side of one connection, without the connection.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { clientEventTypes } from '../protocol/events.ts';
import { Responder } from './answering/responder.ts';
import {
  appendText,
  checkItems,
  createItem,
  deleteItem,
  finishText,
  retrieveItem,
  truncateItem,
} from './conversation-requests.ts';
import { type Dialect, voiceLiveDialect } from './dialect.ts';
import { EventChannel, RequestRefused } from './event-channel.ts';
import { FaultInjector } from './faults/fault-injector.ts';
import { Outbox } from './frame-outbox.ts';
import { readAppend } from './hearing/append-message.ts';
import { UserTurns } from './hearing/user-turns.ts';
import { IdSource } from './ids.ts';
import type { MockSessionOptions } from './mock-session-options.ts';
import {
  appendSchema,
  avatarConnectSchema,
  cancelSchema,
  parseRequest,
  responseCreateSchema,
  sessionUpdateSchema,
} from './request-schema.ts';
import { EventScript } from './scenario/event-script.ts';
import { openingMoment } from './scenario/moment.ts';
import { openContext, type SessionContext } from './session-context.ts';
import { TimerGroup } from './timer-group.ts';

const sessionSeconds = 3600;
const clientTypes: ReadonlySet<string> = new Set(clientEventTypes);

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
 *     answers: [{ text: 'Hm.', speech: { samples: new Float32Array(24_000), rateHz: 24_000 } }],
 *   },
 *   send: (text) => console.log(JSON.parse(text).type),
 * });
 * session.start(); // session.created
 * session.receive('{"type":"input_audio_buffer.clear"}'); // input_audio_buffer.cleared
 * session.stop();
 * ```
 */
export class MockSession {
  readonly #options: MockSessionOptions;
  readonly #context: SessionContext;
  readonly #dialect: Dialect;
  readonly #outbox: Outbox;
  readonly #faults: FaultInjector;
  readonly #script: EventScript;
  readonly #responder: Responder;
  readonly #turns: UserTurns;
  readonly #handlers: Readonly<Record<string, (event: ClientMessage) => void>>;
  #updatedAtMs = 0;
  #hasGreeted = false;
  #hasStopped = false;

  /** @throws {RangeError} where the scenario has no answers */
  constructor(options: MockSessionOptions) {
    const { clock, random, scenario, connection = 0, dialect = voiceLiveDialect } = options;
    this.#options = options;
    this.#dialect = dialect;
    const ids = new IdSource(random.fork('ids'));
    const timers = new TimerGroup(clock);
    this.#outbox = new Outbox({
      clock,
      timers,
      ids,
      dialect,
      send: (text) => options.send(text),
      frame: (frame) => options.frame?.(frame),
    });
    const channel = new EventChannel((frame) => this.#outbox.put(frame), ids);
    this.#context = openContext(options, this.#lifetimeSeconds, { ids, timers, channel });
    this.#responder = new Responder(this.#context, scenario);
    const faults = (scenario.faults ?? []).filter(({ connections }) => connection < connections);
    this.#faults = new FaultInjector(faults, clock, timers, {
      close: (code, reason) => this.#close(code, reason),
      toxic: (toxic) => options.toxic?.(toxic),
      stall: (forMs) => this.#outbox.stall(forMs),
      endResponse: (status, details) => this.#responder.end(status, details),
      sendBesides: (event) => channel.sendBesides(event),
    });
    this.#script = new EventScript(scenario.events ?? [], this.#context);
    channel.routeBy({
      pass: (event, deliver) => this.#faults.pass(event, deliver),
      sent: (event) => this.#script.sent(event),
    });
    this.#turns = new UserTurns(this.#context, this.#responder, {
      transcript: options.transcript ?? (() => undefined),
      turns: scenario.turns,
      takeTranscriptionFailure: () => this.#faults.takeTranscriptionFailure(),
    });
    this.#handlers = this.#makeHandlers();
  }

  /** Greets the client; nothing may be received before. */
  start(): void {
    const { channel, config, clock, timers } = this.#context;
    this.#faults.opened();
    this.#script.passed(openingMoment);
    if (this.#hasStopped) return;
    channel.send({ type: 'session.created', session: config.effective });
    timers.at(clock.now() + this.#lifetimeSeconds * 1000, () => this.#expire());
  }

  /** Takes one message of the client. Whatever it holds, the answer to a wrong one is an `error` event. */
  receive(text: string): void {
    if (this.#hasStopped) return;
    let eventId: string | null = null;
    try {
      const event = this.#parse(text);
      if (typeof event['event_id'] === 'string') eventId = event['event_id'];
      this.#handle(this.#dialect.incoming(event));
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      this.#context.channel.refuse(error, eventId);
    }
  }

  /** The connection is gone: nothing is sent any more, and no timer stays behind. */
  stop(): void {
    this.#hasStopped = true;
    this.#outbox.end();
    this.#context.timers.end();
  }

  get #lifetimeSeconds(): number {
    return this.#options.scenario.sessionSeconds ?? sessionSeconds;
  }

  #makeHandlers(): Readonly<Record<string, (event: ClientMessage) => void>> {
    const context = this.#context;
    return {
      'session.update': (event) => this.#update(event),
      'session.avatar.connect': (event) => this.#connectAvatar(event),
      'input_audio_buffer.append': (event) => this.#turns.append(parseRequest(appendSchema, event).audio),
      'input_audio_buffer.commit': () => this.#turns.commit(),
      'input_audio_buffer.clear': () => this.#turns.clear(),
      'input_text.delta': (event) => appendText(context, event),
      'input_text.done': (event) => finishText(context, event),
      'conversation.item.create': (event) => createItem(context, event),
      'conversation.item.truncate': (event) => truncateItem(context, event),
      'conversation.item.delete': (event) => deleteItem(context, event),
      'conversation.item.retrieve': (event) => retrieveItem(context, event),
      'response.create': (event) => this.#createResponse(event),
      'response.cancel': (event) => this.#responder.cancel(parseRequest(cancelSchema, event).response_id),
      'output_audio_buffer.clear': refuseWithoutAvatar,
    };
  }

  #parse(text: string): ClientMessage {
    const atMs = this.#context.clock.now();
    const parsed = readAppend(text) ?? parseEvent(text);
    const isEvent = !(parsed instanceof RequestRefused);
    this.#options.frame?.({
      atMs,
      direction: 'received',
      content: isEvent ? parsed : text,
      bytes: Buffer.byteLength(text),
    });
    if (isEvent) return parsed;
    throw parsed;
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
    const rejection = this.#faults.received(type);
    if (rejection !== undefined)
      throw new RequestRefused(rejection, 'The scenario refuses this event.', type);
    this.#handlers[type]?.(event);
    this.#script.passed(type);
  }

  #update(event: ClientMessage): void {
    const { config, channel, clock, timers, delays } = this.#context;
    const update = parseRequest(sessionUpdateSchema, event['session'], 'session');
    config.update(update, { hasHeard: this.#turns.hasHeard, hasSpoken: this.#responder.hasSpoken });
    this.#turns.configure();
    const session = { ...config.effective };
    // An update that is drawn a short delay still does not overtake the one before it.
    this.#updatedAtMs = Math.max(this.#updatedAtMs, clock.now() + delays.draw('sessionUpdate'));
    timers.at(this.#updatedAtMs, () => {
      channel.send({ type: 'session.updated', session });
      this.#greet();
    });
  }

  /** Once the client has said how it wants to be spoken to. */
  #greet(): void {
    const { greeting } = this.#options.scenario;
    if (this.#hasGreeted || !greeting) return;
    this.#hasGreeted = true;
    this.#responder.say(greeting);
  }

  /** What an avatar answers is for the scenario to say. */
  #connectAvatar(event: ClientMessage): void {
    parseRequest(avatarConnectSchema, event);
    if (this.#context.config.effective.avatar) return;
    throw new RequestRefused('invalid_value', 'The session has no avatar.', 'session.avatar');
  }

  #expire(): void {
    const minutes = this.#lifetimeSeconds / 60;
    const duration = Number.isInteger(minutes) ? `${minutes} minutes` : `${this.#lifetimeSeconds} seconds`;
    const message = `Your session hit the maximum duration of ${duration}.`;
    this.#context.channel.send({
      type: 'error',
      error: { type: 'invalid_request_error', code: 'session_expired', message, param: null, event_id: null },
    });
    this.#close(1001, 'session expired');
  }

  #close(code: number, reason: string): void {
    this.stop();
    this.#options.close?.(code, reason);
  }

  #createResponse(event: ClientMessage): void {
    const { response, additional_instructions } = parseRequest(responseCreateSchema, event);
    const request = { ...response };
    if (additional_instructions) {
      const instructions = request.instructions ?? this.#context.config.effective.instructions;
      request.instructions = `${instructions}\n${additional_instructions}`;
    }
    request.max_output_tokens ??= request.max_response_output_tokens;
    checkItems([...(request.input_items ?? []), ...(request.append_input_items ?? [])]);
    if (request.commit ?? true) this.#turns.commitPending();
    this.#responder.create(request);
  }
}

function parseEvent(text: string): ClientMessage | RequestRefused {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    return new RequestRefused('invalid_json', 'The message is not JSON.');
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    return new RequestRefused('invalid_type', 'The message is not a JSON object.');
  }
  return event as ClientMessage;
}

function refuseWithoutAvatar(): never {
  const message = 'There is no output audio buffer without an avatar.';
  throw new RequestRefused('invalid_value', message, 'output_audio_buffer.clear');
}
