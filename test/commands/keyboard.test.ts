import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { Keyboard, type KeyboardInput, type KeyboardOptions } from '../../src/commands/keyboard.ts';

/** Somebody at a terminal, or something at the other end of a pipe. */
class FakeInput extends EventEmitter implements KeyboardInput {
  readonly isTTY: boolean;
  readonly calls: string[] = [];

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  setRawMode(isRaw: boolean): void {
    this.calls.push(isRaw ? 'raw' : 'cooked');
  }

  resume(): void {
    this.calls.push('resume');
  }

  pause(): void {
    this.calls.push('pause');
  }

  unref(): void {
    this.calls.push('unref');
  }

  type(text: string): void {
    this.emit('data', Buffer.from(text));
  }
}

function opened(options: Partial<KeyboardOptions> = {}, isTTY = true) {
  const heard: string[] = [];
  const clock = new VirtualClock();
  const input = new FakeInput(isTTY);
  const keyboard = new Keyboard({
    clock,
    input,
    readsKeys: true,
    control: (sequence) => input.calls.push(sequence),
    onKey: (key) => heard.push(key),
    onMessage: (text) => heard.push(`"${text}"`),
    onUnknown: (problem) => heard.push(problem),
    onEnd: () => heard.push('end'),
    ...options,
  });
  return { keyboard, input, clock, heard, [Symbol.dispose]: () => keyboard.close() };
}

describe('a keyboard at a terminal', () => {
  test('tells what its keys ask for', () => {
    using at = opened();
    at.input.type(' misd?hxq');
    expect(at.heard).toEqual(['talk', 'mute', 'interrupt', 'statistics', 'compare', 'help', 'help', 'quit']);
  });

  test('takes a message between t or Enter and Enter', () => {
    using at = opened();
    at.input.type('thello\u007f\u007fp me');
    expect(at.keyboard.draft).toEqual({ before: 'help me', after: '' });
    at.input.type('\r');
    expect(at.keyboard.draft).toBeUndefined();
    at.input.type('\r \r\rq? m\r');
    expect(at.heard).toEqual(['"help me"', '"q? m"']);
  });

  test('gives a message up at Escape, once nothing follows it', async () => {
    using at = opened();
    at.input.type('\rhello\u001b');
    await at.clock.run(() => at.clock.sleep(40));
    expect(at.keyboard.draft?.before).toBe('hello');
    await at.clock.run(() => at.clock.sleep(20));
    expect(at.keyboard.draft).toBeUndefined();
    at.input.type('\ranew\u001b');
    at.input.type('[D');
    await at.clock.run(() => at.clock.sleep(100));
    expect(at.keyboard.draft).toEqual({ before: 'ane', after: 'w' });
    expect(at.heard).toEqual([]);
  });

  test('begins a message with what is pasted, and presses no keys with it', () => {
    using at = opened();
    at.input.type('\u001b[200~quit it\rat once\u001b[201~');
    expect(at.keyboard.draft?.before).toBe('quit it\nat once');
    at.input.type('\r');
    expect(at.heard).toEqual(['"quit it\nat once"']);
  });

  test('takes a space bar that is held down for one press', async () => {
    using at = opened();
    for (let n = 0; n < 10; n++) {
      at.input.type(' ');
      await at.clock.run(() => at.clock.sleep(33));
    }
    expect(at.heard).toEqual(['talk']);
    await at.clock.run(() => at.clock.sleep(150));
    at.input.type(' ');
    expect(at.heard).toEqual(['talk', 'talk']);
  });

  test('hears nothing after q but Ctrl+C: whoever types q and Enter begins no message', () => {
    using at = opened();
    at.input.type('q\rhello\r');
    expect(at.heard).toEqual(['quit']);
    expect(at.keyboard.draft).toBeUndefined();
  });

  test('raises SIGINT at each Ctrl+C, also in a message', () => {
    using at = opened();
    let interrupts = 0;
    const count = () => interrupts++;
    process.on('SIGINT', count);
    at.input.type('\u0003\rhello\u0003q');
    process.off('SIGINT', count);
    expect(interrupts).toBe(2);
  });

  test('takes the terminal and gives it back, once', () => {
    const { keyboard, input } = opened();
    expect(input.calls).toEqual(['raw', '\u001b[?2004h', 'resume']);
    input.calls.length = 0;
    keyboard.close();
    keyboard.close();
    expect(input.calls).toEqual(['\u001b[?2004l', 'cooked', 'pause', 'unref']);
    input.type('q');
    input.emit('error', new Error('the terminal is gone'));
  });

  test('gives the terminal back when the process ends without closing it', () => {
    const before = process.listenerCount('exit');
    const { keyboard, input } = opened();
    for (const restore of process.listeners('exit').slice(before)) restore.call(process, 0);
    expect(input.calls.slice(-2)).toEqual(['\u001b[?2004l', 'cooked']);
    keyboard.close();
    expect(process.listenerCount('exit')).toBe(before);
  });

  test('takes the terminal anew when the process goes on after a stop', () => {
    let resumed = 0;
    using at = opened({ onResume: () => resumed++ });
    at.input.calls.length = 0;
    process.emit('SIGCONT');
    expect(at.input.calls).toEqual(['cooked', 'raw', '\u001b[?2004h']);
    expect(resumed).toBe(1);
  });
});

describe('lines', () => {
  test('are read from a pipe', () => {
    using at = opened({}, false);
    at.input.type('hello\n/mu');
    at.input.type('te\n/nothing at all\nq\nmore\n');
    expect(at.heard.filter((each) => !each.startsWith('there is no'))).toEqual(['"hello"', 'mute', 'quit']);
    expect(at.keyboard.readsKeys).toBe(false);
    expect(at.input.calls).toEqual(['resume']);
  });

  test('are read from a terminal on which nothing can be shown while it is typed', () => {
    using at = opened({ readsKeys: false });
    at.input.type('m\n/mute\n');
    expect(at.heard).toEqual(['"m"', 'mute']);
    expect(at.input.calls).toEqual(['resume']);
  });

  test('end with the input, and the last one counts', () => {
    using at = opened({}, false);
    at.input.type('good');
    at.input.type('bye');
    at.input.emit('end');
    expect(at.heard).toEqual(['"goodbye"', 'end']);
  });

  test('end as well where the input cannot be read', () => {
    using at = opened({}, false);
    at.input.emit('error', new Error('closed'));
    expect(at.heard).toEqual(['end']);
  });
});
