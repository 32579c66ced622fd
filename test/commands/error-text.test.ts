import { describe, expect, test } from 'vitest';
import { errorJson, errorText, exitCodeOf } from '../../src/commands/error-text.ts';
import { type ErrorKind, exitCodes, VoiceloopError } from '../../src/errors.ts';
import { FakeTerminal, outputTo } from './fake-terminal.ts';

/** The error as it is shown where there is no colour. */
function shown(error: unknown): string {
  const terminal = new FakeTerminal();
  const output = outputTo(terminal);
  output.error(errorText(error, output));
  return terminal.stderr.written;
}

const full = new VoiceloopError('input', 'wav-empty', 'the WAV file is empty', {
  where: 'a.wav',
  reason: 'it has 0 bytes',
  hint: 'record it again',
});

describe('an error', () => {
  test('says what, where, the cause, and last one next step', () => {
    expect(shown(full)).toBe(
      'error: the WAV file is empty\n  where  a.wav\n  cause  it has 0 bytes\n  try    record it again\n',
    );
  });

  test('leaves out what is not known', () => {
    expect(shown(new VoiceloopError('usage', 'usage', 'no'))).toBe('error: no\n');
  });

  test('cannot break its own form with what it quotes', () => {
    const odd = new VoiceloopError('input', 'odd', 'a\nb', { where: '\u001b[2Jc.wav', reason: 'd\r\ne' });
    expect(shown(odd)).toBe('error: a b\n  where  c.wav\n  cause  d e\n');
  });

  test('that nobody foresaw asks to be reported', () => {
    expect(shown(new TypeError('x is undefined'))).toMatch(/x is undefined\n {2}try {4}.*--debug/);
    expect(shown('a thrown text')).toContain('a thrown text');
  });

  test('is for a program what it is for a person', () => {
    expect(JSON.stringify(errorJson(full))).toBe(
      '{"schema":"voiceloop.error/1","message":"the WAV file is empty","exitCode":3,"code":"wav-empty",' +
        '"where":"a.wav","reason":"it has 0 bytes","hint":"record it again"}',
    );
    expect(errorJson(new TypeError('x'))).toMatchObject({ exitCode: 1, code: 'unexpected' });
  });

  test.each(Object.entries(exitCodes))('of the kind %s has the exit code %i', (kind, exitCode) => {
    expect(exitCodeOf(new VoiceloopError(kind as ErrorKind, 'code', 'message'))).toBe(exitCode);
  });

  test('of no kind has the exit code 1', () => {
    expect(exitCodeOf(new RangeError('x'))).toBe(1);
    expect(exitCodeOf(undefined)).toBe(1);
  });
});
