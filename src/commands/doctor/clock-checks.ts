/**
 * Whether the machine knows the time, and keeps it finely enough for audio.
 *
 * @module
 */

import type { IncomingMessage, RequestOptions } from 'node:http';
import type { Clock } from '../../clock.ts';
import { messageOf } from '../../errors.ts';
import { realtimeUrl } from '../../session/endpoint.ts';
import { openTunnel, proxyFor } from '../../stages/proxy.ts';
import type { Check } from './check.ts';

/** Tokens are refused outside of their time, with so much tolerance. */
const mostSkewMs = 5 * 60_000;
const answerTimeoutMs = 5_000;
const timerMs = 5;
const timerCount = 100;
/** Audio is moved in frames of 20 ms: a timer later than that makes a frame late. */
const mostLateMs = 20;

/** What the clock of the service is compared for. */
export interface ClockCheckOptions {
  /** A token is valid for a time; a key always is. */
  readonly signsInWithToken: boolean;
  readonly signal?: AbortSignal;
}

/** How the machine's clock stands to the one of the service, as its HTTP answers tell it. */
export async function clockCheck(
  clock: Clock,
  endpoint: string,
  { signsInWithToken, signal }: ClockCheckOptions,
): Promise<Check> {
  const name = 'clock';
  const sentMs = clock.unixMs();
  let date: number;
  try {
    date = await serviceDate(clock, endpoint, signal);
  } catch (error) {
    signal?.throwIfAborted();
    const why = messageOf(error);
    return { name, status: 'skipped', text: `not compared with the service's: ${why}` };
  }
  // The header counts whole seconds.
  const skewMs = (sentMs + clock.unixMs()) / 2 - (date + 500);
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (seconds <= 1) return { name, status: 'ok', text: "agrees with the service's" };
  const text = `is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} the service's`;
  if (Math.abs(skewMs) <= mostSkewMs) return { name, status: 'ok', text };
  const hint = 'set the clock of this machine, or let it be set: timedatectl set-ntp true';
  if (!signsInWithToken) return { name, status: 'warning', text, hint };
  const reason = 'tokens count as expired, or as not yet valid';
  return { name, status: 'failed', text, reason, hint, code: 'clock-wrong', kind: 'auth' };
}

async function serviceDate(clock: Clock, endpoint: string, signal: AbortSignal | undefined): Promise<number> {
  const address = realtimeUrl({ endpoint, model: 'any' });
  const proxy = proxyFor(address.href);
  const tunnel = proxy && (await openTunnel(proxy));
  const isPlain = address.protocol === 'ws:';
  const { request } = isPlain ? await import('node:http') : await import('node:https');
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options: RequestOptions = { method: 'HEAD', agent: tunnel?.agent ?? false };
  const asked = request(`${isPlain ? 'http' : 'https'}://${address.host}/`, options, resolve);
  const giveUp = (reason: unknown) => {
    reject(reason);
    asked.destroy();
    tunnel?.abandon();
  };
  const abort = () => giveUp(signal?.reason);
  const timer = clock.at(clock.now() + answerTimeoutMs, () =>
    giveUp(new Error(`no answer within ${answerTimeoutMs / 1000} s`)),
  );
  signal?.addEventListener('abort', abort, { once: true });
  asked.on('error', reject);
  asked.end();
  try {
    const answer = await promise;
    answer.resume();
    const date = Date.parse(answer.headers.date ?? '');
    if (Number.isNaN(date)) throw new Error('its answer has no date');
    return date;
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', abort);
    asked.destroy();
    tunnel?.abandon();
  }
}

/** How late timers run: 100 of 5 ms, each at a moment that was set before. */
export async function timerCheck(clock: Clock, signal?: AbortSignal): Promise<Check> {
  const startMs = clock.now();
  const late: number[] = [];
  for (let n = 1; n <= timerCount; n++) {
    const dueMs = startMs + n * timerMs;
    await clock.sleep(dueMs - clock.now(), signal);
    // One that the last one made late says nothing of its own.
    if (dueMs > startMs) late.push(Math.max(0, clock.now() - dueMs));
  }
  const sorted = late.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const p99 = at(0.99);
  const text = `timers are ${at(0.5).toFixed(1)} ms late in the median, ${p99.toFixed(1)} ms at the 99th percentile`;
  if (p99 <= mostLateMs) return { name: 'timers', status: 'ok', text };
  return {
    name: 'timers',
    status: 'warning',
    text,
    reason: 'frames of 20 ms will be late as well',
    hint: 'close what keeps the processor busy, or let the machine save less power',
  };
}
