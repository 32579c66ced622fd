import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixture } from '../e2e/voiceloop.ts';
import { hasPseudoTerminals, PseudoTerminal, runtimeCommand } from '../support/pseudo-terminal.ts';
import { VirtualAudio } from './virtual-audio.ts';

describe.runIf(hasPseudoTerminals)('the live screen of a chat', () => {
  let audio: VirtualAudio;
  beforeAll(async () => {
    audio = await VirtualAudio.start();
  }, 60_000);
  afterAll(() => audio[Symbol.asyncDispose]());

  test('shows the levels, both sides of the talk, and how long the answer took', async () => {
    const command = runtimeCommand(
      'cli.ts',
      'chat',
      '--mock',
      '--driver',
      'pulse',
      '--denoise',
      '--gain',
      '6',
    );
    const options = { columns: 110, env: audio.env, longestMs: 50_000 };
    await using terminal = new PseudoTerminal(`${command}; echo "code $?"`, options);
    await terminal.shows(/◉ listening .*in ▕ +▏/);
    terminal.type('d');
    await terminal.shows(/raw ▕/);
    terminal.type('d');
    const said = audio.playIntoMicrophone(fixture('opening-hours.wav'));
    await terminal.shows(/● hearing you .*in ▕█+.*-\d+ dB/);
    await said;
    await terminal.shows(/◆ speaking .*out ▕█+.*-\d+ dB .*buf \d+\/\d+ ms/);
    await terminal.shows(
      /^agent The library opens at ten on Sunday\. It closes at four\. +\d+ ms {2}\(client \d+, server \d+\)$/m,
    );
    terminal.type('m');
    await terminal.shows(/⊘ muted/);
    terminal.type('q');
    const { output } = await terminal.finished;
    expect(output).toContain('code 0');
    expect(terminal.screen.text).toMatch(/turns {7}1, 0 interrupted\nlatency {5}p50 \d+ ms of 1 answer/);
    expect(terminal.screen.isPlain).toBe(true);
  });
});
