/**
 * A chat without service and devices, to be run in a pseudo-terminal: screen and keyboard joined up as the command joins them.
 *
 * @module
 */
import process from 'node:process';
import { SystemClock } from '../../src/clock.ts';
import { ChatScreen } from '../../src/commands/chat-screen.ts';
import type { ChatKey } from '../../src/commands/keyboard/typed-lines.ts';
import { Keyboard } from '../../src/commands/keyboard.ts';
import { runCommand } from '../../src/commands/run-command.ts';

const [way = 'leave'] = process.argv.slice(2);

await runCommand({ quiet: way === 'quiet' }, async ({ output, signal }) => {
  const clock = new SystemClock();
  const left = Promise.withResolvers<void>();
  let isMuted = false;
  const level = { peakDb: -12, rmsDb: -18 };
  const answer = (text: string) => {
    screen.turn({ kind: 'answer-started', responseId: 'r' });
    screen.turn({ kind: 'answer-transcript', responseId: 'r', itemId: 'a', text });
    screen.answered({ responseId: 'r', voiceToVoiceMs: 840 });
    screen.turn({ kind: 'answer-done', responseId: 'r', status: 'completed', userItemId: undefined });
  };
  const onKey = (key: ChatKey) => {
    if (key === 'quit') left.resolve();
    else if (key === 'mute') isMuted = !isMuted;
    else if (key === 'help') screen.help();
    else if (key === 'statistics') fail();
    else screen.info(`pressed ${key}`);
    if (key === 'mute') screen.change(isMuted ? 'muted' : 'listening');
  };
  const keyboard = new Keyboard({
    clock,
    readsKeys: output.isLive,
    control: (sequence) => output.control(sequence),
    onKey,
    onMessage: (text) => {
      screen.typed(text);
      answer(`You said ${text}`);
    },
    onUnknown: (problem) => screen.info(problem),
    onEnd: () => screen.info('the input has ended'),
    onSuspend: () => screen.pause(),
    onResume: () => screen.resume(),
  });
  const screen = new ChatScreen({
    output,
    clock,
    pushToTalk: false,
    readsKeys: keyboard.readsKeys,
    status: () => ({
      state: 'listening',
      input: level,
      output: level,
      bufferMs: 140,
      targetMs: 120,
      lagMs: 2,
      turns: 12,
      isMuted,
      isTalking: false,
      isProcessing: undefined,
      draft: keyboard.draft,
    }),
  });
  // A real chat has its connection, which keeps the process running.
  const connection = setInterval(() => {}, 1000);
  try {
    screen.begin([`process ${process.pid}`]);
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    // A chat that does not leave when it should.
    if (way === 'hang') aborted.then(() => screen.info('leaving'));
    await Promise.race([left.promise, way === 'hang' ? new Promise(() => {}) : aborted]);
    screen.end(['it was nice']);
  } finally {
    screen.close();
    keyboard.close();
    clearInterval(connection);
  }
});

function fail(): void {
  if (way === 'exit') process.exit(7);
  if (way === 'reject') void Promise.reject(new Error('nobody expected this'));
  else
    queueMicrotask(() => {
      throw new Error('nobody expected this');
    });
}
