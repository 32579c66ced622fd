/**
 * One mock session on one WebSocket, with a modelled network between them.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import type { WebSocket } from 'ws';
import type { Clock } from '../../clock.ts';
import { NetworkLink, networkModels } from '../../protocol/network-link.ts';
import type { Random } from '../../random.ts';
import type { Toxic } from '../faults/fault-injector.ts';
import type { ToxicConnection } from '../faults/toxic-connection.ts';
import { MockSession } from '../mock-session.ts';
import type { MockSessionOptions } from '../mock-session-options.ts';
import { TimerGroup } from '../timer-group.ts';

/** Everything of a session but its way out. */
export type SocketSessionOptions = Omit<MockSessionOptions, 'send' | 'close' | 'toxic'> & {
  /** The largest message that is taken in; a larger one ends the connection with code 1009. */
  readonly maxMessageBytes: number;
  /** The connection below the WebSocket, undefined where nothing is to be done to it. */
  readonly below: ToxicConnection | undefined;
};

/** The length of a close frame, as near as it matters. */
const closeFrameBytes = 8;

/** Runs a session on an open socket until that closes. */
export function serveSession(socket: WebSocket, options: SocketSessionOptions): void {
  const { clock, random, scenario, maxMessageBytes, below } = options;
  const timers = new TimerGroup(clock);
  const model = scenario.network;
  const way = (direction: string) =>
    model === 'clean' ? atOnce : delayed(timers, clock, linkOf(model, random.fork(direction)));
  const down = way('down');
  const session = new MockSession({
    ...options,
    send: (text) =>
      down(Buffer.byteLength(text), () => {
        if (socket.readyState === socket.OPEN) socket.send(text);
      }),
    // Behind everything that was sent before.
    close: (code, reason) =>
      down(closeFrameBytes, () => {
        if (code === 1006) socket.terminate();
        else socket.close(code, reason);
      }),
    toxic: ({ name, value }) => {
      if (below) spoilers[name](below, value);
    },
  });
  const up = way('up');
  socket.on('message', (data, isBinary) => {
    const text = data.toString();
    // Not every runtime's WebSocket holds the limit itself.
    const bytes = Buffer.byteLength(text);
    if (bytes > maxMessageBytes) return socket.close(1009, 'message too big');
    if (isBinary) return socket.close(1003, 'text messages only');
    up(bytes, () => session.receive(text));
  });
  socket.on('close', () => {
    timers.end();
    session.stop();
  });
  // What went wrong with a socket shows in its close code; without a listener it would end the process.
  socket.on('error', () => {});
  session.start();
}

const spoilers: Readonly<Record<Toxic['name'], (connection: ToxicConnection, value: number) => void>> = {
  reset: (connection) => connection.reset(),
  'half-open': (connection) => connection.blackHole(),
  'black-hole': (connection) => connection.freeze(),
  'stop-reading': (connection, ms) => connection.stopReading(ms === 0 ? Infinity : ms),
  'slow-close': (connection, ms) => connection.slowClose(ms),
  slicer: (connection, bytes) => connection.slice(bytes),
  limit: (connection, bytes) => connection.limit(bytes),
};

function linkOf(model: keyof typeof networkModels, random: Random): NetworkLink {
  return new NetworkLink(networkModels[model], random);
}

/** One direction: does something when so many bytes have gone through. */
type Way = (bytes: number, arrive: () => void) => void;

const atOnce: Way = (_bytes, arrive) => arrive();

function delayed(timers: TimerGroup, clock: Clock, link: NetworkLink): Way {
  return (bytes, arrive) => void timers.at(link.deliveryAtMs(clock.now(), bytes), arrive);
}
