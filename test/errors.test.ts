import { describe, expect, test } from 'vitest';
import { exitCodes, VoiceloopError } from '../src/errors.ts';

describe('VoiceloopError', () => {
  test('carries what is shown apart from its sentence', () => {
    const cause = new Error('ENOENT');
    const error = new VoiceloopError('input', 'wav-not-found', 'cannot find the WAV file', {
      where: 'hello.wav',
      reason: 'there is no such file',
      hint: 'check the name',
      cause,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'VoiceloopError',
      kind: 'input',
      code: 'wav-not-found',
      message: 'cannot find the WAV file',
      where: 'hello.wav',
      reason: 'there is no such file',
      hint: 'check the name',
      cause,
    });
    expect(String(error)).toBe('VoiceloopError: cannot find the WAV file');
  });

  test('has no details, and no cause at all, unless they are given', () => {
    const error = new VoiceloopError('failure', 'assertion-failed', 'the transcript differs');
    expect([error.where, error.reason, error.hint]).toEqual([undefined, undefined, undefined]);
    expect('cause' in error).toBe(false);
  });
});

test('every kind of failure has the exit code that the command line promises', () => {
  expect(exitCodes).toEqual({
    failure: 1,
    usage: 2,
    input: 3,
    auth: 4,
    service: 5,
    device: 6,
    interrupted: 130,
  });
});
