import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VoiceloopError } from '../../../src/errors.ts';
import type { FaultKind } from '../../../src/mock/faults/fault-kinds.ts';
import {
  describeFault,
  type Fault,
  type FaultName,
  fault,
  faultKinds,
  faultNames,
  isToxic,
  needsSocket,
  parseFault,
} from '../../../src/mock/faults/faults.ts';
import { clientEventTypes, serverEventTypes } from '../../../src/protocol/events.ts';

function refusal(written: string): VoiceloopError {
  try {
    parseFault(written);
  } catch (error) {
    if (error instanceof VoiceloopError) return error;
    throw error;
  }
  throw new Error(`${written} was taken`);
}

describe('a fault that is written on the command line', () => {
  test.each<[string, Fault]>([
    [
      'close',
      {
        name: 'close',
        value: 1011,
        moment: { at: 'response.audio.delta', occurrence: 3, delayMs: 0 },
        connections: Infinity,
      },
    ],
    [
      'close=1006@response.done#2+40/1',
      {
        name: 'close',
        value: 1006,
        moment: { at: 'response.done', occurrence: 2, delayMs: 40 },
        connections: 1,
      },
    ],
    [
      'refuse=429/2',
      { name: 'refuse', value: 429, moment: { at: 'open', occurrence: 1, delayMs: 0 }, connections: 2 },
    ],
    [
      'duplicate@response.audio.delta#every',
      {
        name: 'duplicate',
        value: 0,
        moment: { at: 'response.audio.delta', occurrence: 'every', delayMs: 0 },
        connections: Infinity,
      },
    ],
    [
      'error=content_filter@input_audio_buffer.committed',
      {
        name: 'error',
        value: 'content_filter',
        moment: { at: 'input_audio_buffer.committed', occurrence: 1, delayMs: 0 },
        connections: Infinity,
      },
    ],
    [
      'reset@open+250',
      {
        name: 'reset',
        value: 0,
        moment: { at: 'open', occurrence: 1, delayMs: 250 },
        connections: Infinity,
      },
    ],
  ])('%s is resolved to the last field', (written, resolved) => {
    expect(parseFault(written)).toEqual(resolved);
  });

  test('happens at the first event of a type that is named without a number', () => {
    expect(parseFault('close').moment.occurrence).toBe(3);
    expect(parseFault('close@response.audio.delta').moment.occurrence).toBe(1);
  });

  test('keeps a code that looks like a number', () => {
    expect(parseFault('error=429').value).toBe('429');
  });

  test.each(faultNames)('%s can be given by its name alone', (name) => {
    expect(parseFault(name)).toEqual(fault(name));
  });

  const nonsense: readonly (readonly [written: string, reason: RegExp])[] = [
    ['', /not written like a fault/],
    ['close 1011', /not written like a fault/],
    ['close=', /not written like a fault/],
    ['close@', /not written like a fault/],
    ['close@response.done#', /not written like a fault/],
    ['close@response.done#-1', /not written like a fault/],
    ['close/every', /not written like a fault/],
    ['close/1+40', /not written like a fault/],
    ['Close', /not written like a fault/],
    ['clsoe', /no fault called "clsoe"/],
    ['constructor', /no fault called "constructor"/],
    ['reset=1', /reset takes no value/],
    ['refuse=200', /whole number from 400 to 599 \(HTTP status\)/],
    ['refuse=4.5', /whole number from 400 to 599/],
    ['refuse=soon', /whole number from 400 to 599/],
    ['stall=3600001', /whole number from 0 to 3600000 \(ms\)/],
    ['slicer=0', /whole number from 1 to/],
    ['limit=0', /whole number from 1 to/],
    ['refuse@open', /belongs to the connection as a whole/],
    ['slow-close+5', /belongs to the connection as a whole/],
    ['drop+5', /changes an event, and can come no later/],
    ['close@response.audio.detla', /no event of the protocol: did you mean response\.audio\.delta/],
    ['close@response.done#0', /counted from 1/],
    ['close/0', /at least one connection/],
    [`close+${'9'.repeat(400)}`, /from 0 to 3600000 ms after/],
  ];
  test.each(nonsense)('%j is refused, and why is said', (written, reason) => {
    const error = refusal(written);
    expect(error).toMatchObject({ kind: 'usage', code: 'fault-invalid' });
    expect(error.message).toContain(written);
    expect(`${error.reason}`).toMatch(reason);
  });

  test('gets a hint: the name that was meant, else all names, or the form where that is wrong', () => {
    expect(refusal('clsoe').hint).toContain('close');
    expect(refusal('!').hint).toMatch(/NAME\[=VALUE\]\[@EVENT\[#N\]\]\[\+MS\]\[\/CONNECTIONS\]/);
    for (const name of faultNames) expect(refusal('xylophone').hint).toContain(name);
  });

  test('may close with every code that a close frame can carry, with 1006 and with no other', () => {
    const taken = Array.from({ length: 5001 }, (_, code) => code).filter((code) => {
      try {
        return fault('close', { value: code }).value === code;
      } catch {
        return false;
      }
    });
    const standard = [1000, 1001, 1002, 1003, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
    expect(taken).toEqual([...standard, ...Array.from({ length: 2000 }, (_, i) => 3000 + i)]);
    expect(() => fault('accept-then-close', { value: 1005 })).toThrow(/close code/);
  });
});

describe('the moment of a fault', () => {
  const altering = faultNames.filter((name) => 'alters' in faultKinds[name]);

  test.each(altering.filter((name) => name !== 'reject'))(
    '%s changes what the service sends, and nothing else',
    (name) => {
      for (const at of ['open', ...clientEventTypes]) {
        expect(() => fault(name, { at })).toThrow(new RegExp(`^${name} changes .* and ${at} is none$`));
      }
      expect(fault(name, { at: 'response.audio.delta' }).moment.at).toBe('response.audio.delta');
    },
  );

  test('reject refuses what the client sends, and nothing else', () => {
    for (const at of ['open', ...serverEventTypes]) {
      expect(() => fault('reject', { at })).toThrow(
        `reject changes an event of the client, and ${at} is none`,
      );
    }
    for (const at of clientEventTypes) expect(fault('reject', { at }).moment.at).toBe(at);
  });

  test.each(['bad-base64', 'odd-bytes'] as const)('%s needs audio', (name) => {
    expect(() => fault(name, { at: 'response.audio_transcript.delta' })).toThrow(
      `${name} changes response.audio.delta only, and response.audio_transcript.delta is none`,
    );
  });

  test.each(['close', 'stall', 'error', 'reset', 'fail'] as const)(
    '%s may come at events of either side',
    (name) => {
      for (const at of ['open', 'input_audio_buffer.append', 'response.done']) {
        expect(fault(name, { at, delayMs: 5 }).moment).toEqual({ at, occurrence: 1, delayMs: 5 });
      }
    },
  );
});

describe('what a fault needs', () => {
  test('is a socket where it is one of handshakes or of bytes', () => {
    const needing = faultNames.filter((name) => needsSocket(fault(name)));
    expect(needing).toEqual([
      'refuse',
      'slow-handshake',
      'no-handshake',
      'stop-reading',
      'slow-close',
      'slicer',
      'limit',
    ]);
  });

  test('is the proxy below the socket where single bytes matter', () => {
    const toxic = faultNames.filter((name) => isToxic(fault(name)));
    expect(toxic).toEqual([
      'reset',
      'half-open',
      'black-hole',
      'stop-reading',
      'slow-close',
      'slicer',
      'limit',
    ]);
  });
});

test('what is described is read back as the same fault', () => {
  const numbers: Partial<Record<string, fc.Arbitrary<number | string>>> = {
    'HTTP status': fc.integer({ min: 400, max: 599 }),
    'close code': fc.constantFrom(1000, 1001, 1006, 1011, 3000, 4999),
    ms: fc.integer({ min: 0, max: 3_600_000 }),
    bytes: fc.integer({ min: 1, max: 2 ** 28 }),
    frames: fc.integer({ min: 1, max: 2 ** 28 }),
    code: fc.stringMatching(/^[a-z0-9_]{1,20}$/),
    reason: fc.stringMatching(/^[a-z0-9_]{1,20}$/),
  };
  const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
  const faults = fc.constantFrom<FaultName>(...faultNames).chain((name) => {
    const kind: FaultKind = faultKinds[name];
    const types = {
      service: serverEventTypes,
      client: clientEventTypes,
      'response.audio.delta': ['response.audio.delta'],
      any: ['open', ...clientEventTypes, ...serverEventTypes],
    }[kind.alters ?? 'any'] as readonly string[];
    const value = kind.value
      ? optional(numbers[kind.value.is] as fc.Arbitrary<number | string>)
      : fc.constant(undefined);
    const nothing = fc.constant(undefined);
    return fc.record({
      name: fc.constant(name),
      value,
      at: kind.moment ? optional(fc.constantFrom(...types)) : nothing,
      occurrence: kind.moment
        ? optional(fc.oneof(fc.integer({ min: 1, max: 999 }), fc.constant('every' as const)))
        : nothing,
      delayMs: kind.moment && !kind.alters ? optional(fc.integer({ min: 0, max: 3_600_000 })) : nothing,
      connections: optional(fc.integer({ min: 1, max: 1000 })),
    });
  });
  fc.assert(
    fc.property(faults, ({ name, ...details }) => {
      const made = fault(name, details);
      expect(parseFault(describeFault(made))).toEqual(made);
    }),
    { seed: 11, numRuns: 500 },
  );
});
