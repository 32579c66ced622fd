import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import {
  commonFlagSchemas,
  gain,
  integer,
  kebab,
  oneOf,
  parseFlags,
  text,
  texts,
} from '../../src/commands/flags.ts';

const schemas = {
  ...commonFlagSchemas,
  clock: v.optional(oneOf(['real', 'virtual']), 'real'),
  profile: v.optional(oneOf(['fast', 'typical', 'slow'])),
  turnGap: v.optional(integer(0, 600)),
  out: v.optional(text()),
  fault: v.optional(texts()),
  gain: v.optional(gain()),
};

describe('flags', () => {
  test('that are not given have their defaults', () => {
    expect(parseFlags(schemas, {})).toEqual({
      json: false,
      quiet: false,
      verbose: false,
      debug: false,
      color: true,
      clock: 'real',
    });
  });

  test('that are given are taken, and of others nothing', () => {
    const raw = { '--': [], json: true, seed: 0, clock: 'virtual', turnGap: 600, out: 'a.wav' };
    const flags = parseFlags(schemas, raw);
    expect(flags).toMatchObject({ json: true, seed: 0, clock: 'virtual', turnGap: 600, out: 'a.wav' });
    expect(flags).not.toHaveProperty('--');
  });

  test('take a text that looks like a number as the text', () => {
    expect(parseFlags(schemas, { out: 2024 }).out).toBe('2024');
  });

  test('that may be given several times are a list, however often they are', () => {
    expect(parseFlags(schemas, { fault: 'reset' }).fault).toEqual(['reset']);
    expect(parseFlags(schemas, { fault: ['reset', 7] }).fault).toEqual(['reset', '7']);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ turnGap: -1 }, '--turn-gap needs a whole number from 0 to 600, not -1'],
    [{ turnGap: 601 }, '--turn-gap needs a whole number from 0 to 600, not 601'],
    [{ turnGap: 0.5 }, '--turn-gap needs a whole number from 0 to 600, not 0.5'],
    [{ turnGap: Number.NaN }, '--turn-gap needs a whole number from 0 to 600, not NaN'],
    [{ seed: 'x' }, '--seed needs a whole number from 0 to 4294967295, not "x"'],
    [{ clock: 'fast' }, '--clock takes real or virtual, not "fast"'],
    [{ profile: 7 }, '--profile takes fast, typical or slow, not 7'],
    [{ out: false }, '--out needs one value, not false'],
    [{ out: ['a', 'b'] }, '--out is given more than once'],
    [{ seed: [1, 2] }, '--seed is given more than once'],
    [{ json: [true, true] }, '--json is given more than once'],
    [{ json: { x: 1 } }, '--json takes no value, not Object'],
  ])('%j are refused by name, with what they take and what they got', (raw, message) => {
    expect(() => parseFlags(schemas, raw)).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'flag-invalid', message }),
    );
  });

  test('are written with dashes', () => {
    expect(kebab('turnGap')).toBe('turn-gap');
    expect(kebab('out')).toBe('out');
  });

  test('for a gain take decibels, or auto', () => {
    for (const value of ['auto', -60, 0, 3.5, 60])
      expect(parseFlags(schemas, { gain: value }).gain).toBe(value);
    for (const value of [-61, 60.5, 'loud', true, Number.NaN]) {
      expect(() => parseFlags(schemas, { gain: value })).toThrow(
        /^--gain takes auto or decibels from -60 to 60, not /,
      );
    }
  });
});
