/**
 * A mock service that keeps what it hears and what it says, with times.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { type Clock, SystemClock } from '../../src/clock.ts';
import type { Scenario } from '../../src/mock/scenario/scenario.ts';
import { type MockServer, startMock } from '../../src/mock/server/server.ts';
import { concatenate } from '../support/concatenate.ts';

/** A message that passed, its audio apart. */
export interface PassedMessage {
  readonly direction: 'received' | 'sent';
  readonly atMs: number;
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
  /** pcm16 as it was on the wire. */
  readonly samples: Float32Array | undefined;
}

export class HearingMock implements AsyncDisposable {
  readonly clock: Clock;
  readonly server: MockServer;
  readonly messages: PassedMessage[];

  private constructor(clock: Clock, server: MockServer, messages: PassedMessage[]) {
    this.clock = clock;
    this.server = server;
    this.messages = messages;
  }

  static async start(
    scenario: Scenario | string = 'library',
    clock: Clock = new SystemClock(),
  ): Promise<HearingMock> {
    const messages: PassedMessage[] = [];
    const server = await startMock({
      scenario,
      clock,
      frame: (_, { direction, atMs, content }) => {
        if (typeof content === 'string') return;
        const fields: Readonly<Record<string, unknown>> = { ...content };
        const audio =
          fields['audio'] ?? (String(fields['type']).endsWith('audio.delta') ? fields['delta'] : undefined);
        const samples = typeof audio === 'string' ? pcm(audio) : undefined;
        messages.push({ direction, atMs, type: String(fields['type']), content: fields, samples });
      },
    });
    return new HearingMock(clock, server, messages);
  }

  get url(): string {
    return this.server.url;
  }

  /** All audio that was appended, in one piece; interleaved where it is stereo. */
  get heard(): Float32Array {
    return soundOf(this.messages.filter(({ type }) => type === 'input_audio_buffer.append'));
  }

  /** All audio that was said. */
  get said(): Float32Array {
    return soundOf(this.messages.filter(({ type }) => type === 'response.audio.delta'));
  }

  of(type: string): readonly PassedMessage[] {
    return this.messages.filter((message) => message.type === type);
  }

  /** Those of a type that passed after the first `from` messages. */
  since(from: number, type: string): readonly PassedMessage[] {
    return this.messages.slice(from).filter((message) => message.type === type);
  }

  /** Settles when there are so many messages of a type; rejects after a while. */
  async until(type: string, count = 1, longestMs = 20_000): Promise<PassedMessage> {
    const deadlineMs = this.clock.now() + longestMs;
    for (;;) {
      const found = this.of(type)[count - 1];
      if (found) return found;
      if (this.clock.now() > deadlineMs)
        throw new Error(`there were ${this.of(type).length} of ${count} ${type} in ${longestMs} ms`);
      await this.clock.sleep(10);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}

function pcm(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return Float32Array.from({ length: bytes.length / 2 }, (_, n) => bytes.readInt16LE(2 * n) / 32_768);
}

/** All audio of the messages, in one piece. */
export function soundOf(messages: readonly PassedMessage[]): Float32Array {
  return concatenate(messages.flatMap(({ samples }) => samples ?? []));
}
