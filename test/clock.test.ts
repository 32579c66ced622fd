import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { type Clock, StalledError, SystemClock, VirtualClock } from '../src/clock.ts';
import { Random } from '../src/random.ts';

/** Runs `main` on a fresh virtual clock with a log whose entries carry their time. */
async function trace(main: (clock: VirtualClock, log: (entry: string) => void) => Promise<void>) {
  const clock = new VirtualClock();
  const entries: string[] = [];
  await clock.run(() => main(clock, (entry) => entries.push(`${clock.now()} ${entry}`)));
  return entries;
}

const never = () => new Promise<never>(() => {});

describe('VirtualClock', () => {
  test('runs timers in the order of due times, and those due together in the order in which they were set', async () => {
    const entries = await trace(async (clock, log) => {
      clock.at(30, () => log('c'));
      clock.at(10, () => log('a'));
      clock.at(30, () => log('d'));
      clock.at(20.5, () => log('b'));
      clock.at(30, () => log('e'));
      await clock.sleep(40);
    });
    expect(entries).toEqual(['10 a', '20.5 b', '30 c', '30 d', '30 e']);
  });

  test('follows a chain of promises to its end before the next timer', async () => {
    const entries = await trace(async (clock, log) => {
      clock.at(10, async () => {
        for (let i = 0; i < 5_000; i++) await undefined;
        log('end of the chain');
      });
      clock.at(10, () => log('next timer'));
      clock.at(10.001, () => log('the one after'));
      await clock.sleep(20);
    });
    expect(entries).toEqual(['10 end of the chain', '10 next timer', '10.001 the one after']);
  });

  test('lets async tasks set timers that take their place in the order', async () => {
    const entries = await trace(async (clock, log) => {
      clock.at(10, async () => {
        await clock.sleep(5);
        log('slept in a task');
        await clock.sleep(0);
        log('slept for nothing');
      });
      clock.at(15, () => log('set first'));
      clock.at(16, () => log('last'));
      await clock.sleep(20);
    });
    expect(entries).toEqual(['15 set first', '15 slept in a task', '15 slept for nothing', '16 last']);
  });

  test('runs a timer of the past next and never moves time back', async () => {
    const entries = await trace(async (clock, log) => {
      clock.at(50, () => {
        clock.at(20, () => log('due long ago'));
        clock.at(-1, () => log('due before time began'));
      });
      clock.at(50, () => log('due now'));
      await clock.sleep(60);
      log('slept');
      await clock.sleep(-10);
      log('slept backwards');
    });
    expect(entries).toEqual([
      '50 due now',
      '50 due long ago',
      '50 due before time began',
      '60 slept',
      '60 slept backwards',
    ]);
  });

  test('does not run a cancelled timer, and time does not go to it', async () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    const first = clock.at(10, () => ran.push('cancelled before'));
    const second = clock.at(12, () => ran.push('cancelled by a task due with it'));
    const kept = clock.at(11, () => {
      ran.push('kept');
      clock.at(12, () => ran.push('after'));
    });
    first.cancel();
    first.cancel();
    clock.at(11, () => second.cancel());
    await clock.run(() => clock.sleep(11));
    kept.cancel();
    expect(ran).toEqual(['kept']);
    await clock.run(() => clock.sleep(1));
    expect(ran).toEqual(['kept', 'after']);
  });

  test('leaves what is scheduled for later unrun when main is done, and goes on from there in the next run', async () => {
    const clock = new VirtualClock();
    let ran = false;
    clock.at(100, () => {
      ran = true;
    });
    expect(await clock.run(async () => 'result')).toBe('result');
    expect([clock.now(), ran]).toEqual([0, false]);
    await clock.run(() => clock.sleep(100));
    expect([clock.now(), ran]).toEqual([100, true]);
  });

  test('counts calendar time from the first of January 2026', async () => {
    const clock = new VirtualClock();
    expect(new Date(clock.unixMs()).toISOString()).toBe('2026-01-01T00:00:00.000Z');
    await clock.run(() => clock.sleep(1_500));
    expect(new Date(clock.unixMs()).toISOString()).toBe('2026-01-01T00:00:01.500Z');
  });

  test('rejects the run with the error of main', async () => {
    const clock = new VirtualClock();
    const failing = clock.run(async () => {
      await clock.sleep(5);
      throw new Error('main failed');
    });
    await expect(failing).rejects.toThrow('main failed');
    expect(clock.now()).toBe(5);
  });

  test('rejects the run with the error that a timer task throws', async () => {
    const clock = new VirtualClock();
    let ranAfter = false;
    clock.at(10, () => {
      throw new Error('task failed');
    });
    clock.at(11, () => {
      ranAfter = true;
    });
    await expect(clock.run(() => clock.sleep(1_000))).rejects.toThrow('task failed');
    expect([clock.now(), ranAfter]).toEqual([10, false]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses a timer due at %d', async (dueMs) => {
    for (const clock of [new VirtualClock(), new SystemClock()]) {
      expect(() => clock.at(dueMs, () => {})).toThrow(RangeError);
      await expect(clock.sleep(dueMs)).rejects.toThrow(`cannot schedule a task at ${dueMs} ms`);
    }
  });

  test('stands still until work outside of time is done', async () => {
    const entries = await trace(async (clock, log) => {
      clock.at(1, () => log('timer'));
      const file = await clock.standStill(readFile(new URL(import.meta.url), 'utf8'));
      log(`read ${file.includes('stands still')}`);
      const both = [1, 2].map(() => clock.standStill(readFile(new URL(import.meta.url))));
      await Promise.all(both);
      log('read twice at once');
      await clock.sleep(1);
    });
    expect(entries).toEqual(['0 read true', '0 read twice at once', '1 timer']);
  });

  test('stands still for work that fails, and hands the failure on', async () => {
    const entries = await trace(async (clock, log) => {
      clock.at(1, () => log('timer'));
      const missing = readFile(new URL('./no-such-file', import.meta.url));
      await clock.standStill(missing).catch((error) => log(error.code));
      await clock.sleep(1);
    });
    expect(entries).toEqual(['0 ENOENT', '1 timer']);
  });

  describe('when nothing is left that could happen', () => {
    test('names everyone who waits', async () => {
      const clock = new VirtualClock();
      const stalled = clock.run(async () => {
        const both = [clock.waitFor('the uplink', never()), clock.waitFor('the downlink', never())];
        await clock.waitFor('the settled one', clock.sleep(10));
        await Promise.all(both);
      });
      await expect(stalled).rejects.toThrow(
        'nothing is left that could happen, and these still wait: the uplink, the downlink',
      );
      await expect(stalled).rejects.toMatchObject({
        code: 'clock-stalled',
        waiting: ['the uplink', 'the downlink'],
      });
    });

    test('lets main catch the error and go on', async () => {
      const entries = await trace(async (clock, log) => {
        await clock.waitFor('an answer', never()).catch((error) => log(error.waiting.join()));
        await clock.sleep(5);
        await clock.waitFor('another answer', never()).catch((error) => log(error.waiting.join()));
        await clock.standStill(readFile(new URL(import.meta.url)));
        await clock.waitFor('a third', never()).catch((error) => log(error.waiting.join()));
        log('done');
      });
      expect(entries).toEqual(['0 an answer', '5 another answer', '5 a third', '5 done']);
    });

    test('ends the run of a main that waits without a name', async () => {
      const stalled = new VirtualClock().run(never);
      await expect(stalled).rejects.toBeInstanceOf(StalledError);
      await expect(stalled).rejects.toThrow('these still wait: the main task');
    });

    test('names those who waited beside a main that waits without a name', async () => {
      const clock = new VirtualClock();
      const stalled = clock.run(() => {
        clock.waitFor('the jitter buffer', never()).catch(() => {});
        return never();
      });
      await expect(stalled).rejects.toMatchObject({ waiting: ['the jitter buffer'] });
    });

    test('ends the run of a main that catches the error only to wait again', async () => {
      const clock = new VirtualClock();
      let waits = 0;
      const stalled = clock.run(async () => {
        for (;;) await clock.waitFor(`wait ${++waits}`, never()).catch(() => {});
      });
      await expect(stalled).rejects.toMatchObject({ waiting: ['wait 2'] });
    });
  });

  test('gives a random program the order of a scheduler that sorts all its timers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        expect(await programOnClock(seed)).toEqual(programSorted(seed));
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});

/** One step of a random program: what task `id` does when it runs. Delays are coarse, so that many fall together. */
function children(seed: number, id: string): { readonly delayMs: number; readonly cancelled: boolean }[] {
  const random = new Random(seed).fork(id);
  const count = id.length > 4 ? 0 : random.integer(0, 4);
  return Array.from({ length: count }, () => ({
    delayMs: random.integer(-2, 6) / 2,
    cancelled: random.chance(0.2),
  }));
}

async function programOnClock(seed: number): Promise<string[]> {
  return trace(async (clock, log) => {
    const spawn = (id: string, dueMs: number, cancelled: boolean) => {
      const timer = clock.at(dueMs, async () => {
        log(id);
        const startedMs = clock.now();
        for (const [i, child] of children(seed, id).entries()) {
          await undefined;
          spawn(`${id}${i}`, startedMs + child.delayMs, child.cancelled);
        }
      });
      if (cancelled) timer.cancel();
    };
    spawn('r', 0, false);
    await clock.sleep(1_000);
  });
}

function programSorted(seed: number): string[] {
  const entries: string[] = [];
  const waiting = [{ id: 'r', dueMs: 0 }];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { id, dueMs } = next;
    entries.push(`${dueMs} ${id}`);
    for (const [i, child] of children(seed, id).entries()) {
      if (!child.cancelled) waiting.push({ id: `${id}${i}`, dueMs: dueMs + Math.max(0, child.delayMs) });
    }
    waiting.sort((a, b) => a.dueMs - b.dueMs);
  }
  return entries;
}

describe('SystemClock', () => {
  /** Sets timers and knows the order in which they should run, even if the machine is so slow that some are late when set. */
  function expectOrder(clock: SystemClock) {
    const set: { readonly name: string; readonly dueMs: number }[] = [];
    const ran: string[] = [];
    return {
      at(dueMs: number) {
        const name = `${set.length} due at ${dueMs}`;
        set.push({ name, dueMs: Math.max(dueMs, clock.now()) });
        clock.at(dueMs, async () => {
          ran.push(clock.now() < dueMs ? `${name} ran early` : name);
          await undefined;
          ran.push('its promises');
        });
      },
      check() {
        const order = set.toSorted((a, b) => a.dueMs - b.dueMs);
        expect(ran).toEqual(order.flatMap(({ name }) => [name, 'its promises']));
      },
    };
  }

  test('never runs a timer before its time, and runs them in the order of due times', async () => {
    const clock = new SystemClock();
    const order = expectOrder(clock);
    const startMs = clock.now();
    for (const delayMs of [6, 2.4, 0.3, 9.9, 2.1, 6, 1, 4.7, -1]) order.at(startMs + delayMs);
    await clock.sleep(12);
    order.check();
  });

  test('keeps the order of due times when the process was busy meanwhile', async () => {
    const clock = new SystemClock();
    const order = expectOrder(clock);
    const startMs = clock.now();
    order.at(startMs + 4);
    order.at(startMs + 5);
    while (clock.now() < startMs + 2.9);
    // A runtime keeps a queue for all delays of 4 ms, and would run this one along with the first.
    order.at(startMs + 7);
    order.at(startMs + 8.6);
    order.at(startMs + 8.5);
    while (clock.now() < startMs + 10);
    await clock.sleep(1);
    order.check();
  });

  test('does not run a cancelled timer', async () => {
    const clock = new SystemClock();
    const ran: string[] = [];
    const cancelled = clock.at(clock.now() + 1, () => ran.push('cancelled'));
    clock.at(clock.now() + 2, () => ran.push('kept'));
    cancelled.cancel();
    await clock.sleep(4);
    cancelled.cancel();
    expect(ran).toEqual(['kept']);
  });

  test('lets the promises that a task settles go on before the next of many that are due', async () => {
    const clock = new SystemClock();
    const seen: string[] = [];
    const dueMs = clock.now() + 1;
    for (const name of ['a', 'b', 'c', 'd']) {
      clock.at(dueMs, async () => {
        seen.push(name);
        await null;
        await null;
        seen.push(`${name} later`);
      });
    }
    await clock.sleep(5);
    expect(seen).toEqual(['a', 'a later', 'b', 'b later', 'c', 'c later', 'd', 'd later']);
  });

  test('runs everything that is due before the runtime turns to other things', async () => {
    const clock = new SystemClock();
    const seen: string[] = [];
    const dueMs = clock.now() + 2;
    for (let i = 0; i < 100; i++) clock.at(dueMs, () => seen.push('task'));
    while (clock.now() < dueMs + 1);
    // Polls as sockets are polled: once in each turn of the event loop.
    const poll = () => {
      if (seen.push('poll') < 1000 && seen.filter((each) => each === 'task').length < 100) setTimeout(poll);
    };
    poll();
    await clock.sleep(20);
    expect(seen.filter((each) => each === 'task')).toHaveLength(100);
    const first = seen.indexOf('task');
    expect(seen.slice(first, first + 100)).not.toContain('poll');
  });

  test('goes on with the other timers after a task has thrown', async () => {
    const clock = new SystemClock();
    const uncaught = vi.fn();
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException').once('uncaughtException', uncaught);
    try {
      clock.at(clock.now() + 1, () => {
        throw new Error('task failed');
      });
      await clock.sleep(3);
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const listener of listeners) process.on('uncaughtException', listener);
    }
    expect(uncaught).toHaveBeenCalledOnce();
  });

  test('accepts a timer that is further away than a runtime can count', async () => {
    const clock = new SystemClock();
    let ran = false;
    const timer = clock.at(1e12, () => {
      ran = true;
    });
    await clock.sleep(3);
    timer.cancel();
    expect(ran).toBe(false);
  });

  test('starts at zero, never goes back and agrees with the calendar', () => {
    const clock = new SystemClock();
    const readings = Array.from({ length: 1_000 }, () => clock.now());
    expect(readings[0]).toBeGreaterThanOrEqual(0);
    expect(readings).toEqual(readings.toSorted((a, b) => a - b));
    expect(Math.abs(clock.unixMs() - Date.now())).toBeLessThan(1_000);
  });

  test('hands work and named waits through', async () => {
    const clock = new SystemClock();
    expect(await clock.waitFor('nobody', Promise.resolve(1))).toBe(1);
    expect(await clock.standStill(Promise.resolve(2))).toBe(2);
  });
});

describe.each<[string, () => Clock, (clock: Clock, main: () => Promise<void>) => Promise<void>]>([
  ['SystemClock', () => new SystemClock(), (_, main) => main()],
  ['VirtualClock', () => new VirtualClock(), (clock, main) => (clock as VirtualClock).run(main)],
])('sleep on the %s', (_, makeClock, runOn) => {
  test('rejects at once with the reason of a signal that is aborted already', async () => {
    const clock = makeClock();
    const reason = new Error('left before');
    await runOn(clock, async () => {
      await expect(clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });

  test('rejects with the reason of a signal that is aborted meanwhile', async () => {
    const clock = makeClock();
    const controller = new AbortController();
    const reason = new Error('left meanwhile');
    await runOn(clock, async () => {
      const sleep = clock.sleep(60_000, controller.signal);
      clock.at(clock.now() + 1, () => controller.abort(reason));
      await expect(sleep).rejects.toBe(reason);
      expect(clock.now()).toBeLessThan(60_000);
    });
  });

  test('takes no notice of a signal that is aborted afterwards, and lets go of it', async () => {
    const clock = makeClock();
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, 'removeEventListener');
    await runOn(clock, async () => {
      await clock.sleep(1, controller.signal);
      expect(removed).toHaveBeenCalledOnce();
      controller.abort();
    });
  });
});
