/** voiceloop's own client against a mock in this process, on a virtual clock. */
import type { AgentAudio } from '../../../src/audio/agent-audio.ts';
import { VirtualClock } from '../../../src/clock.ts';
import { openService } from '../../../src/loops/service.ts';
import type { Scenario } from '../../../src/mock/scenario/scenario.ts';
import type { Notice, Turn } from '../../../src/session/actions.ts';
import { defaultSession } from '../../../src/session/defaults.ts';
import { Session } from '../../../src/session/session.ts';
import type { SessionClosed, SessionCounters } from '../../../src/session/session-observer.ts';
import { concatenate } from '../../support/concatenate.ts';
import { scenario } from '../harness.ts';

/** What came of a talk. */
export interface Talk {
  readonly turns: readonly Turn[];
  readonly notices: readonly Notice[];
  readonly counters: SessionCounters;
  /** What was played of each response, in their order. */
  readonly audio: readonly Float32Array[];
  readonly closed: SessionClosed | undefined;
}

/** Types a line, gives it ten seconds to be answered, types the next one. */
export async function talk(fields: Partial<Scenario>, lines: readonly string[]): Promise<Talk> {
  const clock = new VirtualClock();
  const turns: Turn[] = [];
  const notices: Notice[] = [];
  const audio = new Map<string, Float32Array[]>();
  let closed: SessionClosed | undefined;
  const counters = await clock.run(async () => {
    const service = await openService(
      { kind: 'mock', scenario: scenario({ profile: 'fast', ...fields }) },
      { clock, seed: 1, model: 'gpt-4o', transcript: () => '', trace: () => {} },
    );
    const session = new Session({
      clock,
      config: defaultSession(),
      dial: (events) => service.dial(events),
      playback: {
        push: ({ responseId, samples }: AgentAudio) => {
          audio.set(responseId, [...(audio.get(responseId) ?? []), samples.slice()]);
        },
        finish() {},
        flush: () => undefined,
      },
      observer: {
        onTurn: (turn) => turns.push(turn),
        onNotice: (notice) => notices.push(notice),
        onClosed: (how) => {
          closed = how;
        },
      },
    });
    await session.connect();
    for (const line of lines) {
      session.say(line);
      await clock.sleep(10_000);
    }
    const { counters } = session;
    if (!closed) await session.close();
    await service.close();
    return counters;
  });
  return { turns, notices, counters, audio: [...audio.values()].map(concatenate), closed };
}

/** How each response ended, in their order. */
export function statuses({ turns }: Talk): string[] {
  return turns.flatMap((turn) => (turn.kind === 'answer-done' ? [turn.status] : []));
}
