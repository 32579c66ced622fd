/**
 * The measured client, in a process of its own: so many streams, each with a microphone at 48 kHz that sends 50 frames a
 * second, and a loudspeaker at 48 kHz. Writes a line of JSON with what it took, and ends.
 *
 *     client-load.ts URL RESAMPLER STREAMS SECONDS
 *
 * @module
 */
import libsamplerate from '@alexanderolsen/libsamplerate-js';
import {
  type AudioBlock,
  framePacker,
  frameUnpacker,
  type Inlet,
  inlet,
  openSocket,
  Random,
  resampler,
  SystemClock,
  type Transport,
} from '../../src/index.ts';

const [url = '', kind = 'ours', streamText = '15', secondText = '8'] = process.argv.slice(2);
const [streamCount, seconds] = [Number(streamText), Number(secondText)];
const frameMs = 20;
/** The microphones do not all deliver at one instant, but in so many groups. */
const groups = 5;
const warmUpMs = 2000;
const clock = new SystemClock();
const capture = { rateHz: 48_000, channels: 1 };
const random = new Random(5);
const microphone = Array.from({ length: 16 }, () =>
  Float32Array.from({ length: 960 }, () => random.uniform() - 0.5),
);

/** The inlet before a resampler of the chosen kind. */
async function resampled(
  fromHz: number,
  toHz: number,
  outlet: Inlet<AudioBlock>,
): Promise<Inlet<AudioBlock>> {
  if (kind === 'ours') return resampler({ fromHz, toHz }).open(outlet);
  const { create, ConverterType } = libsamplerate;
  const source = await create(1, fromHz, toHz, { converterType: ConverterType.SRC_SINC_MEDIUM_QUALITY });
  return inlet(({ samples, timeMs }) =>
    outlet.push({ samples: source.full(samples), rateHz: toHz, channels: 1, timeMs }),
  );
}

class Stream {
  readonly #transport: Transport;
  readonly #microphone: Inlet<AudioBlock>;
  readonly #counts: { deltas: number };
  #frames = 0;

  private constructor(transport: Transport, microphone: Inlet<AudioBlock>, counts: { deltas: number }) {
    this.#transport = transport;
    this.#microphone = microphone;
    this.#counts = counts;
  }

  static async open(): Promise<Stream> {
    const counts = { deltas: 0 };
    const loudspeaker = await resampled(
      24_000,
      48_000,
      inlet(() => {}),
    );
    const unpacker = frameUnpacker({ format: 'pcm16', rateHz: 24_000, onMessage: () => {} }).open(
      inlet(({ samples, rateHz, receivedAtMs }) => {
        counts.deltas += 1;
        loudspeaker.push({ samples, rateHz, channels: 1, timeMs: receivedAtMs });
      }),
    );
    const events = {
      onMessage: (text: string, receivedAtMs: number) => unpacker.push({ text, receivedAtMs }),
      onClose: () => {},
    };
    const transport = await openSocket({ clock, url, events });
    const packer = framePacker({ rateHz: 24_000 }).open(inlet(({ message }) => transport.send(message)));
    return new Stream(transport, await resampled(48_000, 24_000, packer), counts);
  }

  get deltas(): number {
    return this.#counts.deltas;
  }

  capture(): void {
    const samples = microphone[this.#frames % microphone.length] as Float32Array;
    this.#microphone.push({ ...capture, samples, timeMs: this.#frames * frameMs });
    this.#frames += 1;
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

const streams: Stream[] = [];
for (let i = 0; i < streamCount; i++) streams.push(await Stream.open());

/** Every frame at its own deadline, which no lateness moves. */
async function drive(durationMs: number): Promise<{ frames: number }> {
  const startMs = clock.now();
  let frames = 0;
  for (let slot = 0; (slot * frameMs) / groups < durationMs; slot++) {
    const dueMs = startMs + (slot * frameMs) / groups;
    if (dueMs > clock.now()) await clock.sleep(dueMs - clock.now());
    for (let i = slot % groups; i < streamCount; i += groups) {
      streams[i]?.capture();
      frames += 1;
    }
  }
  return { frames };
}

const deltasSoFar = () => streams.reduce((total, { deltas }) => total + deltas, 0);
await drive(warmUpMs);
const [deltasBefore, startMs] = [deltasSoFar(), clock.now()];
const before = process.cpuUsage();
const { frames } = await drive(seconds * 1000);
const { user, system } = process.cpuUsage(before);
const elapsedMs = clock.now() - startMs;
const deltas = deltasSoFar() - deltasBefore;
for (const stream of streams) await stream.close();
console.log(JSON.stringify({ usPerFrame: (user + system) / frames, frames, deltas, elapsedMs }));
process.exit();
