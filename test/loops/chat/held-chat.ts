/** Chats with the embedded mock through a microphone and a loudspeaker that are not there, on a virtual clock. */
import { VirtualClock } from '../../../src/clock.ts';
import type { DeviceNotice } from '../../../src/devices/device-notice.ts';
import { FakeHost } from '../../../src/devices/fake/fake-host.ts';
import type { FakeInput } from '../../../src/devices/fake/fake-input.ts';
import type { FakeOutput } from '../../../src/devices/fake/fake-output.ts';
import { echoInAir, type SoundInAir, samplesInAir } from '../../../src/devices/fake/sound-in-air.ts';
import { Chat } from '../../../src/loops/chat/chat.ts';
import type { ChatInterruption } from '../../../src/loops/chat/chat-answers.ts';
import type { ChatOptions, ChatResult } from '../../../src/loops/chat/chat-options.ts';
import { loadScenario } from '../../../src/mock/scenario/load-scenario.ts';
import type { Scenario } from '../../../src/mock/scenario/scenario.ts';
import type { Notice, Turn } from '../../../src/session/actions.ts';
import { type ChatSessionOptions, chatSession } from '../../../src/session/defaults.ts';
import type { LoggedEvent } from '../../../src/session/event-log.ts';
import { readWavFile } from '../../fixtures/wav-file.ts';

export interface HeldOptions {
  readonly scenario?: string | Partial<Scenario>;
  readonly session?: ChatSessionOptions;
  readonly chat?: Partial<ChatOptions>;
  readonly microphone?: Partial<Parameters<FakeHost['addInput']>[0]>;
  readonly loudspeaker?: Partial<Parameters<FakeHost['addOutput']>[0]>;
  /** The microphone hears the loudspeaker so loud, 40 ms later. */
  readonly echoDb?: number;
  readonly textOnly?: boolean;
}

export interface Held {
  readonly clock: VirtualClock;
  readonly chat: Chat;
  readonly host: FakeHost;
  readonly microphone: FakeInput;
  readonly loudspeaker: FakeOutput;
  readonly events: LoggedEvent[];
  readonly turns: Turn[];
  readonly notices: (Notice | DeviceNotice)[];
  readonly interruptions: ChatInterruption[];
  /** Says a fixture into the microphone, from `atMs` on, at once where it is left out; gives when it ends. */
  say(fixture: string, atMs?: number): number;
  /** Settles when there were so many turns of a kind. */
  until(kind: Turn['kind'], count?: number): Promise<void>;
  sent(type: string): readonly Readonly<Record<string, unknown>>[];
}

/** Holds a chat while `script` runs, then leaves. */
export async function holdChat(
  options: HeldOptions,
  script: (held: Held) => Promise<void>,
): Promise<{ held: Held; result: ChatResult }> {
  const { scenario: wanted = 'library', session, textOnly = false } = options;
  const clock = new VirtualClock();
  const host = new FakeHost({ clock });
  const microphone = host.addInput({ name: 'Microphone', latencyMs: 6, ...options.microphone });
  const loudspeaker = host.addOutput({ name: 'Loudspeaker', latencyMs: 8, ...options.loudspeaker });
  const said: SoundInAir[] = [];
  const echo =
    options.echoDb === undefined ? () => 0 : echoInAir(loudspeaker, { delayMs: 40, gainDb: options.echoDb });
  microphone.hear((timeMs, channel) =>
    said.reduce((sum, sound) => sum + sound(timeMs, channel), echo(timeMs, 0)),
  );
  const base = await loadScenario(typeof wanted === 'string' ? wanted : 'library');
  const scenario = typeof wanted === 'string' ? base : { ...base, ...wanted };
  const events: LoggedEvent[] = [];
  const turns: Turn[] = [];
  const notices: (Notice | DeviceNotice)[] = [];
  const interruptions: ChatInterruption[] = [];
  const chat = new Chat({
    clock,
    service: { kind: 'mock', scenario },
    model: 'gpt-4o',
    config: chatSession({ textOnly, ...session }),
    ...(!textOnly && { host }),
    ...(session?.echo && { echo: session.echo }),
    ...(session?.pushToTalk && { pushToTalk: true }),
    ...options.chat,
    observe: {
      onEvent: (event) => events.push(event),
      onTurn: (turn) => turns.push(turn),
      onNotice: (notice) => notices.push(notice),
      onInterruption: (interruption) => interruptions.push(interruption),
      ...options.chat?.observe,
    },
  });
  const held: Held = {
    clock,
    chat,
    host,
    microphone,
    loudspeaker,
    events,
    turns,
    notices,
    interruptions,
    say(fixture, atMs = clock.now()) {
      const { samples, rateHz } = readWavFile(`fixtures/${fixture}.wav`);
      const [mono = new Float32Array()] = samples;
      said.push(samplesInAir(mono, { rateHz, startMs: atMs }));
      return atMs + (mono.length * 1000) / rateHz;
    },
    async until(kind, count = 1) {
      const deadlineMs = clock.now() + 60_000;
      while (turns.filter((turn) => turn.kind === kind).length < count) {
        if (clock.now() > deadlineMs) throw new Error(`there was no ${kind} number ${count} in a minute`);
        await clock.sleep(10);
      }
    },
    sent: (type) =>
      events
        .filter(({ direction }) => direction === 'sent')
        .map(({ event }) => event as Readonly<Record<string, unknown>>)
        .filter((event) => event['type'] === type),
  };
  const result = await clock.run(async () => {
    const running = chat.run();
    // A chat that fails to begin fails the script as well, which would wait for nothing.
    const scripted = (async () => {
      while (chat.state.state === 'connecting') await clock.sleep(10);
      await script(held);
      chat.leave();
    })();
    const [ended] = await Promise.all([running, Promise.race([scripted, running])]);
    return ended;
  });
  return { held, result };
}
