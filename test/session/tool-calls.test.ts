import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { ClientEvent } from '../../src/protocol/events.ts';
import type { Notice, Turn } from '../../src/session/actions.ts';
import { type Tool, ToolCalls, toolDefinitions } from '../../src/session/tool-calls.ts';

const call = (callId: string, name: string, written = '{}', responseId = 'R'): Turn => ({
  kind: 'tool-call',
  responseId,
  itemId: `I${callId}`,
  callId,
  name,
  arguments: written,
});
const done = (status: 'completed' | 'cancelled' | 'failed' = 'completed', responseId = 'R'): Turn => ({
  kind: 'answer-done',
  responseId,
  status,
  userItemId: 'U',
});
const userStarted: Turn = { kind: 'user-started', itemId: 'U2', audioStartMs: 0 };
const userEnded: Turn = { kind: 'user-ended', itemId: 'U2', audioEndMs: 0 };
const answerStarted: Turn = { kind: 'answer-started', responseId: 'R2' };

/** Tools on a virtual clock; what is sent is noted as `CALL: OUTPUT`, a request for an answer as `respond`. */
function setUp(...tools: readonly Tool[]) {
  const clock = new VirtualClock();
  const did: string[] = [];
  const notices: Notice[] = [];
  const at: number[] = [];
  const note = (what: string) => {
    did.push(what);
    at.push(clock.now());
  };
  const calls = new ToolCalls({
    clock,
    tools: new Map(tools.map((tool) => [tool.name, tool])),
    session: {
      send: (event: ClientEvent) => {
        const item = event.type === 'conversation.item.create' ? event.item : undefined;
        note(item?.type === 'function_call_output' ? `${item.call_id}: ${item.output}` : event.type);
      },
      respond: () => note('respond'),
    },
    onNotice: (notice) => notices.push(notice),
  });
  /** Tells the steps 10 ms apart; a number is a wait. */
  const run = (...steps: (Turn | number)[]) =>
    clock.run(async () => {
      for (const step of steps) {
        if (typeof step !== 'number') calls.onTurn(step);
        await clock.sleep(typeof step === 'number' ? step : 10);
      }
    });
  return { clock, calls, did, at, notices, run };
}

const slow = (clock: () => VirtualClock, ms: number): Tool => ({
  name: 'slow',
  handler: async () => {
    await clock().sleep(ms);
    return 'at last';
  },
});

describe('what a handler gives', () => {
  test.each([
    ['foggy', 'foggy'],
    [{ sky: 'foggy' }, '{"sky":"foggy"}'],
    [12, '12'],
    [null, 'null'],
    [undefined, 'null'],
    [Promise.resolve(['a']), '["a"]'],
  ])('%j goes to the model as %j', async (result, output) => {
    const { did, run } = setUp({ name: 'f', handler: () => result });
    await run(call('C', 'f'), done());
    expect(did).toEqual([`C: ${output}`, 'respond']);
  });

  test('is made of the arguments', async () => {
    const { did, run } = setUp({ name: 'f', handler: (args) => args });
    await run(call('C', 'f', ' {\n "a": [1] }'), call('D', 'f', ''), done());
    expect(did).toEqual(['C: {"a":[1]}', 'D: {}', 'respond']);
  });
});

describe('what goes wrong is told to the model and to the user', () => {
  const thrower: Tool = {
    name: 'thrower',
    handler: () => {
      throw new Error('no such book');
    },
  };
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;

  test.each([
    ['a handler that throws', 'thrower', '{}', 'tool-failed', 'no such book'],
    ['a promise that is rejected', 'rejecter', '{}', 'tool-failed', 'out of order'],
    ['a result that is no JSON', 'circular', '{}', 'tool-failed', ''],
    ['a tool that nobody has', 'unheard_of', '{}', 'tool-unknown', 'there is no tool unheard_of'],
    [
      'arguments that are no JSON',
      'thrower',
      '{"a":',
      'tool-arguments-invalid',
      'the arguments are not JSON',
    ],
    ['arguments that do not fit', 'checked', '{"a":1}', 'tool-arguments-invalid', 'a must be a text'],
  ])('%s', async (_, name, written, code, reason) => {
    const { did, notices, run } = setUp(
      thrower,
      { name: 'rejecter', handler: async () => Promise.reject('out of order') },
      { name: 'circular', handler: () => circular },
      { name: 'checked', check: () => 'a must be a text', handler: () => expect.unreachable() },
    );
    await run(call('C', name, written), done());
    expect(did).toHaveLength(2);
    expect(JSON.parse((did[0] ?? '').replace('C: ', '')).error).toContain(reason);
    expect(did[1]).toBe('respond');
    expect(notices).toEqual([{ level: 'warning', code, message: expect.stringContaining(name) }]);
    expect(notices[0]?.message).toContain(reason);
  });

  test('a handler that takes longer than a minute is aborted, and comes too late', async () => {
    let signal: AbortSignal | undefined;
    const { clock, did, at, notices, run } = setUp({
      name: 'slow',
      handler: async (_, context) => {
        signal = context.signal;
        await clock.sleep(61_000);
        return 'too late';
      },
    });
    await run(call('C', 'slow'), done(), 62_000);
    expect(did).toEqual(['C: {"error":"there was no result within 60 s"}', 'respond']);
    expect(at).toEqual([60_000, 60_000]);
    expect(signal?.aborted).toBe(true);
    expect(notices).toMatchObject([{ code: 'tool-timeout' }]);
  });

  test('in a bearable length', async () => {
    const long: Tool = {
      name: 'long',
      handler: () => {
        throw new Error('x'.repeat(100_000));
      },
    };
    const { did, notices, run } = setUp(long);
    await run(call('C', 'long'), done());
    expect((did[0] ?? '').length).toBeLessThan(1_100);
    expect(notices[0]?.message.length).toBeLessThanOrEqual(300);
  });
});

describe('the model goes on', () => {
  test('once, when every call of the response is answered and it is over', async () => {
    const { clock, did, at, run } = setUp(
      { name: 'f', handler: () => 'a' },
      slow(() => clock, 100),
    );
    await run(call('C', 'f'), call('D', 'slow'), call('E', 'f'), done(), 200);
    expect(did).toEqual(['C: a', 'E: a', 'D: at last', 'respond']);
    expect(at.at(-1)).toBe(110);
  });

  test('not before the response is over, though all its calls so far are answered', async () => {
    const { did, run } = setUp({ name: 'f', handler: () => 'a' });
    await run(call('C', 'f'), 1_000, call('D', 'f'), 1_000);
    expect(did).toEqual(['C: a', 'D: a']);
    await run(done());
    expect(did).toEqual(['C: a', 'D: a', 'respond']);
  });

  test('although the end of the response was lost', async () => {
    const { did, at, run } = setUp({ name: 'f', handler: () => 'a' });
    await run(call('C', 'f'), 20_000);
    expect(did).toEqual(['C: a', 'respond']);
    expect(at[1]).toBe(15_000);
  });

  test.each(['cancelled', 'failed'] as const)('not after a response that was %s', async (status) => {
    const { did, run } = setUp({ name: 'f', handler: () => 'a' });
    await run(call('C', 'f'), done(status), 20_000);
    expect(did).toEqual(['C: a']);
  });

  test('after each response that called', async () => {
    const { did, run } = setUp({ name: 'f', handler: () => 'a' });
    await run(call('C', 'f'), done(), call('D', 'f', '{}', 'Q'), done('completed', 'Q'));
    expect(did).toEqual(['C: a', 'respond', 'D: a', 'respond']);
  });

  test('not by itself while the user speaks: the answer to that knows of the output', async () => {
    const { clock, did, run } = setUp(slow(() => clock, 100));
    await run(call('C', 'slow'), done(), userStarted, 500, userEnded, 500, answerStarted, 20_000);
    expect(did).toEqual(['C: at last']);
  });

  test('when the service answers the user before the output is there', async () => {
    const { clock, did, run } = setUp(slow(() => clock, 100));
    await run(call('C', 'slow'), done(), userStarted, userEnded, answerStarted, 500);
    expect(did).toEqual(['C: at last', 'respond']);
  });

  test('when what the service took for the user gets no answer', async () => {
    const { clock, did, at, run } = setUp(slow(() => clock, 100));
    await run(call('C', 'slow'), done(), userStarted, 500, userEnded, 5_000);
    expect(did).toEqual(['C: at last', 'respond']);
    expect(at[1]).toBe(530 + 3_000);
  });
});

test('after the end nothing is sent, and handlers are told', async () => {
  let reason: unknown;
  const { clock, calls, did, run } = setUp({
    name: 'slow',
    handler: async (_, { signal }) => {
      signal.addEventListener('abort', () => {
        reason = signal.reason;
      });
      await clock.sleep(1_000);
    },
  });
  await run(call('C', 'slow'), done());
  calls.stop();
  await run(2_000, call('D', 'slow'));
  expect(did).toEqual([]);
  expect(reason).toEqual(new Error('the chat has ended'));
});

test('tools are named in a session without what is ours alone', () => {
  const parameters = { type: 'object', properties: { title: { type: 'string' } } };
  const find: Tool = {
    name: 'find',
    description: 'Finds.',
    parameters,
    check: () => undefined,
    handler() {},
  };
  expect(toolDefinitions([find, { name: 'ping', handler() {} }])).toEqual([
    { type: 'function', name: 'find', description: 'Finds.', parameters },
    { type: 'function', name: 'ping', parameters: { type: 'object', properties: {} } },
  ]);
});
