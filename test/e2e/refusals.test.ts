import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TemporaryFolder } from '../audio/build-wav.ts';
import { fixture, voiceloop } from './voiceloop.ts';

const folder = new TemporaryFolder();
/** In the environment of every run. */
const canary = 'sk-canary-71c04e';
const spoken = readFileSync(fixture('stop-16k-stereo.wav'));
let before: string[];

/** The same file with another rate in its header. */
function withRate(rateHz: number): Buffer {
  const wav = Buffer.from(spoken);
  wav.writeUInt32LE(rateHz, 24);
  return wav;
}

beforeAll(() => {
  folder.file('spoken.wav', spoken);
  folder.file('empty.wav', '');
  folder.file('text.wav', 'Somebody renamed a text file, which is quite long enough to hold a header.');
  folder.file('cut-in-header.wav', spoken.subarray(0, 30));
  folder.file('no-rate.wav', withRate(0));
  folder.file('odd-rate.wav', withRate(384_000));
  folder.file('bytes.json', JSON.stringify({ answers: [{ text: 'Yes.' }], faults: [{ name: 'slicer' }] }));
  folder.file('scenario.json', JSON.stringify({ answers: [{ wav: 'a.wav', text: 'Yes.', volume: 11 }] }));
  before = readdirSync(folder.path).sort();
});
afterAll(() => folder[Symbol.dispose]());

interface Refusal {
  readonly args: readonly string[];
  readonly exitCode: number;
  readonly code: string;
  /** What the error says, each somewhere in it. */
  readonly words: readonly (string | RegExp)[];
}

/** With `--json` on every second one, so that both forms are seen of every kind of error. */
const refusals: Readonly<Record<string, Refusal>> = {
  'a file that is missing': {
    args: ['replay', 'nowhere.wav'],
    exitCode: 3,
    code: 'wav-not-found',
    words: ['nowhere.wav'],
  },
  'a folder': { args: ['replay', '.', '--json'], exitCode: 3, code: 'wav-is-directory', words: ['folder'] },
  'an empty file': { args: ['replay', 'empty.wav'], exitCode: 3, code: 'wav-empty', words: ['empty.wav'] },
  'a text called .wav': {
    args: ['replay', 'spoken.wav', 'text.wav', '--json'],
    exitCode: 3,
    code: 'wav-not-riff',
    words: ['text.wav', 'Some'],
  },
  'a WAV file that is cut off inside its header': {
    args: ['replay', 'cut-in-header.wav'],
    exitCode: 3,
    code: 'wav-header-cut',
    words: ['cut-in-header.wav', 'byte 30'],
  },
  'a WAV file of 0 Hz': {
    args: ['replay', 'no-rate.wav', '--json'],
    exitCode: 3,
    code: 'wav-bad-rate',
    words: ['no-rate.wav', '0 Hz'],
  },
  'a rate that cannot be resampled': {
    args: ['replay', 'odd-rate.wav', '--resampler', 'libsamplerate'],
    exitCode: 3,
    code: 'wav-bad-rate',
    words: ['odd-rate.wav', '384000 Hz', '192000', '48000'],
  },
  'a command that does not exist': {
    args: ['repaly', 'spoken.wav'],
    exitCode: 2,
    code: 'command-unknown',
    words: ['repaly', 'did you mean replay?'],
  },
  'a flag that does not exist': {
    args: ['replay', 'spoken.wav', '--turngap', '5', '--json'],
    exitCode: 2,
    code: 'flag-unknown',
    words: ['--turngap', 'did you mean --turn-gap?'],
  },
  'a seed that is no number': {
    args: ['replay', 'spoken.wav', '--seed', 'x'],
    exitCode: 2,
    code: 'flag-invalid',
    words: ['--seed needs a whole number', '"x"'],
  },
  'no repetition at all': {
    args: ['replay', 'spoken.wav', '--repeat', '0', '--json'],
    exitCode: 2,
    code: 'flag-invalid',
    words: ['--repeat needs a whole number from 1', '0'],
  },
  'a clock that does not exist': {
    args: ['replay', 'spoken.wav', '--clock', 'fast'],
    exitCode: 2,
    code: 'flag-invalid',
    words: ['--clock takes real or virtual', '"fast"'],
  },
  'a pause that ends before it begins': {
    args: ['replay', 'spoken.wav', '--turn-gap', '-1', '--json'],
    exitCode: 2,
    code: 'flag-invalid',
    words: ['--turn-gap needs a whole number from 0', '-1'],
  },
  'a scenario that does not exist': {
    args: ['replay', 'spoken.wav', '--mock', 'long-anser'],
    exitCode: 3,
    code: 'scenario-unknown',
    words: ['long-anser', 'did you mean long-answer?'],
  },
  'a scenario with a field that does not exist': {
    args: ['mock', './scenario.json', '--port', '0', '--json'],
    exitCode: 3,
    code: 'scenario-invalid',
    words: ['scenario.json', 'answers[0].volume'],
  },
  'a fault that does not exist': {
    args: ['mock', '--fault', 'stal=2000', '--json'],
    exitCode: 2,
    code: 'fault-invalid',
    words: ['--fault stal=2000', 'there is no fault called', 'did you mean stall?'],
  },
  'a fault at an event that does not exist': {
    args: ['mock', '--fault', 'close@response.finished', '--fault', 'reset'],
    exitCode: 2,
    code: 'fault-invalid',
    words: ['--fault close@response.finished', 'response.finished is no event of the protocol'],
  },
  'a fault of bytes where there are none': {
    args: ['replay', 'spoken.wav', '--mock', './bytes.json', '--clock', 'virtual'],
    exitCode: 2,
    code: 'fault-needs-socket',
    words: ['slicer', 'leave out --clock virtual'],
  },
  'a recording in a folder that does not exist': {
    args: ['replay', 'spoken.wav', '--out', 'nowhere/both.wav'],
    exitCode: 2,
    code: 'out-not-writable',
    words: ['nowhere'],
  },
  'a recording over the file that is said': {
    args: ['replay', 'spoken.wav', '--out', './spoken.wav'],
    exitCode: 2,
    code: 'out-is-input',
    words: ['--out', './spoken.wav'],
  },
  'an endpoint that is no address': {
    args: ['replay', 'spoken.wav', '--endpoint', 'somewhere', '--json'],
    exitCode: 2,
    code: 'endpoint-invalid',
    words: ['the endpoint is no address'],
  },
  'an endpoint elsewhere that is not encrypted': {
    args: ['replay', 'spoken.wav', '--endpoint', 'http://voice.example'],
    exitCode: 2,
    code: 'endpoint-invalid',
    words: ['not encrypted', 'https://voice.example'],
  },
  'an endpoint on a virtual clock': {
    args: ['replay', 'spoken.wav', '--endpoint', 'http://127.0.0.1:1', '--clock', 'virtual', '--json'],
    exitCode: 2,
    code: 'clock-needs-mock',
    words: ['real time', '--mock'],
  },
  'a config file that is missing': {
    args: ['replay', 'spoken.wav', '--config', 'nowhere.json', '--json'],
    exitCode: 2,
    code: 'config-not-found',
    words: ['nowhere.json'],
  },
};

describe.concurrent('the command line refuses', () => {
  test.each(Object.entries(refusals))('%s', async (_, { args, exitCode, code, words }) => {
    const isReplay = args[0] === 'replay' && args.length > 1;
    const outputs =
      isReplay && !args.includes('--out') ? ['--out', 'both.wav', '--events', 'events.jsonl'] : [];
    const run = await voiceloop([...args, ...outputs], {
      cwd: folder.path,
      env: { AZURE_VOICE_LIVE_API_KEY: canary },
    });
    const { message, ...details } = errorIn(run.stderr);
    expect(run.exitCode).toBe(exitCode);
    const shown = [message, ...Object.values(details)].join('\n');
    for (const word of words) expect(shown).toContain(word);
    expect(details.try ?? '').not.toBe('');
    expect(shown).not.toMatch(/\n\s+at /);
    expect(run.stdout + run.stderr).not.toContain('\u001b');
    expect(run.stdout + run.stderr).not.toContain(canary);
    if (args.includes('--json')) {
      const document = JSON.parse(run.stdout);
      expect(Object.keys(document)[0]).toBe('schema');
      expect(document).toMatchObject({ schema: 'voiceloop.error/1', code, exitCode, message });
      expect(document).toMatchObject({ hint: details.try });
    } else {
      expect(run.stdout).toBe('');
    }
  });
});

test('what was refused wrote nothing', () => {
  expect(readdirSync(folder.path).sort()).toEqual(before);
  expect(readFileSync(join(folder.path, 'spoken.wav'))).toEqual(spoken);
});

/** The one error of a run, which is the last thing on stderr. */
function errorIn(stderr: string): { message: string; where?: string; cause?: string; try?: string } {
  const form =
    /^error: (?<message>.+)(?:\n {2}where {2}(?<where>.+))?(?:\n {2}cause {2}(?<cause>.+))?(?:\n {2}try {4}(?<try>.+))\n$/m;
  const errors = stderr.split(/^(?=error: )/m).filter((part) => part.startsWith('error: '));
  expect(errors).toHaveLength(1);
  const found = form.exec(errors[0] ?? '')?.groups;
  expect(found, stderr).toBeDefined();
  return found as ReturnType<typeof errorIn>;
}
