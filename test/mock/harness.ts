/** A mock session on a virtual clock, with a microphone. */
import { decodeSamples, encodeSamples } from '../../src/audio/sample-format.ts';
import { VirtualClock } from '../../src/clock.ts';
import { MockSession } from '../../src/mock/mock-session.ts';
import type { MockSessionOptions } from '../../src/mock/mock-session-options.ts';
import type { MockTrace } from '../../src/mock/mock-trace.ts';
import type { Scenario, ScenarioAnswer } from '../../src/mock/scenario/scenario.ts';
import { Random } from '../../src/random.ts';
import { concatenate } from '../support/concatenate.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into events of every type
export type Frame = any;

export interface Received {
  readonly atMs: number;
  readonly event: Frame;
}

const frameMs = 20;

/** A voice of 150 Hz whose loudness rises and falls four times a second, and which ends without a click. */
export function speech(ms: number, rateHz = 24_000, level = 0.4): Float32Array {
  const length = (ms * rateHz) / 1000;
  return Float32Array.from({ length }, (_, i) => {
    const phase = (i * 150) / rateHz;
    const beat = Math.abs((((i * 4) / rateHz) % 1) - 0.5) * 2;
    const fade = Math.min(1, (length - i) / (rateHz * 0.005));
    return fade * level * (0.4 + 0.6 * beat) * (2 * (phase % 1) - 1);
  });
}

export function noise(ms: number, level: number, seed: number, rateHz = 24_000): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: (ms * rateHz) / 1000 }, () => level * (2 * random.uniform() - 1));
}

export function silence(ms: number, rateHz = 24_000): Float32Array {
  return new Float32Array((ms * rateHz) / 1000);
}

export function joined(...parts: readonly Float32Array[]): Float32Array {
  return concatenate(parts);
}

export function answer(text: string, ms: number): ScenarioAnswer {
  return { text, speech: { samples: speech(ms), rateHz: 24_000 } };
}

const answers = [
  answer('It opens at ten, on Sundays too.', 2000),
  answer('Yes, of course.', 800),
  answer('This story is long and has no end.', 6000),
];

/** The audio of an answer that was recorded. */
export function samplesOf(answer: ScenarioAnswer | undefined): Float32Array {
  return answer?.speech && answer.speech !== 'echo' ? answer.speech.samples : new Float32Array(0);
}

export function scenario(fields: Partial<Scenario> = {}): Scenario {
  return { name: 'test', pipeline: 'cascaded', profile: 'typical', network: 'clean', answers, ...fields };
}

export class Harness {
  readonly clock = new VirtualClock();
  readonly received: Received[] = [];
  readonly traces: MockTrace[] = [];
  readonly session: MockSession;

  constructor(fields: Partial<Scenario> = {}, options: Partial<MockSessionOptions> & { seed?: number } = {}) {
    this.session = new MockSession({
      clock: this.clock,
      random: new Random(options.seed ?? 1),
      scenario: scenario(fields),
      send: (text) => this.received.push({ atMs: this.clock.now(), event: JSON.parse(text) }),
      trace: (trace) => this.traces.push(trace),
      ...options,
    });
    this.session.start();
  }

  run(main: () => Promise<void>): Promise<void> {
    return this.clock.run(main);
  }

  send(event: object): void {
    this.session.receive(JSON.stringify(event));
  }

  /** Sends audio at the pace of a microphone. */
  async speak(samples: Float32Array, rateHz = 24_000): Promise<void> {
    const length = (rateHz * frameMs) / 1000;
    for (let at = 0; at < samples.length; at += length) {
      await this.clock.sleep(frameMs);
      this.send({ type: 'input_audio_buffer.append', audio: base64(samples.subarray(at, at + length)) });
    }
  }

  /** Keeps the microphone open, silent, until an event of this type has come (once more). */
  async until(type: string): Promise<Frame> {
    const from = this.received.length;
    for (let waitedMs = 0; waitedMs < 60_000; waitedMs += frameMs) {
      await this.speak(silence(frameMs));
      const found = this.received.slice(from).find(({ event }) => event.type === type);
      if (found) return found.event;
    }
    throw new Error(`no ${type} has come`);
  }

  get events(): Frame[] {
    return this.received.map(({ event }) => event);
  }

  get types(): string[] {
    return this.events.map((event) => event.type);
  }

  of(type: string): Frame[] {
    return this.events.filter((event) => event.type === type);
  }

  only(type: string): Frame {
    const found = this.of(type);
    if (found.length !== 1)
      throw new Error(`${found.length} events of type ${type}: ${this.types.join(' ')}`);
    return found[0];
  }

  atMs(type: string): number {
    return this.received.find(({ event }) => event.type === type)?.atMs ?? Number.NaN;
  }
}

export function base64(samples: Float32Array): string {
  const bytes = new Uint8Array(samples.length * 2);
  encodeSamples('pcm16', samples, bytes);
  return Buffer.from(bytes).toString('base64');
}

/** Runs of one type count once: the shape of a stream. */
export function shape(types: readonly string[]): string[] {
  return types.filter((type, i) => type !== types[i - 1]);
}

/** All the audio that was sent. */
export function received(mock: Harness): Float32Array {
  const bytes = Buffer.concat(
    mock.of('response.audio.delta').map(({ delta }) => Buffer.from(delta, 'base64')),
  );
  const samples = new Float32Array(bytes.length / 2);
  decodeSamples('pcm16', bytes, samples);
  return samples;
}

/** As samples come out of 16 bits. */
export function quantised(samples: Float32Array): Float32Array {
  const bytes = Buffer.from(base64(samples), 'base64');
  const out = new Float32Array(samples.length);
  decodeSamples('pcm16', bytes, out);
  return out;
}
