import { expect, test } from 'vitest';
import { helpLines } from '../../../src/commands/chat-screen/help-lines.ts';
import { cellWidth } from '../../../src/commands/terminal-text.ts';

test('keys are listed in as few lines as the terminal allows', () => {
  expect(helpLines({ pushToTalk: false, readsKeys: true }, 60)).toEqual([
    'keys  m mute · i interrupt · t or Enter type a message',
    '      d hear without and with denoiser and gain',
    '      s statistics · ? help · q leave',
  ]);
  const narrow = helpLines({ pushToTalk: true, readsKeys: true }, 50);
  expect(narrow[0]).toContain('space talk, again to send');
  expect(Math.max(...narrow.map(cellWidth))).toBeLessThanOrEqual(50);
});

test('where lines are typed, commands are listed', () => {
  expect(helpLines({ pushToTalk: true, readsKeys: false }, 200)).toEqual([
    'lines /talk to begin and to send · /mute · /interrupt · /compare without and with denoiser and gain · /stats · /help · q leaves · any other line is said to the agent',
  ]);
});
