/**
 * The service at the other end of a loop: a mock inside this process, or one behind an endpoint.
 *
 * @module
 */
import type { Clock } from '../clock.ts';
import { VoiceloopError } from '../errors.ts';
import { needsSocket } from '../mock/faults/faults.ts';
import { MockSession } from '../mock/mock-session.ts';
import type { MockTrace } from '../mock/mock-trace.ts';
import type { Scenario } from '../mock/scenario/scenario.ts';
import { startMock } from '../mock/server/server.ts';
import type { Transport, TransportEvents } from '../pipeline/transport.ts';
import { networkModels } from '../protocol/network-link.ts';
import { Random } from '../random.ts';
import { authHeaders, type Credential } from '../session/credentials.ts';
import { type AgentAddress, realtimeUrl } from '../session/endpoint.ts';
import { memoryTransport } from '../stages/memory-transport.ts';
import { openSocket } from '../stages/socket-transport.ts';

/** Which service a loop talks to. */
export type ServiceChoice =
  | { readonly kind: 'mock'; readonly scenario: Scenario }
  | {
      readonly kind: 'endpoint';
      /** As in the settings, `https://…` or `http://127.0.0.1:…`. */
      readonly endpoint: string;
      readonly apiVersion?: string;
      /** Answers in place of the model. */
      readonly agent?: AgentAddress;
      /** As in the address, `client_ec_reference:true`. Default none. */
      readonly features?: readonly string[];
      readonly credential: Credential | undefined;
    };

/** What a service is opened with. */
export interface ServiceOptions {
  readonly clock: Clock;
  readonly seed: number;
  /** Left out of the address where an agent answers. */
  readonly model: string;
  /** What the user says right now: the mock's transcript of it. */
  readonly transcript: () => string;
  /** Gives up dialling. */
  readonly signal?: AbortSignal;
  /** What a mock knows about its turns. */
  readonly trace: (trace: MockTrace) => void;
}

/** A service that can be dialled. */
export interface Service {
  /** As in a report. */
  readonly name: string;
  dial(events: TransportEvents): Promise<Transport>;
  close(): Promise<void>;
}

/**
 * Makes a service ready. The mock is in this process in any case: on a virtual clock behind a modelled network, on the real
 * clock behind a real socket.
 *
 * @throws {VoiceloopError} `clock-needs-mock` for an endpoint on a virtual clock; what the endpoint's address or the mock's
 *   port have wrong
 */
export async function openService(choice: ServiceChoice, options: ServiceOptions): Promise<Service> {
  if (choice.kind === 'mock') {
    return options.clock.kind === 'virtual'
      ? virtualMock(choice.scenario, options)
      : socketMock(choice.scenario, options);
  }
  if (options.clock.kind === 'virtual') {
    throw new VoiceloopError('usage', 'clock-needs-mock', 'a service elsewhere keeps real time', {
      hint: 'leave out --clock virtual, or use --mock',
    });
  }
  const { endpoint, credential } = choice;
  const url = realtimeUrl({ ...choice, model: options.model });
  return {
    name: endpoint,
    dial: async (events) =>
      openSocket({
        clock: options.clock,
        url: url.href,
        headers: credential ? await authHeaders(credential) : {},
        events,
        ...(options.signal && { signal: options.signal }),
      }),
    close: async () => {},
  };
}

function virtualMock(scenario: Scenario, options: ServiceOptions): Service {
  refuseSocketFaults(scenario);
  const { clock, model, transcript, trace } = options;
  const random = new Random(options.seed);
  let session: MockSession | undefined;
  let dialled = 0;
  return {
    name: mockName(scenario),
    async dial(events) {
      const network = memoryTransport({
        clock,
        model: networkModels[scenario.network],
        random: random.fork('network'),
      });
      const client = network.client(events);
      let isCut = false;
      const server = network.server({
        onMessage: (text) => {
          if (!isCut) mock.receive(text);
        },
        onClose: () => mock.stop(),
      });
      const mock = new MockSession({
        clock,
        random: random.fork('mock'),
        scenario,
        model,
        connection: dialled++,
        transcript,
        trace,
        send: (text) => {
          if (!isCut) server.send(text);
        },
        close: (code, reason) => {
          if (!isCut) void server.close(code, reason);
        },
        toxic: ({ name }) => {
          // A message is the smallest thing here: nothing passes any more, or everything is over.
          if (name === 'reset') void server.close(1006);
          else isCut = true;
        },
      });
      session = mock;
      mock.start();
      return client;
    },
    async close() {
      session?.stop();
    },
  };
}

async function socketMock(scenario: Scenario, options: ServiceOptions): Promise<Service> {
  const { clock, seed, model, transcript, trace } = options;
  const mock = await startMock({ clock, scenario, seed, transcript, trace });
  const url = realtimeUrl({ endpoint: mock.url, model });
  return {
    name: mockName(scenario),
    dial: (events) => openSocket({ clock, url: url.href, headers: {}, events }),
    close: () => mock.close(),
  };
}

/** Faults of handshakes and of bytes need both. */
function refuseSocketFaults({ faults = [] }: Scenario): void {
  const needing = faults.filter((fault) => needsSocket(fault)).map(({ name }) => name);
  if (needing.length === 0) return;
  const message = `a virtual clock has no socket for ${needing.join(', ')}`;
  throw new VoiceloopError('usage', 'fault-needs-socket', message, {
    hint: 'leave out --clock virtual, or take another scenario',
  });
}

function mockName(scenario: Scenario): string {
  return `embedded mock (${scenario.name})`;
}
