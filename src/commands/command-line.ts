/**
 * From the words on the command line to a running command.
 *
 * @module
 */
import type { CAC, Command } from 'cac';
import leven from 'leven';
import { VoiceloopError } from '../errors.ts';
import { commonFlags, kebab } from './flags.ts';
import { Output } from './output.ts';
import { reportFailure } from './run-command.ts';

/** Adds the flags that every command has. */
export function addCommonFlags(cli: CAC): void {
  for (const [name, description] of commonFlags) cli.option(name, description);
}

/**
 * Runs the command that `argv` asks for. A flag or a command that does not exist is refused before anything starts, with
 * the nearest spelling; so is a key given as a flag, which every other user of the machine could read in the process list.
 */
export async function runCommandLine(cli: CAC, argv: readonly string[]): Promise<void> {
  const words = argv.slice(2);
  try {
    refuseSecrets(words);
    cli.parse([...argv], { run: false });
    const command = cli.matchedCommand;
    if (cli.options['help'] || cli.options['version']) return;
    if (!command) throw noCommand(cli);
    checkFlags(cli, command);
    command.checkRequiredArgs();
    command.checkUnusedArgs();
    command.checkOptionValue();
    await cli.runMatchedCommand();
  } catch (error) {
    const json = words.includes('--json');
    const output = new Output({ json, quiet: false, verbose: false, color: !words.includes('--no-color') });
    reportFailure(asUsageError(error), output, words.includes('--debug'));
  }
}

function noCommand(cli: CAC): VoiceloopError {
  const [word] = cli.args;
  const names = cli.commands.map((command) => command.name);
  const hint = `one of: ${names.join(', ')}; see voiceloop --help`;
  if (word === undefined)
    return new VoiceloopError('usage', 'command-missing', 'a command is needed', { hint });
  return new VoiceloopError('usage', 'command-unknown', `there is no command ${word}`, {
    hint: didYouMean(word, names) ?? hint,
  });
}

function checkFlags(cli: CAC, command: Command): void {
  const known = [...command.options, ...cli.globalCommand.options];
  for (const name of Object.keys(cli.options)) {
    if (name === '--' || known.some((option) => option.names.includes(name))) continue;
    const flag = name.length === 1 ? `-${name}` : `--${kebab(name)}`;
    const flags = known.filter((option) => option.name !== 'help').map((option) => `--${kebab(option.name)}`);
    throw new VoiceloopError('usage', 'flag-unknown', `${command.name} has no flag ${flag}`, {
      hint: didYouMean(flag, flags) ?? `voiceloop ${command.name} --help lists the flags`,
    });
  }
}

function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  const [nearest] = candidates
    .map((candidate) => ({ candidate, distance: leven(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, candidate.length / 3))
    .toSorted((a, b) => a.distance - b.distance);
  return nearest && `did you mean ${nearest.candidate}?`;
}

function refuseSecrets(words: readonly string[]): void {
  const flag = words
    .map((word) => /^--?((?:api-?)?key|(?:access-?)?token|authorization)(?:=|$)/i.exec(word)?.[1])
    .find(Boolean);
  if (flag === undefined) return;
  throw new VoiceloopError('usage', 'key-in-flag', `a key is not taken as a flag (--${flag})`, {
    reason: 'everyone on this machine can read the command lines of all processes',
    hint: 'set AZURE_VOICE_LIVE_API_KEY in the environment or in a .env file',
  });
}

/** What the parser finds wrong, in our form. */
function asUsageError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'CACError') return error;
  return new VoiceloopError('usage', 'usage', error.message.replaceAll('`', ''), { hint: 'see --help' });
}
