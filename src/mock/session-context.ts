/**
 * What the parts of one mock session share.
 *
 * @module
 */
import type { Clock } from '../clock.ts';
import type { ConversationStore } from './conversation-store.ts';
import type { EventChannel } from './event-channel.ts';
import type { IdSource } from './ids.ts';
import type { StageDelays } from './latency-profile.ts';
import type { MockTrace } from './mock-trace.ts';
import type { SessionConfig } from './session-config.ts';
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
  /** Whether audio deltas are cut inside samples. */
  readonly oddSplits: boolean;
  trace(trace: MockTrace): void;
}

/** The id of the item before, in the way of the pipeline: one says null where there is none, the other nothing. */
export function previousItemId(context: SessionContext, id: string | null): string | null {
  return id ?? (context.pipeline === 'native' ? null : '');
}
