import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ResponseSession } from '../../src/protocol/events.ts';
import { Conversation } from '../../src/session/conversation.ts';
import { sessionDifferences } from '../../src/session/effective-session.ts';
import { play, type WireEvent } from './traces.ts';

const folder = new URL('../../../shared/recordings/', import.meta.url);

interface Frame {
  readonly direction: 'sent' | 'received';
  readonly data: WireEvent;
}

function frames(name: string): readonly Frame[] {
  return parse(readFileSync(new URL(name, folder), 'utf8')).interactions;
}

function replay(name: string) {
  const conversation = new Conversation();
  const received = frames(name).flatMap(({ direction, data }) => (direction === 'received' ? [data] : []));
  const outcome = play(conversation, received);
  const texts = (kind: string) =>
    outcome.turns.flatMap((turn) => (turn.kind === kind && 'text' in turn ? [turn.text] : []));
  return { ...outcome, texts, unknown: [...conversation.unknownEvents.keys()] };
}

describe.skipIf(!existsSync(folder))('recorded frames of the service', () => {
  test('of a spoken turn give both transcripts and the link between them', () => {
    const { texts, turns, notices, unknown, sent } = replay('audio-in-server-vad-turn.yaml');
    expect(texts('user-transcript')).toEqual(['Cześć, nazywam się Marcelo.']);
    expect(texts('answer-transcript')).toEqual(['Hi Marcelo, nice to meet you! How can I help you today?']);
    expect(texts('answer-delta').join('')).toBe('Hi Marcelo, nice to meet you! How can I help you today?');
    expect(turns.at(-1)).toMatchObject({
      kind: 'answer-done',
      status: 'completed',
      userItemId: 'item_E4BAsP00UV55RqqV8zSub',
    });
    expect({ notices, unknown, sent }).toEqual({ notices: [], unknown: [], sent: [] });
  });

  test('of a typed turn give the answer although content_part.done is empty', () => {
    const { texts, turns, notices, unknown } = replay('text-output.yaml');
    expect(texts('user-transcript')).toEqual(['Say a short greeting.']);
    expect(texts('answer-transcript')).toEqual(['Hello there!']);
    expect(turns.at(-1)).toMatchObject({ userItemId: 'item_2dKX0Hd5dzTtZO9IaxpcfG' });
    expect({ notices, unknown }).toEqual({ notices: [], unknown: [] });
  });

  test('of a tool call give the answer that follows it', () => {
    const { texts, turns, notices, unknown } = replay('tool-call-round.yaml');
    expect(texts('answer-transcript')).toEqual(["It's foggy and 12 degrees in London right now."]);
    const done = turns.filter((turn) => turn.kind === 'answer-done');
    expect(done.map((turn) => turn.userItemId)).toEqual(Array(2).fill('item_1NEGWt6HlQ4SHbk7pOcFOC'));
    expect({ notices, unknown }).toEqual({ notices: [], unknown: [] });
  });

  test.each(['audio-in-server-vad-turn.yaml', 'text-output.yaml', 'tool-call-round.yaml'])(
    'of %s differ in no setting that was asked',
    (name) => {
      const session = (type: string) => {
        const frame = frames(name).find(({ data }) => data.type === type);
        return frame?.data['session'] as ResponseSession;
      };
      expect(sessionDifferences(session('session.update'), session('session.updated'))).toEqual([]);
    },
  );
});
