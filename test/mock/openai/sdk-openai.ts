/** The realtime clients of the package `openai` as clients of the mock, and everything that their listeners are given. */
import { AzureOpenAI, OpenAI } from 'openai';
import type { OpenAIRealtimeError } from 'openai/realtime/internal-base';
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import type { RealtimeClientEvent, RealtimeServerEvent } from 'openai/resources/realtime/realtime';
import { Inbox } from '../server/sdk-inbox.ts';
import type { WatchedMock } from '../server/sdk-mock.ts';
import { faultsOf, packageEventTypes } from './package-types.ts';

type Connection = OpenAIRealtimeWS | OpenAIRealtimeWebSocket;
type EventType = Exclude<RealtimeServerEvent['type'], 'error'>;
type EventOf<Type extends string> = Extract<RealtimeServerEvent, { type: Type }>;

const model = 'gpt-realtime';

/** The ways in which the package connects, by the names of its classes and factories. */
export const ways: Readonly<Record<string, (mock: WatchedMock, apiKey: string) => Promise<Connection>>> = {
  OpenAIRealtimeWS: async (mock, apiKey) =>
    new OpenAIRealtimeWS({ model, options: { ca: mock.server.certificate } }, openAi(mock, '/v1', apiKey)),
  "OpenAIRealtimeWS at Azure's path": async (mock, apiKey) =>
    new OpenAIRealtimeWS(
      { model, options: { ca: mock.server.certificate } },
      openAi(mock, '/openai/v1', apiKey),
    ),
  'OpenAIRealtimeWS.azure': (mock, apiKey) =>
    OpenAIRealtimeWS.azure(azure(mock, apiKey), { options: { ca: mock.server.certificate } }),
  OpenAIRealtimeWebSocket: async (mock, apiKey) =>
    new OpenAIRealtimeWebSocket({ model }, openAi(mock, '/v1', apiKey)),
  'OpenAIRealtimeWebSocket.azure': (mock, apiKey) => OpenAIRealtimeWebSocket.azure(azure(mock, apiKey)),
};

export class OpenAiPackageClient {
  readonly connection: Connection;
  readonly #mock: WatchedMock;
  readonly #inbox = new Inbox();

  /** Connects in one of the {@link ways}; waits for nothing. */
  static async open(
    mock: WatchedMock,
    way = 'OpenAIRealtimeWS',
    apiKey = 'any',
  ): Promise<OpenAiPackageClient> {
    const connect = ways[way];
    if (!connect) throw new Error(`there is no way ${way}`);
    return new OpenAiPackageClient(mock, await connect(mock, apiKey));
  }

  constructor(mock: WatchedMock, connection: Connection) {
    this.#mock = mock;
    this.connection = connection;
    connection.on('event', (event) => this.#inbox.put('event', event));
    connection.on('error', (error) => this.#inbox.put('error', error));
    for (const type of packageEventTypes.filter((each) => each !== 'error')) {
      connection.on(type as EventType, (event: unknown) => this.#inbox.put(type, event));
    }
    connection.socket.addEventListener('close', ({ code }: { code: number }) =>
      this.#inbox.put('close', code),
    );
  }

  send(event: RealtimeClientEvent): void {
    this.connection.send(event);
  }

  async speak(frames: readonly Uint8Array[]): Promise<void> {
    for (const frame of frames) {
      this.send({ type: 'input_audio_buffer.append', audio: Buffer.from(frame).toString('base64') });
    }
  }

  /** What the listener of a type was given the first time, with the next call the second time, and so on. */
  next<Type extends EventType>(type: Type): Promise<EventOf<Type>> {
    return this.#inbox.next(type) as Promise<EventOf<Type>>;
  }

  nextError(): Promise<OpenAIRealtimeError> {
    return this.#inbox.next('error') as Promise<OpenAIRealtimeError>;
  }

  /** The code with which the connection was closed. */
  closed(): Promise<number> {
    return this.#inbox.next('close') as Promise<number>;
  }

  all<Type extends EventType>(type: Type): readonly EventOf<Type>[] {
    return this.#inbox.all(type) as EventOf<Type>[];
  }

  get errors(): readonly OpenAIRealtimeError[] {
    return this.#inbox.all('error') as OpenAIRealtimeError[];
  }

  /** The audio of all answers, in pieces. */
  get audio(): readonly Uint8Array[] {
    return this.all('response.output_audio.delta').map(({ delta }) => Buffer.from(delta, 'base64'));
  }

  /** What the mock sent, what came out of the package, and what of it is not in the form of the package's types. */
  async account(): Promise<{ sent: unknown[]; delivered: unknown[]; typed: string[]; faults: string[] }> {
    // The answer to this is behind everything that was sent before.
    this.send({ type: 'input_audio_buffer.clear' });
    await this.next('input_audio_buffer.cleared');
    const delivered = [...this.#inbox.all('event')] as RealtimeServerEvent[];
    return {
      sent: [...this.#mock.sent],
      delivered,
      typed: this.#inbox.names.filter((name) => name !== 'event'),
      faults: delivered.flatMap((event) => faultsOf({ ...event }).map((fault) => `${event.type}: ${fault}`)),
    };
  }
}

function openAi(mock: WatchedMock, path: string, apiKey: string): OpenAI {
  return new OpenAI({ apiKey, baseURL: mock.server.url + path });
}

function azure(mock: WatchedMock, apiKey: string): AzureOpenAI {
  const apiVersion = '2025-08-28';
  return new AzureOpenAI({ apiKey, endpoint: mock.server.url, apiVersion, deployment: model });
}
