import { expect, test } from 'vitest';
import { exitCodeOfChecks } from '../../../src/commands/doctor/check.ts';
import { packageChecks, runtimeChecks } from '../../../src/commands/doctor/runtime-checks.ts';
import { currentRuntime } from '../../../src/loops/runtime.ts';

test('the runtime of the tests is supported, and has all packages', async () => {
  const checks = [...runtimeChecks(currentRuntime(), '1.2.3'), ...(await packageChecks())];
  expect(checks.map(({ status }) => status)).toEqual(checks.map(() => 'ok'));
  expect(checks.map(({ name }) => name)).toEqual(['runtime', 'voiceloop', 'ws', 'koffi', 'kernels']);
  expect(checks[1]?.text).toBe('1.2.3');
});

test.each([
  ['22.17.1', 'failed'],
  ['20.19.0', 'failed'],
  ['22.18.0', 'ok'],
  ['24.0.0', 'ok'],
])('Node %s is: %s', (version, status) => {
  const [check] = runtimeChecks({ name: 'node', version }, '1');
  expect(check?.status).toBe(status);
});

test('what does not load is a failure, unless something stands in for it', async () => {
  const load = () => Promise.reject(new Error('no binary for this machine'));
  const needed = await packageChecks([{ name: 'ws', what: 'connections', load }]);
  expect(needed).toMatchObject([{ status: 'failed', text: expect.stringMatching(/no binary/) }]);
  expect(exitCodeOfChecks(needed)).toBe(1);
  const optional = await packageChecks([{ name: 'koffi', what: 'PortAudio', load, instead: 'others do' }]);
  expect(optional).toMatchObject([{ status: 'warning', notes: ['others do'] }]);
  expect(exitCodeOfChecks(optional)).toBe(0);
});
