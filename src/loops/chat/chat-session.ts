/**
 * The service of a chat, and the session with it, with the functions that the model may call.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import type { Playback } from '../../pipeline/playback.ts';
import type { Transport } from '../../pipeline/transport.ts';
import type { RequestSession } from '../../protocol/events.ts';
import { Session } from '../../session/session.ts';
import type { SessionObserver } from '../../session/session-observer.ts';
import { type Tool, ToolCalls } from '../../session/tool-calls.ts';
import { openService, type Service } from '../service.ts';
import type { ChatOptions } from './chat-options.ts';
import { UplinkBacklog } from './uplink-backlog.ts';

/** What a session of a chat is made of. */
export interface ChatSessionParts {
  readonly clock: Clock;
  readonly service: Service;
  readonly config: RequestSession;
  /** Default: nothing plays. */
  readonly playback: Playback | undefined;
  readonly tools: readonly Tool[];
  readonly observer: SessionObserver;
}

const silentPlayback: Playback = { push() {}, finish() {}, flush: () => undefined };

/** A session that runs the tools by itself. */
export interface ChatSession {
  readonly session: Session;
  /** Whether frames of the uplink are sent, or left out. */
  readonly backlog: UplinkBacklog;
  /** Ends the functions that run. */
  readonly stopTools: () => void;
}

/** Makes it, not yet connected. */
export function chatSessionOf(parts: ChatSessionParts): ChatSession {
  const { clock, service, config, playback = silentPlayback, tools, observer } = parts;
  let transport: Transport | undefined;
  const session: Session = new Session({
    clock,
    config,
    playback,
    dial: async (events) => {
      transport = await service.dial(events);
      return transport;
    },
    observer: {
      ...observer,
      onTurn: (turn, atMs) => {
        calls.onTurn(turn);
        observer.onTurn?.(turn, atMs);
      },
    },
  });
  const { onNotice = () => {} } = observer;
  const backlog = new UplinkBacklog({ waitingBytes: () => transport?.bufferedBytes ?? 0, onNotice });
  const calls = new ToolCalls({
    clock,
    tools: new Map(tools.map((tool) => [tool.name, tool])),
    session,
    onNotice,
  });
  return { session, backlog, stopTools: () => calls.stop() };
}

/** The mock hears that somebody speaks, and when. */
const heardByMock = '(speech: the mock hears that you speak, not what you say)';

/** Makes the service ready that a chat's options name. */
export function openChatService({ service, clock, seed = 1, model, signal }: ChatOptions): Promise<Service> {
  return openService(service, {
    clock,
    seed,
    model,
    transcript: () => heardByMock,
    trace: () => {},
    ...(signal && { signal }),
  });
}
