import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Clock, SystemClock, VirtualClock } from '../../../src/clock.ts';
import { clockCheck, timerCheck } from '../../../src/commands/doctor/clock-checks.ts';

describe("the machine's clock", () => {
  const clock = new SystemClock();
  let date: string | undefined;
  const server = createServer((_, response) => {
    response.sendDate = false;
    if (date !== undefined) response.setHeader('Date', date);
    response.writeHead(404).end();
  });
  let endpoint = '';

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const token = { signsInWithToken: true };
  const serviceIsAhead = (ms: number, signsInWithToken = true) => {
    date = new Date(clock.unixMs() + ms).toUTCString();
    return clockCheck(clock, endpoint, { signsInWithToken });
  };

  test('agrees with the one of the service', async () => {
    expect((await serviceIsAhead(0)).status).toBe('ok');
  });

  test.each([
    [90_000, 'ok', /^is (89|90|91) s behind the service's$/],
    [-250_000, 'ok', /^is (249|250|251) s ahead of the service's$/],
    [3_600_000, 'failed', /^is (3599|3600|3601) s behind/],
    [-320_000, 'failed', /^is (319|320|321) s ahead/],
  ])('of which the service is %i ms ahead: %s', async (ms, status, text) => {
    const check = await serviceIsAhead(ms);
    expect(check.status).toBe(status);
    expect(check.text).toMatch(text);
    if (status === 'failed') expect(check).toMatchObject({ code: 'clock-wrong', kind: 'auth' });
  });

  test('may be wrong where a key signs in', async () => {
    expect((await serviceIsAhead(3_600_000, false)).status).toBe('warning');
  });

  test('is not compared with a service that does not tell the time', async () => {
    date = undefined;
    expect(await clockCheck(clock, endpoint, token)).toMatchObject({
      status: 'skipped',
      text: expect.stringMatching(/no date/),
    });
  });

  test('is not compared with a service that is not there', async () => {
    expect((await clockCheck(clock, 'http://127.0.0.1:1', token)).status).toBe('skipped');
  });
});

describe('timers', () => {
  /** A clock on which every sleep takes longer. */
  function lateBy(ms: (sleep: number) => number): { clock: Clock; run: VirtualClock } {
    const run = new VirtualClock();
    let sleeps = 0;
    const clock: Clock = Object.create(run, {
      now: { value: () => run.now() },
      sleep: { value: (wanted: number) => run.sleep(Math.max(0, wanted) + ms(sleeps++)) },
    });
    return { clock, run };
  }

  test('that run on time are fine', async () => {
    const { clock, run } = lateBy(() => 0);
    expect(await run.run(() => timerCheck(clock))).toMatchObject({
      status: 'ok',
      text: 'timers are 0.0 ms late in the median, 0.0 ms at the 99th percentile',
    });
  });

  test('that run late are a warning, and no failure', async () => {
    const { clock, run } = lateBy((sleep) => (sleep % 20 === 0 ? 30 : 1));
    const check = await run.run(() => timerCheck(clock));
    expect(check).toMatchObject({
      status: 'warning',
      text: expect.stringMatching(/30\.0 ms at the 99th percentile$/),
    });
    expect(check.hint).toBeTruthy();
  });
});
