/**
 * What a session asks the service for unless told otherwise.
 *
 * @module
 */
import { VoiceloopError } from '../errors.ts';
import type { AudioEchoCancellation, AzureSemanticVad, RequestSession, Voice } from '../protocol/events.ts';
import { type Tool, toolDefinitions } from './tool-calls.ts';

/**
 * The configuration for a recorded voice: plain server turn detection, nothing that alters the input. Each value is
 * written out, because the service moves its own defaults: the same omission has given 200 and 500 ms of silence.
 */
export function defaultSession(): RequestSession {
  return {
    modalities: ['text', 'audio'],
    input_audio_format: 'pcm16',
    input_audio_sampling_rate: 24_000,
    output_audio_format: 'pcm16',
    turn_detection: {
      type: 'server_vad',
      threshold: 0.5,
      prefix_padding_ms: 300,
      silence_duration_ms: 500,
      create_response: true,
      interrupt_response: true,
      auto_truncate: false,
    },
    input_audio_transcription: { model: 'azure-speech' },
    input_audio_noise_reduction: null,
    input_audio_echo_cancellation: null,
  };
}

/**
 * The voice that a bare name stands for: a name that begins with a locale, as `en-US-AvaNeural`, is one of Azure's; any
 * other goes to the service as it is, which takes it for one of the model's own.
 */
export function voiceNamed(name: string): Voice {
  return /^[a-z]{2,3}-([A-Z][a-z]{3}-)?[A-Z]{2}-/.test(name) ? { type: 'azure-standard', name } : name;
}

/** Of a chat: the quickstart's. */
export const defaultVoice = 'en-US-Ava:DragonHDLatestNeural';

/** What is done about the echo of the loudspeaker in the microphone. */
export type EchoChoice = 'server' | 'reference' | 'off' | 'half-duplex';

/** What a chat needs of its session. */
export interface ChatSessionOptions {
  /**
   * `server`: the service takes out what it sent itself. `reference`: it takes out what is sent beside the microphone as a
   * second channel; needs api-version 2026-06-01-preview and the feature `client_ec_reference:true` in the address. `off` and
   * `half-duplex`: it takes out nothing. Default `server`.
   */
  readonly echo?: EchoChoice;
  /** The microphone's noise is taken out before it is sent, so the service does not do it again. Default false. */
  readonly denoised?: boolean;
  /** The user says when a turn begins and ends; the service detects none. Default false. */
  readonly pushToTalk?: boolean;
  /** The agent writes and does not speak. Default false. */
  readonly textOnly?: boolean;
  /** An agent of a Foundry project answers in place of a model. Default false. */
  readonly agent?: boolean;
  /** As {@link voiceNamed} takes it. Default `en-US-Ava:DragonHDLatestNeural`. */
  readonly voice?: string;
  /** How the model is to behave. Default the service's own; an agent has its own and takes none. */
  readonly instructions?: string;
  /** Functions that the model may call. Default none. */
  readonly tools?: Iterable<Tool>;
  /** The version of the protocol that the session is dialled with. Default the one of `realtimeUrl`. */
  readonly apiVersion?: string;
}

/**
 * The configuration for a talk through a microphone and a loudspeaker, as Azure's quickstart has it: speech is detected by its
 * meaning as well as its loudness, noise and echo are taken out by the service. Each value is written out, as in
 * {@link defaultSession}; the end of a turn is left to the 500 ms of silence, because not every model takes a detector of
 * finished sentences (protocol: end of utterance).
 *
 * @throws {VoiceloopError} `echo-needs-version` for an echo reference with a version that is known to be too old;
 *   `agent-instructions` for instructions to an agent
 *
 * @example
 * ```ts
 * import { chatSession } from 'voiceloop';
 *
 * console.log(chatSession({ pushToTalk: true }).turn_detection); // null
 * console.log(chatSession({ echo: 'reference' }).input_audio_echo_cancellation?.channels); // 2
 * ```
 */
export function chatSession(options: ChatSessionOptions = {}): RequestSession {
  const { echo = 'server', denoised = false, pushToTalk = false, textOnly = false } = options;
  const { agent = false, voice = defaultVoice, instructions, tools, apiVersion } = options;
  if (echo === 'reference') checkReferenceVersion(apiVersion);
  if (agent && instructions !== undefined) {
    throw new VoiceloopError('usage', 'agent-instructions', 'an agent has instructions of its own', {
      hint: 'leave the instructions out, or change them where the agent is defined',
    });
  }
  const definitions = toolDefinitions(tools ?? []);
  return {
    ...defaultSession(),
    modalities: textOnly ? ['text'] : ['text', 'audio'],
    ...(!textOnly && { voice: voiceNamed(voice) }),
    ...(instructions !== undefined && { instructions }),
    turn_detection: pushToTalk ? null : speechDetection(),
    input_audio_noise_reduction: denoised ? null : { type: 'azure_deep_noise_suppression' },
    input_audio_echo_cancellation: echoCancellation(echo),
    ...(definitions.length > 0 && { tools: definitions, tool_choice: 'auto' }),
  };
}

function speechDetection(): AzureSemanticVad {
  return {
    type: 'azure_semantic_vad',
    threshold: 0.5,
    prefix_padding_ms: 300,
    speech_duration_ms: 80,
    silence_duration_ms: 500,
    remove_filler_words: false,
    end_of_utterance_detection: null,
    create_response: true,
    interrupt_response: true,
    auto_truncate: false,
  };
}

function echoCancellation(echo: EchoChoice): AudioEchoCancellation | null {
  if (echo === 'off' || echo === 'half-duplex') return null;
  // Older versions know the type alone.
  if (echo === 'server') return { type: 'server_echo_cancellation' };
  return { type: 'server_echo_cancellation', reference_source: 'client', channels: 2 };
}

/** A version is a date, and may be a preview; any other text is nobody's to judge here. */
function checkReferenceVersion(apiVersion: string | undefined): void {
  const date = /^(\d{4}-\d{2}-\d{2})(-preview)?$/.exec(apiVersion ?? '')?.[1];
  if (date === undefined || date >= '2026-06-01') return;
  const message = `api-version ${apiVersion} takes no echo reference`;
  throw new VoiceloopError('usage', 'echo-needs-version', message, {
    hint: 'take 2026-07-15, or --echo server',
  });
}
