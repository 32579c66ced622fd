import { describe, expect, test } from 'vitest';
import { ItemLedger } from '../../../src/stages/playout/item-ledger.ts';

function delta(itemId: string, samples: number, contentIndex = 0) {
  return {
    responseId: 'r',
    itemId,
    contentIndex,
    samples: new Float32Array(samples),
    rateHz: 24_000,
    receivedAtMs: 0,
  };
}

describe('an item ledger', () => {
  test('knows whose sample is next across items that interleave', () => {
    const ledger = new ItemLedger(24_000);
    expect(ledger.receive(delta('a', 100))).toBe(true);
    expect(ledger.receive(delta('a', 20))).toBe(false);
    expect(ledger.receive(delta('b', 50))).toBe(true);
    expect(ledger.receive(delta('a', 30))).toBe(false);
    const seen: [string | undefined, number][] = [];
    while (ledger.next) {
      seen.push([ledger.next.itemId, ledger.runLength]);
      ledger.hand(ledger.runLength);
    }
    expect(seen).toEqual([
      ['a', 120],
      ['b', 50],
      ['a', 30],
    ]);
    expect(ledger.runLength).toBe(0);
  });

  test('rounds positions down and never says more than was received', () => {
    const ledger = new ItemLedger(24_000);
    ledger.receive(delta('a', 47));
    ledger.hand(47);
    expect(ledger.heard('a')).toMatchObject({ heardMs: 1, receivedMs: 1, complete: false });
    expect(() => ledger.hand(1)).toThrow(RangeError);
    ledger.finish('a', 0);
    expect(ledger.heard('a')?.complete).toBe(true);
  });

  test('tells the parts of an item apart, and gives the newest that was heard', () => {
    const ledger = new ItemLedger(24_000);
    ledger.receive(delta('a', 240, 0));
    ledger.receive(delta('a', 480, 1));
    expect(ledger.heard('a')).toMatchObject({ contentIndex: 0, heardMs: 0, receivedMs: 10 });
    ledger.hand(240);
    ledger.hand(120);
    expect(ledger.heard('a')).toMatchObject({ contentIndex: 1, heardMs: 5, receivedMs: 20 });
  });

  test('expects more of the newest item only, until it is finished', () => {
    const ledger = new ItemLedger(24_000);
    ledger.receive(delta('a', 10));
    const a = ledger.next;
    if (!a) throw new Error('nothing is next');
    expect(ledger.expectsMore(a)).toBe(true);
    ledger.receive(delta('b', 10));
    expect(ledger.expectsMore(a)).toBe(false);
    expect(ledger.isEnding).toBe(false);
    ledger.finish('b', 0);
    expect(ledger.isEnding).toBe(true);
  });

  test('remembers what was flushed, all parts of it', () => {
    const ledger = new ItemLedger(24_000);
    ledger.receive(delta('a', 10));
    ledger.receive(delta('b', 10));
    ledger.hand(10);
    ledger.flush(undefined);
    expect(ledger.next).toBeUndefined();
    expect(['a', 'b', 'c'].map((id) => ledger.isFlushed(id))).toEqual([false, true, false]);
  });

  test('keeps the last 64 items', () => {
    const ledger = new ItemLedger(24_000);
    for (let i = 0; i < 65; i++) ledger.receive(delta(`${i}`, 24));
    expect(ledger.heard('0')).toBeUndefined();
    expect(ledger.heard('1')).toMatchObject({ itemId: '1', receivedMs: 1 });
    expect(ledger.heard('64')).toMatchObject({ itemId: '64', receivedMs: 1 });
  });
});
