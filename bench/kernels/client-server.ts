/**
 * The far end of the measured client: a WebSocket server in a process of its own, which swallows frames and gives a delta of
 * 100 ms for every fifth. Writes its URL when it listens, and ends when its input does.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { encodeSamples, Random } from '../../src/index.ts';

const framesForDelta = 5;
const random = new Random(4);
const audio = Buffer.alloc(4800);
encodeSamples(
  'pcm16',
  Float32Array.from({ length: 2400 }, () => random.uniform() - 0.5),
  audio,
);
const ids = '"response_id":"resp_1","item_id":"item_1","output_index":0,"content_index":0';
const tail = `"type":"response.audio.delta",${ids},"delta":"${audio.toString('base64')}"}`;

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
let events = 0;
server.on('connection', (socket) => {
  let frames = 0;
  socket.on('message', () => {
    frames += 1;
    if (frames % framesForDelta === 0) socket.send(`{"event_id":"event_${events++}",${tail}`);
  });
  socket.on('error', () => {});
});
server.on('listening', () => console.log(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`));
process.stdin.on('end', () => process.exit());
process.stdin.resume();
