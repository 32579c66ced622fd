/**
 * What a session is before the client has asked for anything.
 *
 * @module
 */
import type {
  AgentConfig,
  AudioInputTranscriptionOptions,
  AzureStandardVoice,
  InputAudioFormat,
  Modality,
  ResponseSession,
  ServerVad,
  TurnDetectionUnion,
  Voice,
} from '../protocol/events.ts';

/** The two ways in which the service is built: one model that hears and speaks, or recogniser, model and synthesiser. */
export type Pipeline = 'native' | 'cascaded';

/** The session as the service reports it: every field there, many of them null. */
export interface EffectiveSession extends ResponseSession {
  id: string;
  model: string;
  modalities: Modality[];
  instructions: string;
  voice: Voice;
  input_audio_format: InputAudioFormat;
  input_audio_sampling_rate: number;
  turn_detection: EffectiveTurnDetection | null;
}

/** Turn detection as it is echoed, with fields that only ever come back. */
export type EffectiveTurnDetection = TurnDetectionUnion & {
  idle_timeout_ms?: number | null;
  appended_text_after_truncation?: string | null;
};

/** What decides the defaults. */
export interface SessionOrigin {
  readonly pipeline: Pipeline;
  readonly id: string;
  /** As asked for in the URL; undefined is the pipeline's usual one. */
  readonly model: string | undefined;
  /** The agent that answers in place of a model; null where none does. */
  readonly agent: AgentConfig | null;
  /** When the service will end the session, in Unix seconds. */
  readonly expiresAt: number;
}

/** The service's own prompt; it comes back when the client sends an empty one. */
export const defaultInstructions = 'You are a helpful voice assistant. Keep your answers short and friendly.';

/** The fields of a turn detection that nobody has set, in the order in which the service reports them. */
export const unsetTurnDetection: Omit<ServerVad, 'type'> & EffectiveTurnDetectionExtras = {
  threshold: null,
  prefix_padding_ms: null,
  silence_duration_ms: null,
  create_response: true,
  interrupt_response: true,
  idle_timeout_ms: null,
  speech_duration_ms: null,
  end_of_utterance_detection: null,
  auto_truncate: false,
  appended_text_after_truncation: null,
};

type EffectiveTurnDetectionExtras = Pick<
  EffectiveTurnDetection,
  'idle_timeout_ms' | 'appended_text_after_truncation'
>;

/** The fields of an Azure voice that nobody has set. */
export const unsetAzureVoice: Omit<AzureStandardVoice, 'type' | 'name'> = {
  temperature: null,
  custom_lexicon_url: null,
  custom_text_normalization_url: null,
  prefer_locales: null,
  locale: null,
  style: null,
  pitch: null,
  rate: null,
  volume: null,
};

/** The fields of a transcription that nobody has set. */
export const unsetTranscription: Omit<AudioInputTranscriptionOptions, 'model'> & { prompt: string | null } = {
  language: null,
  prompt: null,
  custom_speech: null,
  phrase_list: null,
};

/**
 * The session of `session.created`. Both sets as recorded from the service in 2026: a native session starts with a silence of
 * 200 ms, which the first update replaces by 500 ms whether it asks for that or not, and may leave the output format open.
 */
export function defaultSession(origin: SessionOrigin): EffectiveSession {
  return origin.pipeline === 'native' ? nativeSession(origin) : cascadedSession(origin);
}

function nativeSession({ id, model = 'gpt-realtime', agent, expiresAt }: SessionOrigin): EffectiveSession {
  return {
    id,
    model: `${model}-global-standard`,
    modalities: ['audio'],
    instructions: defaultInstructions,
    voice: { name: 'alloy', type: 'openai' },
    input_audio_format: 'pcm16',
    output_audio_format: null,
    input_audio_transcription: null,
    input_audio_noise_reduction: null,
    turn_detection: {
      ...unsetTurnDetection,
      type: 'server_vad',
      threshold: 0.5,
      prefix_padding_ms: 300,
      silence_duration_ms: 200,
    },
    tools: [],
    tool_choice: 'auto',
    max_response_output_tokens: 'inf',
    // The service leaves the field out where there is none.
    ...(agent && { agent }),
    ...trailingFields(expiresAt),
  };
}

function cascadedSession({ id, model = 'gpt-4.1', agent, expiresAt }: SessionOrigin): EffectiveSession {
  const isReasoning = model.startsWith('gpt-5');
  return {
    id,
    model,
    modalities: ['audio', 'text'],
    instructions: defaultInstructions,
    voice: { ...unsetAzureVoice, type: 'azure-standard', name: 'en-US-AvaNeural' },
    input_audio_format: 'pcm16',
    output_audio_format: 'pcm16',
    input_audio_transcription: { ...unsetTranscription, model: 'azure-speech' },
    input_audio_noise_reduction: null,
    turn_detection: {
      ...unsetTurnDetection,
      type: 'server_vad',
      threshold: 0.5,
      prefix_padding_ms: 400,
      silence_duration_ms: 500,
    },
    tools: [],
    tool_choice: 'auto',
    temperature: isReasoning ? 1 : 0.8,
    reasoning_effort: isReasoning ? 'minimal' : null,
    max_response_output_tokens: null,
    agent,
    ...trailingFields(expiresAt),
  };
}

function trailingFields(expiresAt: number) {
  return {
    expires_at: expiresAt,
    object: 'realtime.session' as const,
    input_audio_sampling_rate: 24000,
    animation: null,
    input_audio_echo_cancellation: null,
    avatar: null,
    output_audio_timestamp_types: null,
    truncation_strategy: null,
    include: null,
    greeting: null,
    handoff: null,
  };
}
