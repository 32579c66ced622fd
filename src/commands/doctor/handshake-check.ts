/**
 * Whether a session comes about.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import { openService } from '../../loops/service.ts';
import { loadScenario } from '../../mock/scenario/load-scenario.ts';
import type { Transport, TransportEvents } from '../../pipeline/transport.ts';
import type { RequestSession } from '../../protocol/events.ts';
import { defaultSession, voiceNamed } from '../../session/defaults.ts';
import { describeDifference } from '../../session/effective-session.ts';
import { realtimeUrl } from '../../session/endpoint.ts';
import { Session } from '../../session/session.ts';
import { openSocket } from '../../stages/socket-transport.ts';
import type { Settings } from '../settings.ts';
import { type Check, failedCheck } from './check.ts';

const name = 'handshake';

type Dial = (events: TransportEvents) => Promise<Transport>;

/** What a handshake is done with. */
export interface HandshakeOptions {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly signal?: AbortSignal;
}

/** Opens a session at the endpoint as a conversation would, agrees on it, and closes it. */
export async function handshakeCheck(
  endpoint: string,
  headers: Readonly<Record<string, string>>,
  { clock, settings, signal }: HandshakeOptions,
): Promise<Check> {
  const { apiVersion, model = 'gpt-realtime', agent, project } = settings;
  const answers =
    agent !== undefined && project !== undefined ? { agent: { name: agent, project } } : { model };
  const url = realtimeUrl({ endpoint, ...answers, ...(apiVersion !== undefined && { apiVersion }) });
  const dial: Dial = (events) =>
    openSocket({ clock, url: url.href, headers, events, ...(signal && { signal }) });
  const who = agent === undefined ? `model ${model}` : `agent ${agent}`;
  return tried(`${url.host}, ${who}`, dial, { clock, settings, ...(signal && { signal }) });
}

/** Does the same with the mock inside this process, over a socket: what is wrong then is wrong here. */
export async function mockCheck({ clock, signal }: Omit<HandshakeOptions, 'settings'>): Promise<Check> {
  try {
    const service = await openService(
      { kind: 'mock', scenario: await loadScenario() },
      { clock, seed: 1, model: 'gpt-4o', transcript: () => '', trace: () => {}, ...(signal && { signal }) },
    );
    try {
      return await tried(service.name, (events) => service.dial(events), {
        clock,
        settings: {},
        ...(signal && { signal }),
      });
    } finally {
      await service.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    return failedCheck(name, error);
  }
}

async function tried(who: string, dial: Dial, { clock, settings, signal }: HandshakeOptions): Promise<Check> {
  const startMs = clock.now();
  let openMs = startMs;
  const session = new Session({
    clock,
    config: askedSession(settings),
    playback: { push() {}, finish() {}, flush: () => undefined },
    dial: async (events) => {
      const transport = await dial(events);
      openMs = clock.now();
      return transport;
    },
  });
  const leave = () => void session.close();
  signal?.addEventListener('abort', leave, { once: true });
  try {
    await session.connect();
    const doneMs = clock.now();
    const notes = session.differences.map(describeDifference);
    await session.close();
    const text = `${who}: connected in ${Math.round(openMs - startMs)} ms, agreed in ${Math.round(doneMs - openMs)} ms`;
    return {
      name,
      status: 'ok',
      text,
      ms: Math.round(doneMs - startMs),
      ...(notes.length > 0 && { notes }),
    };
  } catch (error) {
    signal?.throwIfAborted();
    return failedCheck(name, error);
  } finally {
    signal?.removeEventListener('abort', leave);
  }
}

function askedSession({ instructions, voice, agent }: Settings): RequestSession {
  return {
    ...defaultSession(),
    // An agent has its own.
    ...(instructions !== undefined && agent === undefined && { instructions }),
    ...(voice !== undefined && { voice: voiceNamed(voice) }),
  };
}
