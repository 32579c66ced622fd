/**
 * Lets clients in, keeps the list of their sessions, and shows them out.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../clock.ts';
import { Random } from '../../random.ts';
import type { FaultName } from '../faults/faults.ts';
import { OpenAiDialect } from '../openai/openai-dialect.ts';
import { latencyProfiles, StageDelays } from '../scenario/latency-profile.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { TimerGroup } from '../timer-group.ts';
import { type Admitted, admit, chosenProtocol, type Refused } from './handshake.ts';
import { errorBody } from './http-views.ts';
import type { Upgrade } from './listener.ts';
import type { MockServerOptions } from './server-options.ts';
import { type MockSessionView, SessionLog } from './session-log.ts';
import { serveSession } from './socket-session.ts';

const keptClosedSessions = 64;
const retryAfterSeconds = 2;

/** A gate's options are its server's, with a clock, and with a scenario that has been read. */
export type SessionGateOptions = MockServerOptions & { readonly clock: Clock; readonly scenario: Scenario };

/** Decides about every request for a WebSocket, and makes sessions of those that are let in. */
export class SessionGate {
  readonly #options: SessionGateOptions;
  readonly #clock: Clock;
  readonly #maxMessageBytes: number;
  readonly #timers: TimerGroup;
  readonly #random: Random;
  readonly #webSockets: WebSocketServer;
  readonly #logs: SessionLog[] = [];
  readonly #sockets = new Set<WebSocket>();
  /** Requests that are let in but not yet answered. */
  readonly #waiting = new Set<Duplex>();
  #attempts = 0;
  #opened = 0;
  #isClosed = false;

  constructor(options: SessionGateOptions) {
    const { clock, seed, scenario, maxMessageBytes = 21 * 1024 * 1024 } = options;
    this.#options = options;
    this.#maxMessageBytes = maxMessageBytes;
    this.#clock = clock;
    this.#timers = new TimerGroup(clock);
    this.#random = new Random(seed ?? scenario.seed ?? 1);
    this.#webSockets = new WebSocketServer({
      noServer: true,
      maxPayload: maxMessageBytes,
      handleProtocols: chosenProtocol,
      // Without a memory of earlier messages each costs no more than itself: some hundred kilobytes less for each session.
      perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 1024 },
    });
  }

  get sessions(): readonly MockSessionView[] {
    return this.#logs;
  }

  /** Somebody asks for a WebSocket. */
  knock(upgrade: Upgrade): void {
    const admission = this.#admit(upgrade);
    if (admission.isAdmitted) this.#letWait(upgrade, admission, this.#attempts++);
    else this.#refuse(upgrade.socket, admission);
  }

  /** Says goodbye to everybody and settles when they are gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timers.end();
    for (const socket of this.#waiting) socket.destroy();
    const closed = [...this.#sockets].map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    for (const socket of this.#sockets) socket.close(1001, 'the mock is going away');
    await Promise.all(closed);
  }

  /** Ends the connections of those who do not answer a goodbye. */
  terminate(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  #admit({ request }: Upgrade): Admitted | Refused {
    const { key, maxSessions = 512 } = this.#options;
    if (this.#isClosed) return { isAdmitted: false, status: 503, message: 'The mock is going away.' };
    const isFull = this.#sockets.size + this.#waiting.size >= maxSessions;
    return admit(request.url ?? '/', request.headers, { key, isFull });
  }

  /** Answers as fast as the profile says, unless a fault has it otherwise. */
  #letWait(upgrade: Upgrade, admitted: Admitted, attempt: number): void {
    const { socket } = upgrade;
    const { scenario } = this.#options;
    const faults = (scenario.faults ?? []).filter(({ connections }) => attempt < connections);
    const amountOf = (name: FaultName) => faults.find((each) => each.name === name)?.value;
    const status = amountOf('refuse');
    if (status !== undefined) {
      const message = 'The scenario refuses this connection.';
      this.#refuse(socket, { isAdmitted: false, status: Number(status), message });
      return;
    }
    this.#waiting.add(socket);
    socket.once('close', () => this.#waiting.delete(socket));
    if (amountOf('no-handshake') !== undefined) {
      this.#say('left a connection unanswered');
      return;
    }
    // The delays of the session that this becomes are drawn elsewhere: a request that waits longer moves none of them.
    const random = this.#random.fork(`attempt-${attempt}`);
    const usualMs = new StageDelays(latencyProfiles[scenario.profile], random).draw('connect');
    this.#timers.at(this.#clock.now() + usualMs + Number(amountOf('slow-handshake') ?? 0), () => {
      if (this.#waiting.delete(socket) && !socket.destroyed) this.#accept(upgrade, admitted, attempt);
    });
  }

  #accept({ request, socket, head, connection }: Upgrade, admitted: Admitted, attempt: number): void {
    const { clock, scenario, transcript, trace, frame, keptFrames = 2000 } = this.#options;
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const name = `session-${++this.#opened}`;
      const log = new SessionLog(name, admitted, clock.now(), keptFrames);
      this.#logs.push(log);
      this.#sockets.add(webSocket);
      webSocket.on('close', (code) => this.#left(webSocket, log, code));
      this.#say(`${name} opened`);
      serveSession(webSocket, {
        clock,
        random: this.#random.fork(name),
        scenario,
        model: admitted.model,
        agent: admitted.agent,
        connection: attempt,
        dialect: admitted.dialect === 'openai' ? new OpenAiDialect() : undefined,
        transcript,
        trace,
        frame: (each) => {
          log.add(each);
          frame?.(name, each);
        },
        below: connection,
        maxMessageBytes: this.#maxMessageBytes,
      });
    });
  }

  #left(socket: WebSocket, log: SessionLog, code: number): void {
    this.#sockets.delete(socket);
    log.close(code, this.#clock.now());
    this.#say(`${log.name} closed with code ${code}`);
    const closed = this.#logs.filter((each) => each.closed);
    const [oldest] = closed;
    if (oldest && closed.length > keptClosedSessions) this.#logs.splice(this.#logs.indexOf(oldest), 1);
  }

  /** The request is still plain HTTP here, and so is the answer. */
  #refuse(socket: Duplex, { status, message }: Refused): void {
    this.#say(`refused a connection: ${status} ${message}`);
    const body = JSON.stringify(errorBody(status, message));
    const lines = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
    ];
    if (status === 429 || status === 503) lines.push(`Retry-After: ${retryAfterSeconds}`);
    socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  }

  #say(line: string): void {
    this.#options.log?.(line);
  }
}
