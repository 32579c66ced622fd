import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type VoiceEvent,
  VoiceHysteresis,
  type VoiceHysteresisOptions,
} from '../../src/audio/voice-hysteresis.ts';

/** One digit for each 10 ms, tenths of a probability; what was told, and when it could be told. */
function told(digits: string, options?: VoiceHysteresisOptions): string[] {
  const hysteresis = new VoiceHysteresis(options);
  const events: string[] = [];
  [...digits].forEach((digit, step) => {
    const event = hysteresis.push(Number(digit) / 10, step * 10);
    if (event) events.push(`${event.kind} ${event.timeMs} at ${step * 10 + 10}`);
    if (event) expect(hysteresis.isVoice).toBe(event.kind === 'start');
  });
  const last = hysteresis.finish();
  if (last) events.push(`${last.kind} ${last.timeMs} at the finish`);
  expect(hysteresis.isVoice).toBe(false);
  return events;
}

test('tells the true beginning and end, as soon as they are sure', () => {
  const digits = `${'0'.repeat(10)}${'9'.repeat(30)}${'0'.repeat(40)}`;
  expect(told(digits)).toEqual(['start 100 at 130', 'end 400 at 600']);
});

test('takes a run that is too short for no voice', () => {
  expect(told('0099009900990000')).toEqual([]);
  expect(told('009990', { hangoverMs: 0 })).toEqual(['start 20 at 50', 'end 50 at 60']);
});

test('bridges a pause that is too short for an end', () => {
  const digits = `999${'0'.repeat(19)}9${'0'.repeat(20)}`;
  expect(told(digits)).toEqual(['start 0 at 30', 'end 230 at 430']);
});

test('begins above one threshold and ends below another', () => {
  const quiet = { hangoverMs: 30 };
  expect(told('555555', quiet)).toEqual([]);
  expect(told('666333333', quiet)).toEqual(['start 0 at 30', 'end 90 at the finish']);
  expect(told('666222222', quiet)).toEqual(['start 0 at 30', 'end 30 at 60']);
  expect(told('444', { onThreshold: 0.3 })).toEqual(['start 0 at 30', 'end 30 at the finish']);
  expect(told('222222', { onThreshold: 0.1, offThreshold: 0.1 })).toEqual([
    'start 0 at 30',
    'end 60 at the finish',
  ]);
});

test('ends where the quiet began that the finish cuts short', () => {
  expect(told('9999900000')).toEqual(['start 0 at 30', 'end 50 at the finish']);
  expect(told('0000099')).toEqual([]);
});

test('begins anew after the finish', () => {
  const hysteresis = new VoiceHysteresis();
  hysteresis.push(1, 0);
  hysteresis.push(1, 10);
  expect(hysteresis.finish()).toBeUndefined();
  expect(hysteresis.push(1, 20)).toBeUndefined();
  expect(hysteresis.push(1, 30)).toBeUndefined();
  expect(hysteresis.push(1, 40)).toEqual({ kind: 'start', timeMs: 20 });
});

test('takes what is no number for no voice', () => {
  const hysteresis = new VoiceHysteresis({ hangoverMs: 20 });
  const push = (probability: number, timeMs: number) => hysteresis.push(probability, timeMs);
  expect([push(Number.NaN, 0), push(Number.NaN, 10), push(Number.NaN, 20)]).toEqual(
    new Array(3).fill(undefined),
  );
  [30, 40, 50].forEach((timeMs) => {
    push(1, timeMs);
  });
  push(Number.NaN, 60);
  expect(push(Number.NaN, 70)).toEqual({ kind: 'end', timeMs: 60 });
});

test('starts and ends in turn, in order, and no voice or pause between them is too short', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10 }), { maxLength: 300 }), (tenths) => {
      const hysteresis = new VoiceHysteresis({ leastVoiceMs: 20, hangoverMs: 50 });
      const events = tenths.map((tenth, step) => hysteresis.push(tenth / 10, step * 10));
      const happened = [...events, hysteresis.finish()].filter((event): event is VoiceEvent => !!event);
      happened.forEach(({ kind, timeMs }, n) => {
        expect(kind).toBe(n % 2 === 0 ? 'start' : 'end');
        const before = happened[n - 1];
        if (before) expect(timeMs - before.timeMs).toBeGreaterThanOrEqual(kind === 'end' ? 20 : 50);
      });
      expect(happened.length % 2).toBe(0);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('refuses thresholds and durations that make no sense, and says what it received', () => {
  expect(() => new VoiceHysteresis({ onThreshold: 0.3, offThreshold: 0.4 })).toThrow(/on 0.3, off 0.4/);
  expect(() => new VoiceHysteresis({ onThreshold: 1.1 })).toThrow(RangeError);
  expect(() => new VoiceHysteresis({ onThreshold: Number.NaN })).toThrow(RangeError);
  expect(() => new VoiceHysteresis({ offThreshold: -1 })).toThrow(RangeError);
  expect(() => new VoiceHysteresis({ leastVoiceMs: -1 })).toThrow(/leastVoiceMs .*received -1/);
  expect(() => new VoiceHysteresis({ hangoverMs: Number.POSITIVE_INFINITY })).toThrow(
    /hangoverMs .*Infinity/,
  );
});
