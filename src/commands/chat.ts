/**
 * `voiceloop chat`: a talk with an agent from the terminal.
 *
 * @module
 */
import * as v from 'valibot';
import { SystemClock } from '../clock.ts';
import type { AudioHost } from '../devices/audio-host.ts';
import { type OpenedHost, openHost } from '../devices/open-host.ts';
import { VoiceloopError } from '../errors.ts';
import { Chat } from '../loops/chat/chat.ts';
import type { ChatOptions, ChatResult } from '../loops/chat/chat-options.ts';
import { checkRecordFolder } from '../loops/chat/chat-recording.ts';
import { SessionLog } from '../loops/chat/session-log.ts';
import { EventFile } from '../loops/event-file.ts';
import { checkWritable, isSameFile } from '../loops/output-file.ts';
import { loadProcessing } from '../loops/processing.ts';
import { currentRuntime } from '../loops/runtime.ts';
import { loadTools } from '../loops/tools-module.ts';
import { chatSession } from '../session/defaults.ts';
import { ECHO_REFERENCE_FEATURE } from '../session/endpoint.ts';
import type { Tool } from '../session/tool-calls.ts';
import { ChatControls } from './chat-controls.ts';
import { commonFlagSchemas, gain, kebab, oneOf, parseFlags, scenario, text, yes } from './flags.ts';
import { type CommandContext, runCommand } from './run-command.ts';
import { type ChosenService, endpointService, mockService, usualSeed } from './service-choice.ts';
import { readSettings, type Settings } from './settings.ts';

const flagSchemas = {
  ...commonFlagSchemas,
  mock: v.optional(scenario()),
  endpoint: v.optional(text()),
  model: v.optional(text()),
  agent: v.optional(text()),
  project: v.optional(text()),
  voice: v.optional(text()),
  instructions: v.optional(text()),
  greeting: v.optional(text()),
  driver: v.optional(text()),
  inputDevice: v.optional(text()),
  outputDevice: v.optional(text()),
  denoise: v.optional(yes(), false),
  gain: v.optional(gain()),
  echo: v.optional(oneOf(['server', 'reference', 'off', 'half-duplex']), 'server'),
  pushToTalk: v.optional(yes(), false),
  tools: v.optional(text()),
  record: v.optional(text()),
  events: v.optional(text()),
  log: v.optional(text()),
  text: v.optional(yes(), false),
};

type Flags = v.InferOutput<ReturnType<typeof v.object<typeof flagSchemas>>>;

/** Talks until the user leaves. */
export function chatCommand(rawFlags: Readonly<Record<string, unknown>>): Promise<void> {
  return runCommand(rawFlags, async (context) => {
    const flags = parseFlags(flagSchemas, rawFlags);
    const settings = readSettings(settingFlags(flags), flags.config);
    const tools = flags.tools === undefined ? [] : await loadTools(flags.tools);
    const chosen = await chooseService(flags, settings);
    const config = chatSession(sessionOptions(flags, settings, tools));
    checkFlags(flags);
    const processing = flags.text ? {} : await loadProcessing(flags);
    const clock = new SystemClock();
    let opened: OpenedHost | undefined;
    try {
      opened = flags.text ? undefined : await openHost(clock, driverChoice(flags));
      await hold(context, flags, opened, { ...chosen, clock, config, processing, tools });
    } catch (error) {
      if (error instanceof VoiceloopError && error.kind === 'device')
        context.output.info('without sound devices, a chat in writing works: voiceloop chat --text');
      throw error;
    } finally {
      await opened?.host.close();
    }
  });
}

/** What the parts of a chat have in common. */
type Prepared = Pick<ChatOptions, 'clock' | 'service' | 'model' | 'config'> & {
  readonly processing: NonNullable<ChatOptions['processing']>;
  readonly tools: readonly Tool[];
};

async function hold(
  { output, signal }: CommandContext,
  flags: Flags,
  opened: OpenedHost | undefined,
  prepared: Prepared,
): Promise<void> {
  const { clock, service, model } = prepared;
  const seed = flags.seed ?? usualSeed(service);
  const events = flags.events === undefined ? undefined : new EventFile(flags.events);
  const log = flags.log === undefined ? undefined : new SessionLog(flags.log, clock);
  const controls = new ChatControls({ output, clock, pushToTalk: flags.pushToTalk, log });
  const chat = new Chat({
    ...prepared,
    ...soundOptions(flags, opened?.host),
    echo: flags.echo,
    pushToTalk: flags.pushToTalk,
    seed,
    signal,
    observe: {
      ...controls.observe,
      onEvent: (event) => {
        events?.write(event);
        log?.event(event);
      },
    },
    ...(flags.greeting !== undefined && { greeting: flags.greeting }),
    ...(flags.record !== undefined && { record: flags.record }),
  });
  try {
    controls.begin(chat, beginningLines(prepared, opened, flags));
    for (const { driver, reason } of opened?.passedOver ?? [])
      output.detail(`driver ${driver} was passed over: ${reason}`);
    const result = await chat.run();
    controls.end(result, flags.record);
    if (output.json)
      output.result(JSON.stringify(chatDocument(result, { seed, model, opened }), undefined, 2));
    const lost = result.endedBy ?? result.recordingError ?? events?.error ?? log?.error;
    if (lost) throw lost;
    signal.throwIfAborted();
  } finally {
    controls.close();
    events?.close();
    log?.close();
  }
}

function driverChoice({ driver }: Flags) {
  return driver === undefined ? {} : { driver };
}

function soundOptions(flags: Flags, host: AudioHost | undefined) {
  if (!host) return {};
  const { inputDevice, outputDevice } = flags;
  return {
    host,
    ...(inputDevice !== undefined && { inputDevice }),
    ...(outputDevice !== undefined && { outputDevice }),
  };
}

function settingFlags({ endpoint, model, agent, project, voice, instructions }: Flags) {
  return { endpoint, model, agent, project, voice, instructions };
}

function sessionOptions(flags: Flags, settings: Settings, tools: readonly Tool[]) {
  const { voice, instructions, apiVersion } = settings;
  return {
    echo: flags.echo,
    denoised: flags.denoise,
    pushToTalk: flags.pushToTalk,
    textOnly: flags.text,
    agent: settings.agent !== undefined,
    tools,
    ...(voice !== undefined && { voice }),
    ...(instructions !== undefined && { instructions }),
    ...(apiVersion !== undefined && { apiVersion }),
  };
}

async function chooseService(flags: Flags, settings: Settings): Promise<ChosenService> {
  if (flags.mock !== undefined) {
    return mockService(typeof flags.mock === 'string' ? flags.mock : undefined, settings.model);
  }
  const features = flags.echo === 'reference' && !flags.text ? [ECHO_REFERENCE_FEATURE] : [];
  const chosen = endpointService(settings, features);
  if (chosen) return chosen;
  throw new VoiceloopError('usage', 'endpoint-missing', 'there is no service to talk to', {
    reason: 'no endpoint is configured',
    hint: 'set AZURE_VOICE_LIVE_ENDPOINT, or try it without Azure: voiceloop chat --mock',
  });
}

/** Everything that can be known to go wrong is said before anything starts. */
function checkFlags({
  text,
  pushToTalk,
  denoise,
  gain,
  inputDevice,
  outputDevice,
  record,
  events,
  log,
}: Flags) {
  const spoken = { pushToTalk, denoise, gain, inputDevice, outputDevice };
  const [useless] = Object.entries(spoken).find(([, value]) => value !== undefined && value !== false) ?? [];
  if (text && useless !== undefined) {
    throw new VoiceloopError(
      'usage',
      'flags-conflict',
      `--${kebab(useless)} is about sound, and --text has none`,
      {
        hint: 'leave one of the two out',
      },
    );
  }
  if (record !== undefined) checkRecordFolder(record);
  for (const path of [events, log]) if (path !== undefined) checkWritable(path);
  if (events !== undefined && log !== undefined && isSameFile(events, log)) {
    throw new VoiceloopError('usage', 'flags-conflict', '--events and --log cannot be the same file', {
      hint: 'give one of them another name',
    });
  }
}

function beginningLines(
  { service, model }: Prepared,
  opened: OpenedHost | undefined,
  flags: Flags,
): string[] {
  const where =
    service.kind === 'mock'
      ? `the embedded mock (scenario ${service.scenario.name})`
      : `${service.endpoint}, ${service.agent ? `agent ${service.agent.name}` : `model ${model}`}`;
  const sound = opened
    ? `sound through ${opened.host.description}, echo: ${flags.echo}`
    : 'in writing: type a message and press Enter';
  return [`talking to ${where}`, sound];
}

/** What `--json` prints. */
function chatDocument(
  result: ChatResult,
  { seed, model, opened }: { seed: number; model: string; opened: OpenedHost | undefined },
): object {
  const { recordingError: _, endedBy, ...rest } = result;
  return {
    schema: 'voiceloop.chat/1',
    runtime: currentRuntime(),
    seed,
    model,
    driver: opened?.host.driver,
    ...rest,
    ...(endedBy && { endedBy: endedBy.code }),
  };
}
