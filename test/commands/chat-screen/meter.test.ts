import { describe, expect, test } from 'vitest';
import { Meter } from '../../../src/commands/chat-screen/meter.ts';

function shown(rmsDb: number, peakDb: number, width = 10): string {
  const meter = new Meter();
  meter.read({ rmsDb, peakDb }, 0);
  return meter.bar(width);
}

describe('the bar of a meter', () => {
  test.each([
    [Number.NEGATIVE_INFINITY, '▕          ▏'],
    [-60, '▕          ▏'],
    [-30, '▕█████     ▏'],
    [-18.75, '▕██████▉   ▏'],
    [-21, '▕██████▌   ▏'],
    [0, '▕██████████▏'],
    [3, '▕██████████▏'],
    [Number.NaN, '▕          ▏'],
  ])('is as long as the RMS of %f dB is loud', (rmsDb, bar) => {
    expect(shown(rmsDb, Number.NEGATIVE_INFINITY)).toBe(bar);
  });

  test('has a mark where the peak is, unless the bar is longer', () => {
    expect(shown(-30, -12)).toBe('▕█████   │ ▏');
    expect(shown(-30, -30)).toBe('▕█████│    ▏');
    expect(shown(-12, -12.5)).toBe('▕████████  ▏');
    expect(shown(-30, 2)).toBe('▕█████    │▏');
  });

  test('holds its mark for 1.5 s', () => {
    const meter = new Meter();
    const at = (nowMs: number, peakDb: number) => {
      meter.read({ rmsDb: -60, peakDb }, nowMs);
      return meter.bar(10).indexOf('│') - 1;
    };
    expect([at(0, -12), at(500, -30), at(1499, -54), at(1500, -54), at(1600, -30)]).toEqual([8, 8, 8, 1, 5]);
  });
});

describe('the figure of a meter', () => {
  test('is the RMS, and takes the same room whatever it is', () => {
    const figure = (rmsDb: number) => {
      const meter = new Meter();
      meter.read({ rmsDb, peakDb: rmsDb }, 0);
      return meter.figure(0);
    };
    expect([-18.4, -6, -0.2, -120, Number.NEGATIVE_INFINITY].map(figure)).toEqual([
      '-18 dB ',
      ' -6 dB ',
      '  0 dB ',
      ' -∞ dB ',
      ' -∞ dB ',
    ]);
  });

  test('is a word for 1.5 s after full scale was touched', () => {
    const meter = new Meter();
    meter.read({ rmsDb: -6, peakDb: -0.05 }, 100);
    meter.read({ rmsDb: -20, peakDb: -12 }, 200);
    expect([meter.figure(1500), meter.figure(1600)]).toEqual(['CLIPPED', '-20 dB ']);
  });
});
