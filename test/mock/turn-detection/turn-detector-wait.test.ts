import { describe, expect, test } from 'vitest';
import { TurnDetector, type TurnEvent } from '../../../src/mock/turn-detection/turn-detector.ts';
import { joined, silence, speech } from '../harness.ts';
import { decisions, serverVad } from './turn-detector-audio.ts';

const rateHz = 24_000;
/** Half a second and one window, in which the filter still rings, after speech that ends at 1.5 s. */
const silentMs = 2010;

/** A detector that waits so much longer in its first, its second, ... silence, and 0 ms after those. */
function waiting(...longerMs: readonly number[]) {
  let heardMs = 0;
  const askedAtMs: number[] = [];
  const detector = new TurnDetector(rateHz, serverVad, {
    longerSilenceMs: () => {
      askedAtMs.push(heardMs);
      return longerMs[askedAtMs.length - 1] ?? 0;
    },
  });
  const hear = (audio: Float32Array): TurnEvent[] => {
    const events: TurnEvent[] = [];
    for (let at = 0; at < audio.length; at += 240) {
      heardMs += 10;
      events.push(...detector.push(audio.subarray(at, at + 240)));
    }
    return events;
  };
  return { detector, hear, askedAtMs };
}

describe('a detector that may wait longer', () => {
  test('asks once, when the silence asked for has passed, and ends the turn after so much more', () => {
    const { hear, askedAtMs } = waiting(800);
    const events = hear(joined(silence(500), speech(1000), silence(3000)));
    expect(askedAtMs).toEqual([silentMs]);
    expect(events).toEqual([
      { type: 'speech-started', audioStartMs: 500 },
      { type: 'speech-stopped', audioEndMs: silentMs + 800 },
    ]);
  });

  test('decides when that much audio has come, not before', () => {
    const detector = new TurnDetector(rateHz, serverVad, { longerSilenceMs: () => 800 });
    const audio = joined(silence(500), speech(1000), silence(3000));
    expect(decisions(detector, audio, rateHz)[1]).toEqual({
      event: { type: 'speech-stopped', audioEndMs: silentMs + 800 },
      atMs: silentMs + 800,
    });
  });

  test('ends the turn at once where the answer is 0, as one does that cannot ask', () => {
    const audio = joined(silence(500), speech(1000), silence(1000));
    const { hear } = waiting(0);
    expect(hear(audio)).toEqual(new TurnDetector(rateHz, serverVad).push(audio));
  });

  test('goes on with the turn if speech comes back meanwhile, and asks again in the next silence', () => {
    const { hear, askedAtMs } = waiting(800, 300);
    const events = hear(joined(silence(500), speech(1000), silence(1000), speech(500), silence(2000)));
    expect(askedAtMs).toEqual([silentMs, 3510]);
    expect(events).toEqual([
      { type: 'speech-started', audioStartMs: 500 },
      { type: 'speech-stopped', audioEndMs: 3810 },
    ]);
  });

  test('is not asked in a silence that is shorter than the one asked for', () => {
    const { hear, askedAtMs } = waiting();
    hear(joined(silence(500), speech(1000), silence(400), speech(500), silence(1000)));
    expect(askedAtMs).toEqual([2910]);
  });

  test('asks anew in the next turn', () => {
    const { hear, askedAtMs } = waiting(200, 100);
    const events = hear(joined(silence(500), speech(1000), silence(1500), speech(500), silence(1500)));
    expect(askedAtMs).toEqual([silentMs, 4010]);
    expect(events.map((event) => (event.type === 'speech-stopped' ? event.audioEndMs : undefined))).toEqual([
      undefined,
      silentMs + 200,
      undefined,
      4110,
    ]);
  });

  test('counts a negative wait as none', () => {
    const { hear } = waiting(-300);
    expect(hear(joined(silence(500), speech(1000), silence(1000)))).toContainEqual({
      type: 'speech-stopped',
      audioEndMs: silentMs,
    });
  });

  test('is not asked without settings, nor after a reset', () => {
    const { detector, hear, askedAtMs } = waiting();
    detector.configure(undefined);
    hear(joined(silence(500), speech(1000), silence(1000)));
    detector.configure(serverVad);
    hear(joined(speech(500)));
    detector.reset();
    hear(silence(1000));
    expect(askedAtMs).toEqual([]);
  });
});
