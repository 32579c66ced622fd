import { expect, test } from 'vitest';
import { SteadyStamps } from '../../../src/devices/processes/steady-stamps.ts';

function stampedEvery10Ms(count: number): SteadyStamps {
  const stamps = new SteadyStamps(48_000);
  for (let n = 0; n <= count; n++) stamps.observe(480 * n, 10 * n);
  return stamps;
}

test('one stamp that is late, by whatever, moves nothing', () => {
  const stamps = stampedEvery10Ms(100);
  stamps.observe(480 * 101, 1010 + 300);
  expect(stamps.timeOf(480 * 101)).toBeCloseTo(1010, 3);
});

test('late stamps with good ones between them move nothing, however long that goes on', () => {
  const stamps = stampedEvery10Ms(100);
  for (let n = 101; n <= 200; n++) stamps.observe(480 * n, 10 * n + (n % 5 === 0 ? 50 : 0));
  expect(stamps.timeOf(480 * 200)).toBeCloseTo(2000, 3);
});

test('an early stamp is believed at once', () => {
  const stamps = new SteadyStamps(48_000);
  stamps.observe(0, 25);
  stamps.observe(480, 10);
  expect(stamps.timeOf(480)).toBeCloseTo(10, 3);
});

test('stamps that stay late are believed after 100 ms', () => {
  const stamps = stampedEvery10Ms(100);
  for (let n = 101; n <= 115; n++) stamps.observe(480 * n, 10 * n + 50);
  expect(stamps.timeOf(480 * 115)).toBeCloseTo(1200, 1);
});

test('a pile of stamps that are read together after a stall is one late stamp', () => {
  const stamps = stampedEvery10Ms(100);
  for (let n = 101; n <= 130; n++) stamps.observe(480 * n, 1310);
  expect(stamps.timeOf(480 * 131)).toBeCloseTo(1310, 1);
});

test('keeps the pace over a reset', () => {
  const stamps = new SteadyStamps(48_000);
  for (let n = 0; n <= 3000; n++) stamps.observe(480 * n, 10.002 * n);
  stamps.reset();
  expect(stamps.hasStarted).toBe(false);
  stamps.observe(0, 0);
  expect(stamps.timeOf(480_000)).toBeCloseTo(10_002, 0);
});
