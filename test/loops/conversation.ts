/** Conversations with the embedded mock on a virtual clock. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../src/clock.ts';
import { type ReplayOptions, type ReplayResult, replay } from '../../src/loops/replay.ts';
import { checkSpokenFile, type SpokenFile } from '../../src/loops/spoken-file.ts';
import { loadScenario } from '../../src/mock/scenario/load-scenario.ts';
import type { Scenario } from '../../src/mock/scenario/scenario.ts';
import { defaultSession } from '../../src/session/defaults.ts';
import type { LoggedEvent } from '../../src/session/event-log.ts';
import { readWavFile } from '../fixtures/wav-file.ts';

export const wire = { format: 'pcm16', rateHz: 24_000 } as const;

export function spoken(name: string): Promise<SpokenFile> {
  return checkSpokenFile(`fixtures/${name}.wav`, wire);
}

export interface Held {
  readonly result: ReplayResult;
  readonly scenario: Scenario;
  readonly events: readonly LoggedEvent[];
  /** The recording: user left, agent right. */
  readonly left: Int16Array;
  readonly right: Int16Array;
}

type Options = Partial<Omit<ReplayOptions, 'files' | 'service'>> & { readonly scenario?: Partial<Scenario> };

/** Holds a conversation and reads what was recorded. */
export async function hold(
  files: readonly SpokenFile[],
  { scenario: fields, ...options }: Options = {},
): Promise<Held> {
  const clock = new VirtualClock();
  const scenario = { ...(await loadScenario('library')), ...fields };
  const folder = mkdtempSync(join(tmpdir(), 'voiceloop-replay-'));
  const out = join(folder, 'both.wav');
  const events: LoggedEvent[] = [];
  try {
    const result = await clock.run(() =>
      replay({
        clock,
        files,
        service: { kind: 'mock', scenario },
        model: 'gpt-4o',
        config: defaultSession(),
        out,
        onEvent: (event) => events.push(event),
        ...options,
      }),
    );
    return { result, scenario, events, ...readStereo(out) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readStereo(path: string): { left: Int16Array; right: Int16Array } {
  const [left = new Float32Array(0), right = new Float32Array(0)] = readWavFile(path).samples;
  return { left: onTheWire(left), right: onTheWire(right) };
}

/** Samples as they go over the wire, and as they stand in a recording. */
export function onTheWire(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) =>
    Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))),
  );
}

/** The parts of a track that are not silent, as `[start, end)`; pauses shorter than `gap` samples do not part them. */
export function sounds(track: Int16Array, gap = 2400): [number, number][] {
  const parts: [number, number][] = [];
  for (const [i, sample] of track.entries()) {
    if (sample === 0) continue;
    const last = parts.at(-1);
    if (last && i - last[1] < gap) last[1] = i + 1;
    else parts.push([i, i + 1]);
  }
  return parts;
}
