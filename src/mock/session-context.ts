/**
 * What the parts of one mock session share.
 *
 * @module
 */
import type { Clock } from '../clock.ts';
import { ConversationStore } from './conversation-store.ts';
import type { EventChannel } from './event-channel.ts';
import { HeardTurn } from './hearing/heard-turn.ts';
import type { IdSource } from './ids.ts';
import type { MockSessionOptions } from './mock-session-options.ts';
import type { MockTrace } from './mock-trace.ts';
import { latencyProfiles, StageDelays } from './scenario/latency-profile.ts';
import { SessionConfig } from './session-config.ts';
import type { Pipeline } from './session-defaults.ts';
import type { TimerGroup } from './timer-group.ts';

/** Made once for a session by `MockSession`. */
export interface SessionContext {
  readonly pipeline: Pipeline;
  readonly clock: Clock;
  readonly timers: TimerGroup;
  readonly ids: IdSource;
  readonly channel: EventChannel;
  readonly config: SessionConfig;
  readonly delays: StageDelays;
  readonly store: ConversationStore;
  readonly conversationId: string;
  /** What the user has said last. */
  readonly heard: HeardTurn;
  /** Whether audio deltas are cut inside samples. */
  readonly oddSplits: boolean;
  trace(trace: MockTrace): void;
}

/** The shared parts of a session that lives for so long. */
export function openContext(
  { clock, random, scenario, model, agent, trace }: MockSessionOptions,
  lifetimeSeconds: number,
  parts: Pick<SessionContext, 'ids' | 'timers' | 'channel'>,
): SessionContext {
  const { pipeline, profile, oddSplits = false } = scenario;
  const { ids } = parts;
  return {
    ...parts,
    pipeline,
    clock,
    config: new SessionConfig({
      pipeline,
      id: ids.next('sess'),
      model,
      agent: agent
        ? {
            type: 'agent',
            name: agent.name,
            description: null,
            agent_id: ids.next('asst'),
            thread_id: agent.conversationId ?? ids.next('thread'),
          }
        : null,
      expiresAt: Math.floor(clock.unixMs() / 1000 + lifetimeSeconds),
    }),
    delays: new StageDelays(latencyProfiles[profile], random.fork('delays')),
    store: new ConversationStore(),
    conversationId: ids.next('conv'),
    heard: new HeardTurn(),
    oddSplits,
    trace: (each) => trace?.(each),
  };
}

/** The id of the item before, in the way of the pipeline: one says null where there is none, the other nothing. */
export function previousItemId(context: SessionContext, id: string | null): string | null {
  return id ?? (context.pipeline === 'native' ? null : '');
}
