/**
 * What it costs to write the message of a 20 ms frame, and to read the audio out of a message of the service.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { encodeSamples, framePacker, frameUnpacker, inlet, median, Random } from '../../src/index.ts';
import { scanDelta } from '../../src/stages/audio-delta.ts';
import { decodeBase64 } from '../../src/stages/base64.ts';
import { type Rounds, type Task, timeInterleaved, timesFaster } from './interleaved.ts';

export interface FramingFigure {
  /** Microseconds from 480 float samples to the finished message. */
  readonly packUs: number;
  /** The same message by `JSON.stringify`, for comparison. */
  readonly stringifyUs: number;
  readonly receive: readonly ReceiveFigure[];
}

/** One audio delta of some length. */
export interface ReceiveFigure {
  /** Of PCM in the message, in thousands of bytes. */
  readonly kilobytes: number;
  /** From the text to its bytes. */
  readonly toBytes: Reading;
  /** From the text to float samples, ours by the whole stage. */
  readonly toSamples: Reading;
}

/** The same work done in two ways, in microseconds. */
export interface Reading {
  readonly us: number;
  /** By `JSON.parse` and `Buffer.from`. */
  readonly parseUs: number;
  /** The median of the rounds' own ratios. */
  readonly times: number;
}

const rateHz = 24_000;
/** Different texts in turn, as on a line: an engine that remembers the last one gains nothing. */
const messageCount = 8;

function pcm(random: Random, length: number): Buffer {
  const bytes = Buffer.alloc(length * 2);
  encodeSamples(
    'pcm16',
    Float32Array.from({ length }, () => random.uniform() - 0.5),
    bytes,
  );
  return bytes;
}

/** As the service writes them, and as the socket gives them: one flat text. */
function deltas(kilobytes: number): string[] {
  const random = new Random(2);
  return Array.from({ length: messageCount }, (_, i) => {
    const delta = pcm(random, kilobytes * 500).toString('base64');
    const ids = {
      event_id: `event_${i}`,
      type: 'response.audio.delta',
      response_id: 'resp_1',
      item_id: 'item_1',
    };
    return Buffer.from(JSON.stringify({ ...ids, output_index: 0, content_index: 0, delta })).toString();
  });
}

/** Calls `use` with the next of `things` each time. */
function inTurn<T>(name: string, things: readonly T[], use: (thing: T) => void): Task {
  let next = 0;
  return {
    name,
    run: () => {
      use(things[next] as T);
      next = (next + 1) % things.length;
    },
  };
}

function sendTasks(): Task[] {
  const random = new Random(3);
  const frames = Array.from({ length: messageCount }, () =>
    Float32Array.from({ length: rateHz / 50 }, () => random.uniform() - 0.5),
  );
  const sink = { length: 0 };
  const packer = framePacker({ rateHz }).open(
    inlet(({ message }) => {
      sink.length = message.length;
    }),
  );
  const block = { samples: new Float32Array(), rateHz, channels: 1, timeMs: 0 };
  const bytes = Buffer.alloc((rateHz / 50) * 2);
  return [
    inTurn('pack', frames, (samples) => {
      block.samples = samples;
      packer.push(block);
      block.timeMs += 20;
    }),
    inTurn('stringify', frames, (samples) => {
      encodeSamples('pcm16', samples, bytes);
      const message = { type: 'input_audio_buffer.append', audio: bytes.toString('base64') };
      sink.length = JSON.stringify(message).length;
    }),
  ];
}

function receiveTasks(kilobytes: number): Task[] {
  const sink = { length: 0 };
  const strays: string[] = [];
  const unpacker = frameUnpacker({ format: 'pcm16', rateHz, onMessage: (text) => strays.push(text) }).open(
    inlet(({ samples }) => {
      sink.length = samples.length;
    }),
  );
  const messages = deltas(kilobytes);
  const received = messages.map((text) => ({ text, receivedAtMs: 0 }));
  for (const message of received) unpacker.push(message);
  if (strays.length > 0 || sink.length !== kilobytes * 500) throw new Error('a delta was not read');
  const room = Buffer.alloc(kilobytes * 1000);
  const floats = new Float32Array(kilobytes * 500);
  return [
    inTurn('scan', messages, (text) => {
      sink.length = decodeBase64(scanDelta(text)?.base64 ?? '', room, 0) ?? 0;
    }),
    inTurn('parse', messages, (text) => {
      sink.length = Buffer.from(JSON.parse(text).delta, 'base64').length;
    }),
    inTurn('unpack', received, (message) => unpacker.push(message)),
    inTurn('parse to samples', messages, (text) => {
      const bytes = Buffer.from(JSON.parse(text).delta, 'base64');
      for (let i = 0; i < floats.length; i++) floats[i] = bytes.readInt16LE(2 * i) / 32_768;
      sink.length = floats.length;
    }),
  ];
}

export function measureFraming(rounds: Rounds): FramingFigure {
  const middle = (us: readonly number[] | undefined) => median(us ?? []) ?? Number.NaN;
  const [pack, stringify] = timeInterleaved(sendTasks(), rounds);
  const receive = [5, 20, 50].map((kilobytes): ReceiveFigure => {
    const [scan, parse, unpack, parseToSamples] = timeInterleaved(receiveTasks(kilobytes), rounds);
    const reading = (ours: readonly number[] = [], theirs: readonly number[] = []): Reading => ({
      us: middle(ours),
      parseUs: middle(theirs),
      times: timesFaster(ours, theirs),
    });
    return { kilobytes, toBytes: reading(scan, parse), toSamples: reading(unpack, parseToSamples) };
  });
  return { packUs: middle(pack), stringifyUs: middle(stringify), receive };
}
