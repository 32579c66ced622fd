import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type FaultName, faultKinds, faultNames } from '../../src/mock/faults/faults.ts';
import { profileNames } from '../../src/mock/scenario/latency-profile.ts';
import { loadScenario } from '../../src/mock/scenario/load-scenario.ts';
import { networkNames } from '../../src/protocol/network-link.ts';
import { root } from './voiceloop.ts';

const page = readFileSync(`${root}docs/mock.md`, 'utf8');
const rows = page.split('\n').map((line) => line.replaceAll(/ +\| */g, '|').replace('| ', '|'));

/** A fault's row: `|name=default|what it does|event, which one of them|`. */
function rowOf(name: FaultName): string {
  const {
    does,
    value,
    moment,
  }: { does: string; value?: { is: string; fallback: unknown }; moment?: readonly unknown[] } =
    faultKinds[name];
  const written = value ? `\`${name}=${value.fallback}\` (${value.is})` : `\`${name}\``;
  const when = moment ? `\`${moment[0]}\`${moment[1] === 1 ? '' : `, number ${moment[1]}`}` : '–';
  return `|${written}|${does}|${when}|`;
}

test.each(faultNames)('the page about the mock has the fault %s as it is', (name) => {
  expect(rows).toContain(rowOf(name));
});

test('the page about the mock knows every scenario, profile, network and field', async () => {
  for (const name of [...profileNames, ...networkNames]) expect(page).toContain(`\`${name}\``);
  for (const name of [
    'library',
    'long-answer',
    'native',
    'function-call',
    'echo',
    'mcp-approval',
    'bad-day',
  ]) {
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` `, 'm'));
    expect((await loadScenario(name)).answers.length).toBeGreaterThan(0);
  }
  const schema = JSON.parse(readFileSync(`${root}fixtures/scenarios/scenario.schema.json`, 'utf8'));
  for (const field of Object.keys(schema.properties)) {
    if (!['$schema', 'description'].includes(field))
      expect(page).toMatch(new RegExp(`^\\| \`${field}\` `, 'm'));
  }
});
