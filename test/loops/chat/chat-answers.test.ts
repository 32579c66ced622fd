import { describe, expect, test } from 'vitest';
import { type ChatAnswer, ChatAnswers, type ChatInterruption } from '../../../src/loops/chat/chat-answers.ts';

const run = { responseId: 'r', itemId: 'i', contentIndex: 0, samples: new Float32Array(480).fill(0.1) };

function watched() {
  const answers: ChatAnswer[] = [];
  const interruptions: ChatInterruption[] = [];
  const chat = new ChatAnswers({
    rateHz: 24_000,
    onAnswer: (answer) => answers.push(answer),
    onInterruption: (interruption) => interruptions.push(interruption),
  });
  const frames = (untilMs: number) => {
    for (let frame = 0; frame * 20 < untilMs; frame++) {
      const timeMs = frame * 20;
      chat.frameSent({ message: '', timeMs, endMs: timeMs + 20, frame }, timeMs + 35);
    }
  };
  const answer = (startedMs: number, playedMs: number) => {
    chat.turn({ kind: 'answer-started', responseId: 'r' }, startedMs);
    const event = { type: 'response.audio.delta', response_id: 'r', samples: 4800 };
    chat.event({ direction: 'received', event, atMs: startedMs + 100 });
    chat.played({ ...run, timeMs: playedMs });
  };
  return { chat, answers, interruptions, frames, answer };
}

describe('the answers of a chat', () => {
  test('are timed from the end of the voice to the first audible sample', () => {
    const { chat, answers, frames, answer } = watched();
    chat.voice({ kind: 'start', timeMs: 100 });
    frames(2000);
    chat.voice({ kind: 'end', timeMs: 1005 });
    chat.turn({ kind: 'user-ended', itemId: 'u', audioEndMs: 1500 }, 1600);
    answer(1700, 1880);
    expect(answers).toEqual([
      {
        responseId: 'r',
        itemId: 'i',
        latency: expect.objectContaining({
          voiceToVoiceMs: 875,
          uplinkMs: 30,
          serverMs: 765,
          playoutMs: 80,
          clientAddedMs: 110,
        }),
      },
    ]);
  });

  test('are told once, at the first sound', () => {
    const { chat, answers, answer } = watched();
    answer(100, 300);
    chat.played({ ...run, timeMs: 320 });
    expect(answers).toHaveLength(1);
  });

  test('have no time where nobody knows when the user ended', () => {
    const { chat, answers, answer } = watched();
    answer(100, 300);
    expect(answers[0]?.latency.voiceToVoiceMs).toBeUndefined();
    chat.voice({ kind: 'start', timeMs: 400 });
    chat.turn({ kind: 'user-ended', itemId: 'u', audioEndMs: 900 }, 1000);
    chat.turn({ kind: 'answer-started', responseId: 'r2' }, 1100);
    chat.played({ ...run, responseId: 'r2', timeMs: 1300 });
    expect(answers[1]?.latency.voiceToVoiceMs).toBeUndefined();
  });

  test('that follow a function call answer nobody', () => {
    const { chat, answers, answer } = watched();
    chat.voice({ kind: 'end', timeMs: 50 });
    chat.turn({ kind: 'user-ended', itemId: 'u', audioEndMs: 60 }, 70);
    chat.turn({ kind: 'answer-started', responseId: 'calls' }, 80);
    answer(4000, 4100);
    expect(answers[0]?.latency.voiceToVoiceMs).toBeUndefined();
  });

  test('are timed from the key that ended the talking', () => {
    const { chat, answers, frames, answer } = watched();
    frames(1000);
    chat.talkEnded(800);
    answer(850, 1000);
    expect(answers[0]?.latency.voiceToVoiceMs).toBe(200);
  });

  test('that are interrupted tell how soon it was silent', () => {
    const { chat, interruptions, answer } = watched();
    answer(100, 300);
    chat.recalled(1012);
    const step = { kind: 'interrupted', reason: 'speech', responseId: 'r', itemId: 'i' } as const;
    chat.turn({ ...step, heardMs: 700, receivedMs: 2000 }, 1000);
    expect(interruptions).toEqual([{ responseId: 'r', itemId: 'i', heardMs: 700, stopMs: 12 }]);
  });
});
