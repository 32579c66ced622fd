/**
 * One mock session on one WebSocket, with a modelled network between them.
 *
 * @module
 */
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import { NetworkLink, networkModels } from '../protocol/network-link.ts';
import type { Random } from '../random.ts';
import { MockSession, type MockSessionOptions } from './mock-session.ts';
import { TimerGroup } from './timer-group.ts';

/** Everything of a session but its way out. */
export type SocketSessionOptions = Omit<MockSessionOptions, 'send'> & {
  /** The largest message that is taken in; a larger one ends the connection with code 1009. */
  readonly maxMessageBytes: number;
};

/** Runs a session on an open socket until that closes. */
export function serveSession(socket: WebSocket, options: SocketSessionOptions): void {
  const { clock, random, scenario, maxMessageBytes } = options;
  const timers = new TimerGroup(clock);
  const model = scenario.network;
  const send = (text: string) => {
    if (socket.readyState === socket.OPEN) socket.send(text);
  };
  const down = model === 'clean' ? send : delayed(timers, clock, linkOf(model, random.fork('down')), send);
  const session = new MockSession({ ...options, send: down });
  const receive = (text: string) => session.receive(text);
  const up = model === 'clean' ? receive : delayed(timers, clock, linkOf(model, random.fork('up')), receive);
  socket.on('message', (data, isBinary) => {
    const text = data.toString();
    // Not every runtime's WebSocket holds the limit itself.
    if (text.length > maxMessageBytes) return socket.close(1009, 'message too big');
    if (isBinary) return socket.close(1003, 'text messages only');
    up(text);
  });
  socket.on('close', () => {
    timers.end();
    session.stop();
  });
  // What went wrong with a socket shows in its close code; without a listener it would end the process.
  socket.on('error', () => {});
  session.start();
}

function linkOf(model: keyof typeof networkModels, random: Random): NetworkLink {
  return new NetworkLink(networkModels[model], random);
}

function delayed(timers: TimerGroup, clock: Clock, link: NetworkLink, deliver: (text: string) => void) {
  return (text: string) => {
    timers.at(link.deliveryAtMs(clock.now(), text.length), () => deliver(text));
  };
}
