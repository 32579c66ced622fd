import { describe, expect, test } from 'vitest';
import {
  type EndOfUtteranceLevel,
  isUtteranceOver,
} from '../../../src/mock/turn-detection/end-of-utterance.ts';
import { Harness, joined, silence, speech } from '../harness.ts';

const levels: readonly EndOfUtteranceLevel[] = ['low', 'medium', 'high'];

/** The strictest level at which a sentence still counts as over. */
function strictest(text: string): EndOfUtteranceLevel | undefined {
  return levels.findLast((level) => isUtteranceOver(text, level));
}

describe('a sentence', () => {
  test.each([
    'When does it open?',
    'Tell me!',
    'I would like to renew a book.',
    'She said: "Yes."',
    'He asked (why?)',
    '何時ですか。',
    'What now?  ',
    '',
    '   ',
  ])('%j is over, however sure one must be', (text) => {
    expect(strictest(text)).toBe('high');
  });

  test.each(['I would like to renew a book', 'Yes', 'seven', 'Brand', 'the android'])(
    '%j is over unless one must be very sure',
    (text) => {
      expect(strictest(text)).toBe('medium');
    },
  );

  test.each([
    'I would like to renew my',
    'because',
    'one and',
    'the number is',
    'Um',
    'I think that',
    'I was at THE',
  ])('%j needs another word, and is over only for who is not particular', (text) => {
    expect(strictest(text)).toBe('low');
  });

  test.each([
    'one, two,',
    'well...',
    'well…',
    'the number is:',
    'I wanted –',
    'I wanted —',
    'first;',
    'sub-',
  ])('%j goes on', (text) => {
    expect(strictest(text)).toBe(undefined);
  });

  test('that is over for one level is over for all that are less strict', () => {
    for (const text of ['a.', 'a b', 'and', 'a,']) {
      const isOver = levels.map((level) => isUtteranceOver(text, level));
      expect(isOver).toEqual([...isOver].sort((a, b) => Number(b) - Number(a)));
    }
  });
});

describe('a session that waits for the end of sentences', () => {
  /** How much silence it waits for, in milliseconds of audio. */
  async function silenceAfter(text: string, detection: object, turns?: { startMs: number; endMs: number }[]) {
    const mock = new Harness(
      { profile: 'fast', turns: turns ?? [{ startMs: 300, endMs: 1300 }] },
      { transcript: (turn) => [text, 'Next.'][turn] },
    );
    const turn_detection = { type: 'azure_semantic_vad', silence_duration_ms: 500, ...detection };
    mock.send({ type: 'session.update', session: { turn_detection } });
    await mock.run(async () => {
      await mock.speak(joined(silence(300), speech(1000), silence(4500)));
    });
    return mock.of('input_audio_buffer.speech_stopped').map(({ audio_end_ms: ms }) => ms - 1300);
  }

  const waiting = (threshold_level: string, timeout_ms?: number) => ({
    end_of_utterance_detection: { model: 'semantic_detection_v1', threshold_level, timeout_ms },
  });

  test.each([
    ['Please.', 'high', 500],
    ['I need', 'low', 500],
    ['I need', 'medium', 500],
    ['I need', 'high', 1500],
    ['I need the', 'medium', 1500],
    ['I need,', 'low', 1500],
  ])('after %j at level %s ends the turn after %i ms', async (text, level, silenceMs) => {
    expect(await silenceAfter(text, waiting(level))).toEqual([silenceMs]);
  });

  test('waits as long as it is told to', async () => {
    expect(await silenceAfter('and', waiting('medium', 2000))).toEqual([2500]);
  });

  test('waits for nothing without the feature', async () => {
    expect(await silenceAfter('and', {})).toEqual([500]);
  });

  test('hears a user who goes on as the same turn', async () => {
    const turns = [
      { startMs: 300, endMs: 1300 },
      { startMs: 2300, endMs: 3000 },
    ];
    expect(await silenceAfter('and', waiting('medium'), turns)).toEqual([3000 - 1300 + 1500]);
    expect(await silenceAfter('Yes.', waiting('medium'), turns)).toEqual([500, 3000 - 1300 + 500]);
  });
});
