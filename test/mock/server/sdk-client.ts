/** The official SDK of Voice Live as a client of the mock, and everything that its handlers are given. */
import {
  type RequestSession,
  type ServerEventUnion,
  type SessionTarget,
  VoiceLiveClient,
  type VoiceLiveSession,
  type VoiceLiveSessionHandlers,
} from '@azure/ai-voicelive';
import { Inbox } from './sdk-inbox.ts';
import type { WatchedMock } from './sdk-mock.ts';

type Handlers = Required<VoiceLiveSessionHandlers>;
type HandlerName = keyof Handlers;
type Given<Name extends HandlerName> = Parameters<Handlers[Name]>[0];
export type Credential = ConstructorParameters<typeof VoiceLiveClient>[1];

/** Handlers that are about the connection, or about every event. */
const untyped: ReadonlySet<string> = new Set(['onConnected', 'onDisconnected', 'onError', 'onServerEvent']);

export class SdkClient {
  readonly session: VoiceLiveSession;
  readonly #mock: WatchedMock;
  readonly #inbox = new Inbox();

  /** @param target default a model that speaks through text */
  constructor(
    mock: WatchedMock,
    credential: Credential = { key: 'any' },
    target: SessionTarget = { model: 'gpt-4o' },
  ) {
    this.#mock = mock;
    this.session = new VoiceLiveClient(mock.server.url, credential).createSession(target);
    const handlers = new Proxy<VoiceLiveSessionHandlers>(
      {},
      // Every handler that the SDK can ask for is there, those that it will have tomorrow too.
      { get: (_, name) => async (given: unknown) => this.#inbox.put(String(name), given) },
    );
    this.session.subscribe(handlers);
  }

  /** What a handler was given the first time, with the next call the second time, and so on. */
  next<Name extends HandlerName>(name: Name): Promise<Given<Name>> {
    return this.#inbox.next(name) as Promise<Given<Name>>;
  }

  /** Everything that a handler was given so far. */
  all<Name extends HandlerName>(name: Name): readonly Given<Name>[] {
    return this.#inbox.all(name) as Given<Name>[];
  }

  /** Updates the session and waits until it is. */
  async update(session: RequestSession): Promise<Given<'onSessionUpdated'>> {
    await this.session.updateSession(session);
    return this.next('onSessionUpdated');
  }

  async speak(frames: readonly Uint8Array[]): Promise<void> {
    for (const frame of frames) await this.session.sendAudio(frame);
  }

  /** What the SDK's handlers were given, and what the mock sent, up to now. */
  async account(): Promise<{ sent: string[]; delivered: string[]; typed: string[]; handlers: string[] }> {
    // The answer to this is behind everything that was sent before.
    await this.session.sendEvent({ type: 'input_audio_buffer.clear' });
    await this.next('onInputAudioBufferCleared');
    const { sent } = this.#mock;
    const events = this.all('onServerEvent');
    return {
      sent: sent.map(({ type, event_id }) => `${type} ${event_id}`),
      delivered: events.map(({ type, eventId }: ServerEventUnion) => `${type} ${eventId}`),
      typed: this.#inbox.names.filter((name) => !untyped.has(name)),
      handlers: events.map(({ type }) => handlerOf(type)),
    };
  }
}

/** `response.audio.delta` comes to `onResponseAudioDelta`. */
function handlerOf(type: string): string {
  if (type === 'error') return 'onServerError';
  return `on${type.replace(/(?:^|[._])(\w)/g, (_, letter: string) => letter.toUpperCase())}`;
}
