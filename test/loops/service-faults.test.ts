import { beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { openService } from '../../src/loops/service.ts';
import type { SpokenFile } from '../../src/loops/spoken-file.ts';
import { faultNames, needsSocket, parseFault } from '../../src/mock/faults/faults.ts';
import { scenario } from '../mock/harness.ts';
import { hold, spoken } from './conversation.ts';

let opening: SpokenFile;
beforeAll(async () => {
  opening = await spoken('opening-hours');
});

/** Two files against a scenario with faults. A loop that hung would have no timer left, and the clock would say so. */
function heldWith(...faults: readonly string[]) {
  return hold([opening, opening], { scenario: { profile: 'fast', faults: faults.map(parseFault) } });
}

describe('a replay whose connection is lost', () => {
  test.each([
    ['close=1000', 'session-ended', 'service'],
    ['close=1001', 'session-ended', 'service'],
    ['close=1006', 'connection-lost', 'service'],
    ['close=1008', 'connection-refused', 'auth'],
    ['close=1009', 'message-too-big', 'service'],
    ['close=1011', 'service-failed', 'service'],
    ['close=1013', 'service-failed', 'service'],
    ['close=4000', 'connection-closed', 'service'],
    ['reset', 'connection-lost', 'service'],
    ['session-expired', 'session-ended', 'service'],
    ['accept-then-close', 'service-failed', 'service'],
    ['accept-then-close=1013', 'service-failed', 'service'],
    ['close=1011@session.created', 'service-failed', 'service'],
    ['close=1006@input_audio_buffer.append#50', 'connection-lost', 'service'],
    ['reset@input_audio_buffer.speech_started+20', 'connection-lost', 'service'],
  ])('by %s ends with %s', async (written, code, kind) => {
    await expect(heldWith(written)).rejects.toMatchObject({ name: 'VoiceloopError', code, kind });
  });

  test('when the session is over, ends as the service ends it', async () => {
    const long = hold([opening, opening], { scenario: { profile: 'fast', sessionSeconds: 8 } });
    await expect(long).rejects.toMatchObject({ code: 'session-ended' });
  });
});

describe('a replay whose service falls silent', () => {
  test.each(['half-open', 'black-hole', 'half-open@response.created', 'drop@response.done'])(
    'by %s gives up waiting, says so of the turn, and goes on',
    async (written) => {
      const { result } = await heldWith(written);
      expect(result.turns.map(({ outcome }) => outcome)[0]).toBe('unanswered');
      expect(result.turns).toHaveLength(2);
    },
  );

  test.each(['half-open@session.created', 'drop@session.created', 'drop@session.updated', 'half-open@open'])(
    'by %s before the session has begun ends with an error',
    async (written) => {
      await expect(heldWith(written)).rejects.toMatchObject({ kind: 'service', code: 'session-timeout' });
    },
  );

  test('for a while only, waits and gets its answer', async () => {
    const { result } = await heldWith('stall=6000');
    expect(result.turns.map(({ outcome }) => outcome)).toEqual(['answered', 'answered']);
  });
});

describe('a replay whose service misbehaves', () => {
  test.each([
    ['malformed-json', 1, 0],
    ['bad-base64', 1, 0],
    ['unknown-event', 0, 1],
    ['unknown-event@response.created#every', 0, 2],
  ])('by %s is held to its end, and counts it', async (written, malformed, unknownEvents) => {
    const { result } = await heldWith(written);
    expect(result.turns.map(({ outcome }) => outcome)).toEqual(['answered', 'answered']);
    expect(result.counters).toMatchObject({ malformed, unknownEvents });
  });

  test.each([
    ['fail', 'unanswered'],
    ['incomplete', 'unanswered'],
  ])('by %s says of that turn that it was %s', async (written, outcome) => {
    const { result } = await heldWith(written);
    expect(result.turns.map((turn) => turn.outcome)).toEqual([outcome, 'answered']);
  });

  test('by refusing its configuration ends with an error', async () => {
    await expect(heldWith('reject')).rejects.toMatchObject({ code: 'session-refused' });
  });
});

describe('a virtual clock', () => {
  const options = {
    clock: new VirtualClock(),
    seed: 1,
    model: 'gpt-4o',
    transcript: () => '',
    trace: () => {},
  };
  const open = (...faults: readonly string[]) =>
    openService({ kind: 'mock', scenario: scenario({ faults: faults.map(parseFault) }) }, options);

  test.each(faultNames)('has a socket for %s only if that needs none', async (name) => {
    if (!needsSocket(parseFault(name))) {
      await (await open(name)).close();
      return;
    }
    await expect(open(name)).rejects.toMatchObject({
      kind: 'usage',
      code: 'fault-needs-socket',
      message: `a virtual clock has no socket for ${name}`,
      hint: expect.stringContaining('--clock virtual'),
    });
  });

  test('names all the faults that it cannot play', async () => {
    await expect(open('close', 'slicer', 'refuse')).rejects.toThrow('slicer, refuse');
  });

  test('counts the connections: a fault of the first ones spares the next', async () => {
    const clock = new VirtualClock();
    const played = scenario({ profile: 'fast', faults: [parseFault('accept-then-close/1')] });
    const received: string[][] = [];
    await clock.run(async () => {
      const service = await openService({ kind: 'mock', scenario: played }, { ...options, clock });
      for (let i = 0; i < 2; i++) {
        const messages: string[] = [];
        received.push(messages);
        await service.dial({
          onMessage: (text) => messages.push(JSON.parse(text).type),
          onClose: ({ code }) => messages.push(`closed with ${code}`),
        });
        await clock.sleep(1000);
      }
      await service.close();
    });
    expect(received).toEqual([['closed with 1011'], ['session.created']]);
  });
});
