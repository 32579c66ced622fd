import { describe, expect, test } from 'vitest';
import { Talk } from '../../../src/commands/chat-screen/talk.ts';
import type { Turn } from '../../../src/session/actions.ts';

const user = {
  started: (itemId = 'u1'): Turn => ({ kind: 'user-started', itemId, audioStartMs: 0 }),
  delta: (text: string, itemId = 'u1'): Turn => ({ kind: 'user-delta', itemId, text }),
  said: (text: string, itemId = 'u1'): Turn => ({ kind: 'user-transcript', itemId, text }),
};
const agent = {
  started: (responseId = 'r1'): Turn => ({ kind: 'answer-started', responseId }),
  delta: (text: string, responseId = 'r1'): Turn => ({
    kind: 'answer-delta',
    responseId,
    itemId: `${responseId}-item`,
    text,
  }),
  said: (text: string, responseId = 'r1'): Turn => ({
    kind: 'answer-transcript',
    responseId,
    itemId: `${responseId}-item`,
    text,
  }),
  done: (userItemId: string | undefined = 'u1', responseId = 'r1'): Turn => ({
    kind: 'answer-done',
    responseId,
    status: 'completed',
    userItemId,
  }),
  interrupted: (responseId = 'r1'): Turn => ({
    kind: 'interrupted',
    reason: 'speech',
    responseId,
    itemId: `${responseId}-item`,
    heardMs: 1320,
    receivedMs: 3000,
  }),
};

/** A talk, and the lines it has given so far, each with when. */
function talking() {
  const talk = new Talk();
  const lines: string[] = [];
  let nowMs = 0;
  const take = () => {
    for (const { who, text, figures } of talk.take(nowMs)) {
      lines.push([`${nowMs}`, who, text, figures].filter(Boolean).join(' '));
    }
  };
  return {
    talk,
    lines,
    turn(...steps: readonly Turn[]) {
      for (const step of steps) {
        talk.turn(step, nowMs);
        take();
      }
    },
    answered(responseId = 'r1') {
      talk.answered(responseId, { voiceToVoiceMs: 840, clientMs: 96, serverMs: 744 }, nowMs);
      take();
    },
    stopped(responseId = 'r1') {
      talk.stopped({ responseId, heardMs: 1320, stopMs: 23 }, nowMs);
      take();
    },
    typed(text: string) {
      talk.typed(text, nowMs);
      take();
    },
    /** Time passes, and whatever was waited for comes to an end. */
    until(ms: number) {
      for (let dueMs = talk.dueMs; dueMs !== undefined && dueMs <= ms; dueMs = talk.dueMs) {
        nowMs = Math.max(nowMs, dueMs);
        take();
      }
      nowMs = ms;
    },
  };
}

describe('a talk', () => {
  test('is what both sides said, with the latency of the answer', () => {
    const at = talking();
    at.turn(user.started(), user.delta('When '), user.said('When?'), agent.started(), agent.delta('At '));
    at.answered();
    at.turn(agent.said('At ten.'));
    expect(at.lines).toEqual(['0 you When?']);
    at.turn(agent.done());
    expect(at.lines).toEqual(['0 you When?', '0 agent At ten. 840 ms  (client 96, server 744)']);
    expect(at.talk.dueMs).toBeUndefined();
  });

  test('shows what is being said', () => {
    const at = talking();
    at.turn(user.started());
    expect(at.talk.open).toEqual([]);
    at.turn(
      user.delta('When do '),
      user.delta('you open?'),
      agent.started(),
      agent.delta('At '),
      agent.delta('ten'),
    );
    expect(at.talk.open).toEqual([
      { who: 'you', text: 'When do you open?' },
      { who: 'agent', text: 'At ten' },
    ]);
  });

  test('puts the user first whose transcript comes after the answer', () => {
    const at = talking();
    at.turn(user.started(), agent.started(), agent.said('At ten.'));
    at.answered();
    at.turn(agent.done());
    expect(at.lines).toEqual([]);
    at.until(2900);
    at.turn(user.said('When?'));
    expect(at.lines).toEqual(['2900 you When?', '2900 agent At ten. 840 ms  (client 96, server 744)']);
  });

  test('waits three seconds for a transcript that never comes, then for no other until one comes', () => {
    const at = talking();
    const turnOf = (n: number) => {
      at.turn(user.started(`u${n}`), agent.started(`r${n}`), agent.said(`answer ${n}`, `r${n}`));
      at.answered(`r${n}`);
      at.turn(agent.done(`u${n}`, `r${n}`));
    };
    const figures = '840 ms  (client 96, server 744)';
    turnOf(1);
    at.until(5000);
    turnOf(2);
    expect(at.lines).toEqual([`3000 agent answer 1 ${figures}`, `5000 agent answer 2 ${figures}`]);
    at.turn(user.said('late after all', 'u2'));
    expect(at.lines.at(-1)).toBe('5000 you late after all');
    turnOf(3);
    at.until(9000);
    expect(at.lines.at(-1)).toBe(`8000 agent answer 3 ${figures}`);
  });

  test('knows the user of an answer where nobody said that speech began', () => {
    const at = talking();
    at.turn(
      user.said('Hello.', 'u0'),
      agent.started('r0'),
      agent.said('Hello!', 'r0'),
      agent.done('u0', 'r0'),
    );
    at.until(2000);
    at.turn(agent.started(), agent.said('At ten.'));
    at.answered();
    at.turn(agent.done());
    expect(at.lines).toEqual(['0 you Hello.', '1000 agent Hello!']);
    at.turn(user.said('When?'));
    expect(at.lines.slice(2)).toEqual([
      '2000 you When?',
      '2000 agent At ten. 840 ms  (client 96, server 744)',
    ]);
    at.turn(agent.started('r2'), agent.delta('At', 'r2'), user.said('And closes?', 'u2'));
    expect(at.lines.at(-1)).toBe('2000 you And closes?');
    expect(at.talk.open).toEqual([{ who: 'agent', text: 'At' }]);
  });

  test('waits for nobody before a greeting', () => {
    const at = talking();
    at.turn(agent.started(), agent.said('Welcome!'), { ...agent.done(), userItemId: undefined } as Turn);
    at.until(1500);
    expect(at.lines).toEqual(['1000 agent Welcome!']);
  });

  test('waits a second for a latency, and leaves out what comes too late', () => {
    const at = talking();
    at.turn(user.said('When?'), agent.started(), agent.said('At ten.'), agent.done());
    at.until(999);
    expect(at.lines).toHaveLength(1);
    at.until(1500);
    at.answered();
    at.until(5000);
    expect(at.lines).toEqual(['0 you When?', '1000 agent At ten.']);
  });

  test('says nothing of an answer without words, and nothing of a user who said none', () => {
    const at = talking();
    at.turn(user.said(' '), agent.started(), agent.done());
    expect(at.lines).toEqual([]);
    expect(at.talk.dueMs).toBeUndefined();
  });

  test('puts the parts of an answer together', () => {
    const at = talking();
    at.turn(agent.started(), agent.delta('One'), agent.said('One.'), agent.delta('Tw'));
    expect(at.talk.open).toEqual([{ who: 'agent', text: 'One. Tw' }]);
    at.turn(agent.said('Two.'));
    expect(at.talk.open).toEqual([{ who: 'agent', text: 'One. Two.' }]);
  });

  test('has the functions that the agent calls, before what it says about their results', () => {
    const at = talking();
    const call = { itemId: 'c', callId: 'c1', name: 'hours', arguments: '{"day":"Sunday"}' };
    at.turn(
      user.said('When?'),
      agent.started(),
      { kind: 'tool-call', responseId: 'r1', ...call },
      agent.done(),
    );
    at.turn(agent.started('r2'), agent.said('At ten.', 'r2'));
    at.answered('r2');
    at.turn(agent.done('u1', 'r2'));
    expect(at.lines.slice(1)).toEqual([
      '0 call hours({"day":"Sunday"})',
      '0 agent At ten. 840 ms  (client 96, server 744)',
    ]);
  });

  test('gives an answer up that goes silent in the middle, and shows it again if it goes on', () => {
    const at = talking();
    at.turn(agent.started(), agent.delta('At t'));
    at.until(100);
    at.turn(user.started('u2'), user.said('Are you there?', 'u2'));
    at.until(5000);
    expect(at.lines).toEqual(['3100 agent At t', '3100 you Are you there?']);
    at.turn(agent.said('At ten.'), agent.done());
    at.until(7000);
    expect(at.lines.at(-1)).toBe('6000 agent At ten.');
  });

  test('gives everything at its end', () => {
    const at = talking();
    at.turn(
      user.started(),
      agent.started(),
      agent.delta('At t'),
      user.started('u2'),
      user.delta('Stop', 'u2'),
    );
    expect(at.talk.takeAll().map(({ who, text }) => `${who} ${text}`)).toEqual(['agent At t', 'you Stop']);
    expect(at.talk.takeAll()).toEqual([]);
  });
});

describe('an interruption', () => {
  const told = 'stop interrupted after 1.32 s, stopped in 23 ms';

  test.each([
    ['before the sound has stopped', ['interrupted', 'stopped']],
    ['after the sound has stopped', ['stopped', 'interrupted']],
  ])('that is told %s is one line under its answer', (_, order) => {
    const at = talking();
    at.turn(user.said('When?'), agent.started(), agent.delta('At ten. It'));
    at.answered();
    for (const each of order) {
      if (each === 'stopped') at.stopped();
      else at.turn(agent.interrupted());
    }
    at.turn(user.started('u2'), agent.said('At ten. It'), agent.done());
    expect(at.lines.slice(1)).toEqual(['0 agent At ten. It 840 ms  (client 96, server 744)', `0 ${told}`]);
  });

  test('of an answer that has been shown comes before the words of whoever interrupted it', () => {
    const at = talking();
    at.turn(user.said('When?'), agent.started(), agent.said('At ten.'));
    at.answered();
    at.turn(agent.done(), user.started('u2'), user.delta('Stop', 'u2'), agent.interrupted());
    at.until(20);
    at.stopped();
    at.turn(user.said('Stop it.', 'u2'));
    expect(at.lines.slice(2)).toEqual([`20 ${told}`, '20 you Stop it.']);
  });

  test('is shown after a second where nobody measures how soon it was silent', () => {
    const at = talking();
    at.turn(agent.started(), agent.said('At ten.'));
    at.answered();
    at.turn(agent.done('u0'), agent.interrupted());
    at.until(8000);
    expect(at.lines.at(-1)).toMatch(/^\d+ stop interrupted after 1.32 s$/);
  });
});

describe('a typed message', () => {
  test('is shown at once, and not again when the service echoes it', () => {
    const at = talking();
    at.typed('Hello');
    at.turn(user.said('Hello', 'u7'), agent.started(), agent.said('Hi.'));
    at.answered();
    at.turn(agent.done('u7'));
    expect(at.lines).toEqual(['0 you Hello', '0 agent Hi. 840 ms  (client 96, server 744)']);
  });

  test('is not mistaken for the same words, spoken', () => {
    const at = talking();
    at.turn(user.started('u1'));
    at.typed('Hello');
    at.turn(user.said('Hello', 'u1'));
    expect(at.lines.map((line) => line.slice(2))).toEqual(['you Hello', 'you Hello']);
  });
});
