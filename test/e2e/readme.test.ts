import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { root, voiceloop } from './voiceloop.ts';

const readme = readFileSync(`${root}README.md`, 'utf8');

test('the README shows what its example prints', async () => {
  const [, command = ''] = /^`npx voiceloop (replay .*)` prints$/m.exec(readme) ?? [];
  const { exitCode, stdout } = await voiceloop(command.split(' '));
  expect(exitCode).toBe(0);
  expect(readme).toContain(`\`\`\`\n${stdout.trim()}\n\`\`\``);
});

test('the README says why each package is there', () => {
  for (const name of Object.keys(packageJson.dependencies)) {
    expect(readme).toMatch(new RegExp(`^\\| \\[${name}\\]`, 'm'));
  }
  const forDevelopment = readme.slice(readme.indexOf('For development:'));
  for (const name of Object.keys(packageJson.devDependencies)) {
    if (!name.startsWith('@types/')) expect(forDevelopment).toContain(name);
  }
});

test('the README has two commands on its first screen, and both are scripts', () => {
  const [, commands = ''] = /```sh\n([^`]*)```/.exec(readme) ?? [];
  const scripts = [...commands.matchAll(/^npm (?:run )?(\w+)/gm)].map(([, script]) => script);
  expect(scripts).toEqual(['demo', 'test']);
  for (const script of scripts) expect(packageJson.scripts).toHaveProperty(script ?? '');
});
