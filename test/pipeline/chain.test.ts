import { describe, expect, expectTypeOf, test } from 'vitest';
import { chain } from '../../src/pipeline/chain.ts';
import { type Inlet, inlet, type Stage } from '../../src/pipeline/inlet.ts';

/** A stage that logs every call before it passes it on. */
function logging(name: string, delayMs: number, log: string[]): Stage<string, string> {
  return {
    name,
    delayMs,
    open: (outlet) => ({
      push(input) {
        log.push(`${name} push ${input}`);
        outlet.push(`${input}${name}`);
      },
      end() {
        log.push(`${name} end`);
        outlet.end();
      },
      reset() {
        log.push(`${name} reset`);
        outlet.reset();
      },
    }),
  };
}

/** Holds its input back until the end, as a filter with a delay does. */
const holding: Stage<string, string> = {
  name: 'holding',
  delayMs: 4,
  open(outlet) {
    let held: string[] = [];
    return {
      push: (input) => held.push(input),
      end() {
        for (const input of held) outlet.push(input);
        outlet.end();
      },
      reset() {
        held = [];
        outlet.reset();
      },
    };
  },
};

function collector(log: string[]): Inlet<string> {
  return inlet(
    (input) => log.push(`out ${input}`),
    () => log.push('out end'),
    () => log.push('out reset'),
  );
}

describe('chain', () => {
  test('joins the names and adds up the delays', () => {
    const log: string[] = [];
    const path = chain(
      logging('resampler', 1.2, log),
      logging('pre-gain', 0, log),
      logging('frames', 20, log),
    );
    expect(path.name).toBe('resampler → pre-gain → frames');
    expect(path.delayMs).toBeCloseTo(21.2, 12);
  });

  test('passes push, end and reset through the stages in the order in which they were given', () => {
    const log: string[] = [];
    const first = chain(logging('a', 0, log), logging('b', 0, log)).open(collector(log));
    first.push('-');
    first.reset();
    first.end();
    expect(log).toEqual([
      'a push -',
      'b push -a',
      'out -ab',
      'a reset',
      'b reset',
      'out reset',
      'a end',
      'b end',
      'out end',
    ]);
  });

  test('lets what one stage holds back out through the next before the end', () => {
    const log: string[] = [];
    const first = chain(holding, logging('b', 0, [])).open(collector(log));
    first.push('1');
    first.push('2');
    expect(log).toEqual([]);
    first.end();
    expect(log).toEqual(['out 1b', 'out 2b', 'out end']);
  });

  test('drops on a reset what any stage holds', () => {
    const log: string[] = [];
    const first = chain(logging('a', 0, []), holding).open(collector(log));
    first.push('dropped');
    first.reset();
    first.push('kept');
    first.end();
    expect(log).toEqual(['out reset', 'out kepta', 'out end']);
  });

  test('keeps the state of two openings apart', () => {
    const [one, two]: [string[], string[]] = [[], []];
    const path = chain(holding, holding);
    const [first, second] = [path.open(collector(one)), path.open(collector(two))];
    first.push('1');
    second.push('2');
    first.end();
    expect([one, two]).toEqual([['out 1', 'out end'], []]);
  });

  test('is a stage that can be chained again', () => {
    const log: string[] = [];
    const stage = (name: string) => logging(name, 1, log);
    const nested = chain(chain(stage('a'), stage('b')), chain(stage('c'), stage('d')));
    nested.open(collector(log)).push('-');
    expect(nested.name).toBe('a → b → c → d');
    expect(nested.delayMs).toBe(4);
    expect(log.at(-1)).toBe('out -abcd');
  });

  test('types the result from the first input to the last output, and refuses stages that do not fit', () => {
    const parse: Stage<string, number> = {
      name: 'parse',
      delayMs: 0,
      open: (outlet) => inlet((text) => outlet.push(Number(text))),
    };
    const isEven: Stage<number, boolean> = {
      name: 'even',
      delayMs: 0,
      open: (outlet) => inlet((value) => outlet.push(value % 2 === 0)),
    };
    expectTypeOf(chain(parse, isEven)).toEqualTypeOf<Stage<string, boolean>>();
    // @ts-expect-error a boolean is no text
    chain(isEven, parse);
    const results: boolean[] = [];
    chain(parse, isEven)
      .open(inlet((even) => results.push(even)))
      .push('42');
    expect(results).toEqual([true]);
  });
});

test('an inlet made of one function takes an end and a reset without a word', () => {
  const taken: number[] = [];
  const end = inlet<number>((input) => taken.push(input));
  end.push(1);
  end.reset();
  end.end();
  expect(taken).toEqual([1]);
});
