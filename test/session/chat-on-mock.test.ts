import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { SystemClock, VirtualClock } from '../../src/clock.ts';
import { openService } from '../../src/loops/service.ts';
import { loadScenario } from '../../src/mock/scenario/load-scenario.ts';
import type { Scenario } from '../../src/mock/scenario/scenario.ts';
import { startMock } from '../../src/mock/server/server.ts';
import type { Playback } from '../../src/pipeline/playback.ts';
import type { RequestSession } from '../../src/protocol/events.ts';
import type { Notice, Turn } from '../../src/session/actions.ts';
import { chatSession } from '../../src/session/defaults.ts';
import { ECHO_REFERENCE_FEATURE } from '../../src/session/endpoint.ts';
import { Session } from '../../src/session/session.ts';
import { type Tool, ToolCalls } from '../../src/session/tool-calls.ts';
import { scenario } from '../mock/harness.ts';

/** A talk with the mock on a virtual clock, by a chat's session. */
async function chat(
  played: Scenario,
  config: RequestSession,
  talk: (session: Session, clock: VirtualClock) => Promise<void>,
  tools: readonly Tool[] = [],
) {
  const clock = new VirtualClock();
  const turns: Turn[] = [];
  const notices: Notice[] = [];
  const sent: string[] = [];
  const playback: Playback = { push() {}, finish() {}, flush: () => undefined };
  await clock.run(async () => {
    const service = await openService(
      { kind: 'mock', scenario: played },
      { clock, seed: 1, model: 'gpt-4o', transcript: () => 'Hello?', trace: () => {} },
    );
    const session = new Session({
      clock,
      config,
      dial: (events) => service.dial(events),
      playback,
      observer: {
        onTurn: (turn) => {
          turns.push(turn);
          calls.onTurn(turn);
        },
        onNotice: (notice) => notices.push(notice),
        onEvent: ({ direction, event }) => {
          if (direction === 'sent') sent.push((event as { type: string }).type);
        },
      },
    });
    const calls = new ToolCalls({
      clock,
      tools: new Map(tools.map((tool) => [tool.name, tool])),
      session,
      onNotice: (notice) => notices.push(notice),
    });
    await session.connect();
    expect(session.differences).toEqual([]);
    await talk(session, clock);
    calls.stop();
    await session.close();
    await service.close();
  });
  const said = turns.flatMap((turn) => (turn.kind === 'answer-transcript' ? [turn.text] : []));
  return { turns, notices, sent, said };
}

const append = (ms: number) =>
  `{"type":"input_audio_buffer.append","audio":"${Buffer.alloc(48 * ms).toString('base64')}"}`;

describe('against the mock', () => {
  test('two calls of one response are run, answered, and followed by one answer', async () => {
    const played = await loadScenario('function-call');
    const called: unknown[] = [];
    const tool = (name: string): Tool => ({
      name,
      handler: (args) => {
        called.push([name, args]);
        return { ok: true };
      },
    });
    const tools = [tool('find_loan'), tool('renew_loan')];
    const { said, sent, notices } = await chat(
      played,
      chatSession({ tools }),
      async (session, clock) => {
        await clock.sleep(5_000);
        session.say('I would like to renew my book.');
        await clock.sleep(20_000);
      },
      tools,
    );
    expect(called).toEqual([
      ['find_loan', { title: 'The Sea', branch: 3 }],
      ['renew_loan', {}],
    ]);
    expect(sent.slice(1)).toEqual([
      'conversation.item.create',
      'response.create',
      'conversation.item.create',
      'conversation.item.create',
      'response.create',
    ]);
    expect(said).toEqual(['Yes, of course.', 'I have renewed your book. It is now due on the ninth of May.']);
    expect(notices).toEqual([]);
  });

  test('a message that is typed while a handler runs is answered first', async () => {
    const played = await loadScenario('function-call');
    let clock: VirtualClock | undefined;
    const tool = (name: string): Tool => ({ name, handler: () => clock?.sleep(3_000) });
    const tools = [tool('find_loan'), tool('renew_loan')];
    const { turns, sent, notices } = await chat(
      played,
      chatSession({ tools }),
      async (session, chatClock) => {
        clock = chatClock;
        await chatClock.sleep(5_000);
        session.say('I would like to renew my book.');
        await chatClock.sleep(2_000);
        session.say('Thank you.');
        await chatClock.sleep(30_000);
      },
      tools,
    );
    expect(sent.filter((type) => type === 'response.create')).toHaveLength(3);
    expect(turns.filter(({ kind }) => kind === 'answer-done')).toHaveLength(4);
    expect(notices).toEqual([]);
  });

  test('a handler that fails leaves the talk going', async () => {
    const played = await loadScenario('function-call');
    const { said, notices } = await chat(played, chatSession(), async (session, clock) => {
      await clock.sleep(5_000);
      session.say('I would like to renew my book.');
      await clock.sleep(20_000);
    });
    expect(said).toHaveLength(2);
    expect(notices.map(({ code }) => code)).toEqual(['tool-unknown', 'tool-unknown']);
  });

  test('a greeting is spoken word for word', async () => {
    const { said, notices } = await chat(
      scenario({ profile: 'fast' }),
      chatSession(),
      async (session, clock) => {
        session.greet('Good morning!');
        await clock.sleep(5_000);
      },
    );
    expect(said).toEqual(['Good morning!']);
    expect(notices).toEqual([]);
  });

  test('a turn by push-to-talk is answered when it is committed', async () => {
    const { turns, notices } = await chat(
      scenario({ profile: 'fast' }),
      chatSession({ pushToTalk: true }),
      async (session, clock) => {
        session.interrupt();
        session.sendFrame(append(400));
        await clock.sleep(1_000);
        expect(session.commitAudio()).toBe(true);
        expect(session.commitAudio()).toBe(false);
        await clock.sleep(5_000);
      },
    );
    expect(turns.map(({ kind }) => kind)).toContain('answer-transcript');
    expect(turns).toContainEqual(expect.objectContaining({ kind: 'user-transcript', text: 'Hello?' }));
    expect(notices).toEqual([]);
  });

  test.each([
    { echo: 'reference' },
    { echo: 'off', denoised: true },
    { textOnly: true },
    { instructions: 'Be brief.', voice: 'en-US-AvaNeural' },
  ] as const)('the session with %j is what was asked', async (options) => {
    const { notices } = await chat(scenario({ profile: 'fast' }), chatSession(options), async () => {});
    expect(notices).toEqual([]);
  });
});

test('an agent answers at an endpoint in place of the model, and takes the echo reference', async () => {
  const clock = new SystemClock();
  const mock = await startMock({ scenario: scenario({ profile: 'fast' }), clock });
  const service = await openService(
    {
      kind: 'endpoint',
      endpoint: mock.url,
      agent: { name: 'clerk', project: 'library', conversationId: 'conv_1' },
      features: [ECHO_REFERENCE_FEATURE],
      credential: undefined,
    },
    { clock, seed: 1, model: 'gpt-4o', transcript: () => '', trace: () => {} },
  );
  const session = new Session({
    clock,
    config: chatSession({ agent: true, echo: 'reference' }),
    dial: (events) => service.dial(events),
    playback: { push() {}, finish() {}, flush: () => undefined },
  });
  const { agent, input_audio_echo_cancellation: echo } = await session.connect();
  expect(agent).toMatchObject({ type: 'agent', name: 'clerk', thread_id: 'conv_1' });
  expect(echo).toMatchObject({ reference_source: 'client', channels: 2 });
  expect(session.differences).toEqual([]);
  await session.close();
  await service.close();
  await mock.close();
});
