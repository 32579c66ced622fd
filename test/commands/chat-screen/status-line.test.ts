import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChatStatus, StatusLine } from '../../../src/commands/chat-screen/status-line.ts';
import { cellWidth } from '../../../src/commands/terminal-text.ts';

const status: ChatStatus = {
  state: 'listening',
  input: { rmsDb: -21, peakDb: -18 },
  output: { rmsDb: -42, peakDb: -42 },
  bufferMs: 140,
  targetMs: 120,
  lagMs: 2,
  turns: 12,
  isMuted: false,
  isTalking: false,
  isProcessing: undefined,
};
const line = (width: number, change: Partial<ChatStatus> = {}, pushToTalk = false) =>
  new StatusLine(pushToTalk, (_, text) => text).text({ ...status, ...change }, width, 0).trimEnd();

describe('the status line', () => {
  test.each([
    [
      120,
      '◉ listening     in ▕██████▌│  ▏-21 dB   out ▕███│      ▏-42 dB   buf 140/120 ms   lag  2   turn 12',
    ],
    [79, '◉ listening    in ▕███▉│ ▏-21 dB   out ▕█▊    ▏-42 dB   buf 140/120  turn 12'],
    [59, '◉ listening    in ▕██▋ ▏-21 dB   out ▕█▎  ▏-42 dB   turn 12'],
    [40, '◉ listening   in ▕██████▌│  ▏-21 dB'],
    [29, '◉ listening   in ▕██│▏-21 dB'],
    [20, '◉ listening'],
    [8, '◉ liste…'],
  ])('has as much in %i cells as fits', (width, text) => {
    expect(line(width)).toBe(text);
  });

  test('says in words what is going on', () => {
    const states: ChatStatus['state'][] = [
      'connecting',
      'listening',
      'hearing',
      'thinking',
      'speaking',
      'no-microphone',
      'leaving',
    ];
    expect(states.map((state) => line(24, { state }))).toEqual([
      '◌ connecting',
      '◉ listening',
      '● hearing',
      '◐ thinking',
      '◆ speaking',
      '⊘ no mic',
      '◌ leaving',
    ]);
    expect(line(120, { state: 'hearing' })).toMatch(/^● hearing you {3}/);
    expect(line(120, { isMuted: true })).toMatch(/^⊘ muted /);
    expect(line(120, { isMuted: true, state: 'speaking' })).toMatch(/^◆ speaking /);
  });

  test('says with push-to-talk what the space bar would do', () => {
    expect(line(140, {}, true)).toMatch(/^○ press space to talk {2}/);
    expect(line(140, { isTalking: true, state: 'hearing' }, true)).toMatch(/^● talking: space to send /);
    expect(line(79, {}, true)).toMatch(/^○ space talks {2}/);
    expect(line(140, { state: 'thinking' }, true)).toMatch(/^◐ thinking/);
  });

  test('names the microphone raw while denoiser and gain are off', () => {
    expect(line(79, { isProcessing: false })).toContain('  raw ▕███');
    expect(line(79, { isProcessing: true })).toContain('  in ▕███');
  });

  test('never is wider than it may be, whatever there is to show', () => {
    const db = fc.double({ min: -120, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 150 }),
        fc.record({
          bufferMs: fc.nat(100_000),
          targetMs: fc.nat(2000),
          lagMs: fc.nat(10_000),
          turns: fc.nat(10_000),
        }),
        db,
        fc.boolean(),
        (width, numbers, rmsDb, pushToTalk) => {
          const input = { rmsDb, peakDb: rmsDb + 3 };
          expect(cellWidth(line(width, { ...numbers, input }, pushToTalk))).toBeLessThanOrEqual(width);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});
