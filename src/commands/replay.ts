/**
 * `voiceloop replay`: WAV files in, a conversation and its latency out.
 *
 * @module
 */
import * as v from 'valibot';
import { inputWireFormat } from '../audio/sample-format.ts';
import { SystemClock, VirtualClock } from '../clock.ts';
import { VoiceloopError } from '../errors.ts';
import { EventFile } from '../loops/event-file.ts';
import { checkWritable, isSameFile } from '../loops/output-file.ts';
import { loadProcessing } from '../loops/processing.ts';
import { type ReplayOptions, type ReplayResult, replay } from '../loops/replay.ts';
import { currentRuntime } from '../loops/runtime.ts';
import { checkSpokenFile, type SpokenFile } from '../loops/spoken-file.ts';
import type { UplinkProcessing } from '../paths/uplink.ts';
import type { RequestSession } from '../protocol/events.ts';
import { defaultSession, voiceNamed } from '../session/defaults.ts';
import { commonFlagSchemas, gain, integer, oneOf, parseFlags, scenario, text, yes } from './flags.ts';
import { type Output, printable } from './output.ts';
import { ReplayScreen } from './replay-screen.ts';
import { runCommand } from './run-command.ts';
import { type ChosenService, endpointService, mockService, usualSeed } from './service-choice.ts';
import { readSettings, type Settings } from './settings.ts';

const flagSchemas = {
  ...commonFlagSchemas,
  mock: v.optional(scenario()),
  endpoint: v.optional(text()),
  model: v.optional(text()),
  clock: v.optional(oneOf(['real', 'virtual']), 'real'),
  turnGap: v.optional(integer(0, 600_000)),
  bargeIn: v.optional(integer(0, 600_000)),
  out: v.optional(text()),
  events: v.optional(text()),
  repeat: v.optional(integer(1, 10_000), 1),
  resampler: v.optional(oneOf(['kernel', 'libsamplerate'])),
  denoise: v.optional(yes(), false),
  gain: v.optional(gain()),
};

/** Runs the command. */
export function replayCommand(
  paths: readonly string[],
  rawFlags: Readonly<Record<string, unknown>>,
): Promise<void> {
  return runCommand(rawFlags, async (context) => {
    const flags = parseFlags(flagSchemas, rawFlags);
    const settings = readSettings({ endpoint: flags.endpoint, model: flags.model }, flags.config);
    const config = sessionConfig(settings);
    const processing = await loadProcessing(flags);
    const files = await spokenFiles(paths, flags, { config, processing }, context.output);
    const { service, model } = await chooseService(flags.mock, settings);
    const seed = flags.seed ?? usualSeed(service);
    checkOutputs(flags, paths);

    const clock = flags.clock === 'virtual' ? new VirtualClock() : new SystemClock();
    const screen = new ReplayScreen(context.output, files.length);
    screen.begin({
      files,
      service,
      model,
      clock: flags.clock,
      seed,
      isMockAskedFor: flags.mock !== undefined,
    });
    const events = flags.events === undefined ? undefined : new EventFile(flags.events);
    try {
      const result = await runOn(clock, {
        clock,
        files,
        service,
        model,
        config,
        processing,
        seed,
        signal: context.signal,
        onNotice: (notice) => screen.notice(notice),
        onProgress: (progress) => screen.progress(progress),
        onTurn: (turn, number) => screen.turn(turn, number),
        ...(flags.turnGap !== undefined && { turnGapMs: flags.turnGap }),
        ...(flags.bargeIn !== undefined && { bargeInMs: flags.bargeIn }),
        ...(flags.out !== undefined && { out: flags.out }),
        ...(events && { onEvent: (event) => events.write(event) }),
      });
      if (context.output.json)
        context.output.result(
          JSON.stringify(runDocument(result, { clock: flags.clock, seed, model }), undefined, 2),
        );
      else screen.end(result, result.recordingError ? undefined : flags.out);
      const lost = result.recordingError ?? events?.error;
      if (lost) throw lost;
      refuseSilence(result, files);
    } finally {
      events?.close();
    }
  });
}

function runOn(clock: SystemClock | VirtualClock, options: ReplayOptions): Promise<ReplayResult> {
  return clock.kind === 'virtual' ? clock.run(() => replay(options)) : replay(options);
}

function sessionConfig(settings: Settings): RequestSession {
  return {
    ...defaultSession(),
    ...(settings.instructions !== undefined && { instructions: settings.instructions }),
    ...(settings.voice !== undefined && { voice: voiceNamed(settings.voice) }),
  };
}

/** All files are checked before anything starts. One file that is to interrupt an answer interrupts its own. */
async function spokenFiles(
  paths: readonly string[],
  { repeat, bargeIn }: { readonly repeat: number; readonly bargeIn?: number | undefined },
  { config, processing }: { readonly config: RequestSession; readonly processing: UplinkProcessing },
  output: Output,
): Promise<SpokenFile[]> {
  const wire = inputWireFormat(config.input_audio_format, config.input_audio_sampling_rate);
  const files: SpokenFile[] = [];
  for (const path of paths) {
    // An hour without a sidecar takes some seconds.
    output.live(`reading ${printable(path)}`);
    files.push(await checkSpokenFile(path, wire, processing));
  }
  output.clearLive();
  const conversation = bargeIn !== undefined && files.length === 1 ? [...files, ...files] : files;
  return Array.from({ length: repeat }, () => conversation).flat();
}

async function chooseService(mock: true | string | undefined, settings: Settings): Promise<ChosenService> {
  if (typeof mock === 'string' && /\.wav$/i.test(mock)) {
    throw new VoiceloopError('usage', 'flag-invalid', `--mock takes a scenario, not a WAV file (${mock})`, {
      hint: 'put --mock behind the WAV files',
    });
  }
  const named = mock === undefined ? endpointService(settings) : undefined;
  return named ?? mockService(typeof mock === 'string' ? mock : undefined, settings.model);
}

/** What is written must not destroy what is read, nor one output the other. */
function checkOutputs(
  { out, events }: { readonly out?: string | undefined; readonly events?: string | undefined },
  inputs: readonly string[],
): void {
  const refuse = (code: string, message: string, where: string) =>
    new VoiceloopError('usage', code, message, { where, hint: 'give the output another name' });
  for (const [flag, path] of Object.entries({ '--out': out, '--events': events })) {
    if (path === undefined) continue;
    if (inputs.some((input) => isSameFile(input, path)))
      throw refuse('out-is-input', `${flag} would overwrite a file that is said`, path);
    checkWritable(path);
  }
  if (out !== undefined && events !== undefined && isSameFile(out, events))
    throw refuse('out-is-events', '--out and --events cannot be the same file', out);
}

/** What `--json` prints. */
function runDocument(
  { endpoint, session, connection, turns, paths, lateness, counters }: ReplayResult,
  { clock, seed, model }: { readonly clock: string; readonly seed: number; readonly model: string },
): object {
  return {
    schema: 'voiceloop.run/1',
    runtime: currentRuntime(),
    clock,
    seed,
    endpoint,
    model,
    session,
    paths,
    connection,
    turns,
    lateness,
    counters,
  };
}

/** Speech that got no answer is a failure of the service; noise that got none is as it should be. */
function refuseSilence({ turns }: ReplayResult, files: readonly SpokenFile[]): void {
  const index = turns.findIndex(
    (turn, i) =>
      files[i]?.speech.endMs !== undefined && (turn.outcome === 'unheard' || turn.outcome === 'unanswered'),
  );
  const turn = turns[index];
  if (!turn) return;
  const reason =
    turn.outcome === 'unheard' ? 'it heard no speech in it' : 'it heard the speech and then said nothing';
  throw new VoiceloopError('service', 'no-answer', `the service did not answer ${turn.file}`, {
    reason,
    hint: 'see what it sent with --events FILE',
  });
}
