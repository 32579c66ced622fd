/**
 * From the words on the command line to a running command.
 *
 * @module
 */
import type { CAC, Command } from 'cac';
import { didYouMean, VoiceloopError } from '../errors.ts';
import { currentRuntime } from '../loops/runtime.ts';
import { checkWords, joinNegativeNumbers } from './command-words.ts';
import { commonFlags, kebab } from './flags.ts';
import { Output } from './output.ts';
import { reportFailure, watchOutputs } from './run-command.ts';

/** Adds what every command has: its flags, `--help` and `--version`. */
export function addCommonFlags(cli: CAC, version: string): void {
  for (const [name, description] of commonFlags) cli.option(name, description);
  // The parser shows the default of every flag that begins with "no-", which is true: the opposite of what it says.
  cli.help((sections) =>
    sections.map(({ title, body }) => ({
      ...(title !== undefined && { title }),
      body: body.replaceAll('(default: true)', '').replaceAll(/ +$/gm, ''),
    })),
  );
  cli.globalCommand.version(version);
}

/**
 * Runs the command that `argv` asks for. A flag or a command that does not exist is refused before anything starts, with
 * the nearest spelling; so is a key given as a flag, which every other user of the machine could read in the process list.
 */
export async function runCommandLine(cli: CAC, argv: readonly string[]): Promise<void> {
  const words = argv.slice(2);
  const json = words.includes('--json');
  const output = new Output({ json, quiet: false, verbose: false, color: !words.includes('--no-color') });
  watchOutputs();
  try {
    checkWords(words);
    cli.parse([...argv.slice(0, 2), ...joinNegativeNumbers(words)], { run: false });
    // Behind "--" stand the names of files that begin with a dash. A name that is a number is still a name.
    cli.args = [...cli.args, ...cli.options['--']].map(String);
    const command = cli.matchedCommand;
    if (cli.options['help']) return;
    if (cli.options['version']) return output.result(versionText(cli));
    if (!command) throw noCommand(cli);
    checkFlags(cli, command);
    checkArguments(cli, command);
    command.checkOptionValue();
    await cli.runMatchedCommand();
  } catch (error) {
    reportFailure(asUsageError(error), output, words.includes('--debug'));
  }
}

function versionText({ name, globalCommand }: CAC): string {
  const runtime = currentRuntime();
  return `${name} ${globalCommand.versionNumber} (${runtime.name} ${runtime.version}, ${process.platform} ${process.arch})`;
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

function checkArguments({ args }: CAC, command: Command): void {
  const hint = `voiceloop ${command.name} --help shows how`;
  const missing = command.args.find((argument, index) => argument.required && args[index] === undefined);
  if (missing) {
    const what = `${missing.variadic ? 'at least one ' : 'a '}${missing.value}`;
    throw new VoiceloopError('usage', 'argument-missing', `${command.name} needs ${what}`, { hint });
  }
  if (command.args.some(({ variadic }) => variadic) || args.length <= command.args.length) return;
  const tooMany = args.slice(command.args.length).join(' ');
  throw new VoiceloopError('usage', 'argument-unexpected', `${command.name} cannot use ${tooMany}`, { hint });
}

/** What the parser finds wrong, in our form. */
function asUsageError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'CACError') return error;
  return new VoiceloopError('usage', 'usage', error.message.replaceAll('`', ''), { hint: 'see --help' });
}
