import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { Watch } from '../../src/loops/watch.ts';

describe('waiting in a loop', () => {
  test('ends when the condition holds, as soon as it is looked at', async () => {
    const clock = new VirtualClock();
    const watch = new Watch(clock);
    let happened = false;
    clock.at(15, () => {
      happened = true;
    });
    for (let ms = 10; ms <= 50; ms += 10) clock.at(ms, () => watch.look());
    await clock.run(async () => {
      expect(await watch.until(() => happened)).toBe(true);
      expect(clock.now()).toBe(20);
    });
  });

  test('gives up at its deadline, which may move', async () => {
    const clock = new VirtualClock();
    const watch = new Watch(clock);
    let lastHeardMs = 0;
    clock.at(25, () => {
      lastHeardMs = 25;
    });
    for (let ms = 10; ms <= 100; ms += 10) clock.at(ms, () => watch.look());
    await clock.run(async () => {
      expect(
        await watch.until(
          () => false,
          () => lastHeardMs + 30,
        ),
      ).toBe(false);
      expect(clock.now()).toBe(60);
    });
  });

  test('fails at once, and for good, with the first failure', async () => {
    const abort = new AbortController();
    const watch = new Watch(new VirtualClock(), abort.signal);
    const waiting = watch.until(() => false);
    abort.abort(new Error('first'));
    watch.fail(new Error('second'));
    await expect(waiting).rejects.toThrow('first');
    await expect(watch.until(() => false)).rejects.toThrow('first');
  });

  test('gives up what ends by itself when a failure comes first', async () => {
    const abort = new AbortController();
    const watch = new Watch(new VirtualClock(), abort.signal);
    expect(await watch.during(Promise.resolve(7))).toBe(7);
    await expect(watch.during(Promise.reject(new Error('its own')))).rejects.toThrow('its own');
    const endless = watch.during(new Promise(() => {}));
    abort.abort(new Error('enough'));
    await expect(endless).rejects.toThrow('enough');
  });

  test('fails where the signal was aborted before', async () => {
    const watch = new Watch(new VirtualClock(), AbortSignal.abort(new Error('before')));
    await expect(watch.until(() => true)).rejects.toThrow('before');
  });
});
