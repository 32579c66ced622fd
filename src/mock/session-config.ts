/**
 * What the session is set to, and who may change what.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import type {
  AudioInputTranscriptionOptions,
  EchoCancellationReferenceSource,
  Modality,
  OutputAudioFormat,
  Voice,
} from '../protocol/events.ts';
import { RequestRefused } from './event-channel.ts';
import type { SessionUpdate } from './request-schema.ts';
import {
  defaultInstructions,
  defaultSession,
  type EffectiveSession,
  type EffectiveTurnDetection,
  type Pipeline,
  type SessionOrigin,
  unsetAzureVoice,
  unsetTranscription,
  unsetTurnDetection,
} from './session-defaults.ts';
import { resolveTurnTaking, type TurnTaking } from './turn-taking.ts';

/** What the session has done so far, as far as it forbids changes. */
export interface SessionProgress {
  /** Input audio has been taken in: its format stays as it is. */
  readonly hasHeard: boolean;
  /** The assistant has spoken: its voice stays as it is. */
  readonly hasSpoken: boolean;
}

/**
 * The effective session. An update changes only what it names; null switches a feature off. An object that names its `type` or
 * `model` replaces the one before, and what it leaves open goes to the service's defaults, not to the values before (so
 * recorded); one that does not is merged into it. What cannot be changed refuses the whole update.
 */
export class SessionConfig {
  readonly #pipeline: Pipeline;
  readonly #requestedModel: string | undefined;
  #effective: EffectiveSession;
  /** Worked out once for each update: it is asked for with every frame of audio. */
  #turnTaking: TurnTaking | undefined;

  constructor(origin: SessionOrigin) {
    this.#pipeline = origin.pipeline;
    this.#requestedModel = origin.model;
    this.#effective = defaultSession(origin);
    this.#turnTaking = resolveTurnTaking(this.#effective.turn_detection);
  }

  get effective(): Readonly<EffectiveSession> {
    return this.#effective;
  }

  /** How many channels the input audio has: two where the client sends what its loudspeaker plays. */
  get inputChannels(): number {
    return this.#effective.input_audio_echo_cancellation?.channels ?? 1;
  }

  /** How much audio before the moment at which speech can be noticed may still belong to a turn. */
  get longestOnsetMs(): number {
    const { prefixPaddingMs = 0, speechDurationMs = 0 } = this.turnTaking?.detector ?? {};
    return prefixPaddingMs + speechDurationMs;
  }

  /** Undefined where the client ends the turns. */
  get turnTaking(): TurnTaking | undefined {
    return this.#turnTaking;
  }

  /** @throws {RequestRefused} and changes nothing, if any part of the update is not allowed */
  update(update: SessionUpdate, progress: SessionProgress): void {
    const next: EffectiveSession = { ...this.#effective };
    this.#checkModel(update.model);
    if (update.modalities) next.modalities = sortedModalities(update.modalities);
    if (typeof update.instructions === 'string') next.instructions = this.#instructions(update.instructions);
    if (update.voice) next.voice = this.#voice(update.voice, progress);
    if (update.output_audio_format) next.output_audio_format = outputFormatName(update.output_audio_format);
    if (update.turn_detection !== undefined) next.turn_detection = this.#turnDetection(update.turn_detection);
    this.#mergeInput(next, update, progress);
    const transcription = update.input_audio_transcription;
    if (transcription !== undefined) {
      next.input_audio_transcription = mergedTranscription(next.input_audio_transcription, transcription);
    }
    mergePlainFields(next, update);
    this.#effective = next;
    this.#turnTaking = resolveTurnTaking(next.turn_detection);
  }

  #checkModel(model: string | null | undefined): void {
    if (typeof model !== 'string' || model === this.#requestedModel || model === this.#effective.model)
      return;
    throw new RequestRefused('invalid_value', 'The model of a session cannot be changed.', 'session.model');
  }

  #instructions(instructions: string): string {
    if (!this.#effective.agent) return instructions || defaultInstructions;
    const message = 'An agent has instructions of its own.';
    throw new RequestRefused('invalid_value', message, 'session.instructions');
  }

  #voice(voice: NonNullable<SessionUpdate['voice']>, { hasSpoken }: SessionProgress): Voice {
    const named = typeof voice === 'string' ? { type: 'openai', name: voice } : voice;
    const unset =
      named.type.startsWith('azure-') && named.type !== 'azure-realtime-native' ? unsetAzureVoice : {};
    const next = { ...unset, ...named } as Voice;
    if (hasSpoken && !isDeepStrictEqual(next, this.#effective.voice)) {
      const message = 'The voice cannot be changed once the assistant has spoken.';
      throw new RequestRefused('cannot_update_voice', message, 'session.voice');
    }
    return next;
  }

  #turnDetection(update: NonNullable<SessionUpdate['turn_detection']> | null): EffectiveTurnDetection | null {
    if (!update) return null;
    const before = this.#effective.turn_detection;
    const param = 'session.turn_detection.type';
    if (update.type === undefined) {
      if (before) return { ...before, ...update } as EffectiveTurnDetection;
      throw new RequestRefused(
        'missing_required_parameter',
        `Missing required parameter: '${param}'.`,
        param,
      );
    }
    if (update.type === 'semantic_vad' && this.#pipeline === 'cascaded') {
      throw new RequestRefused('invalid_value', 'semantic_vad needs a realtime model.', param);
    }
    const unset =
      this.#pipeline === 'native'
        ? { ...unsetTurnDetection, threshold: 0.5, prefix_padding_ms: 400, silence_duration_ms: 500 }
        : unsetTurnDetection;
    return { ...unset, ...withoutNulls(update) } as EffectiveTurnDetection;
  }

  #mergeInput(next: EffectiveSession, update: SessionUpdate, { hasHeard }: SessionProgress): void {
    const before = this.#effective;
    if (update.input_audio_format) next.input_audio_format = update.input_audio_format;
    const isG711 = next.input_audio_format !== 'pcm16';
    if (update.input_audio_sampling_rate) next.input_audio_sampling_rate = update.input_audio_sampling_rate;
    else if (isG711) next.input_audio_sampling_rate = 8000;
    if (isG711 && next.input_audio_sampling_rate !== 8000) {
      const message = 'G.711 audio has a sampling rate of 8000 Hz.';
      throw new RequestRefused('invalid_value', message, 'session.input_audio_sampling_rate');
    }
    const echo = update.input_audio_echo_cancellation;
    if (echo !== undefined) {
      const { reference_source = null, channels = null } = echo ?? {};
      next.input_audio_echo_cancellation = echo && { type: echo.type, reference_source, channels };
      checkEchoReference(echo?.reference_source ?? 'server', echo?.channels ?? 1);
    }
    if (!hasHeard) return;
    for (const field of ['input_audio_format', 'input_audio_sampling_rate'] as const) {
      if (next[field] !== before[field]) throw fixedByAudio(field);
    }
    if ((next.input_audio_echo_cancellation?.channels ?? 1) !== this.inputChannels) {
      throw fixedByAudio('input_audio_echo_cancellation.channels');
    }
  }
}

function fixedByAudio(field: string): RequestRefused {
  const message = `${field} cannot be changed after audio has been sent.`;
  return new RequestRefused('invalid_value', message, `session.${field}`);
}

function checkEchoReference(source: EchoCancellationReferenceSource, channels: number): void {
  const param = 'session.input_audio_echo_cancellation.channels';
  if (source === 'server' && channels !== 1) {
    throw new RequestRefused(
      'invalid_ec_channels_requires_client',
      'Two channels need reference_source "client".',
      param,
    );
  }
  if (source === 'client' && channels !== 2) {
    const message = 'reference_source "client" needs two channels.';
    throw new RequestRefused('invalid_ec_reference_channels', message, param);
  }
}

/** Fields where null says nothing. */
const plainFields = [
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'temperature',
  'max_response_output_tokens',
  'reasoning_effort',
  'metadata',
] as const;

/** Fields that null switches off. */
const switchedFields = [
  'input_audio_noise_reduction',
  'output_audio_timestamp_types',
  'interim_response',
  'animation',
  'avatar',
  'include',
] as const;

function mergePlainFields(next: EffectiveSession, update: SessionUpdate): void {
  const changed: Record<string, unknown> = {};
  for (const field of plainFields) if (update[field] != null) changed[field] = update[field];
  for (const field of switchedFields) if (update[field] !== undefined) changed[field] = update[field];
  Object.assign(next, changed);
}

function mergedTranscription(
  before: EffectiveSession['input_audio_transcription'],
  update: NonNullable<SessionUpdate['input_audio_transcription']> | null,
): AudioInputTranscriptionOptions | null {
  if (!update) return null;
  const param = 'session.input_audio_transcription.model';
  if (update.model !== undefined) return { ...unsetTranscription, ...update, model: update.model };
  if (before) return { ...before, ...update, model: before.model };
  throw new RequestRefused('missing_required_parameter', `Missing required parameter: '${param}'.`, param);
}

/** The service reports modalities in this order, however they were asked for. */
export function sortedModalities(modalities: readonly string[]): Modality[] {
  return [...new Set(modalities)].sort();
}

/** The name as the service spells it: with an underscore. */
export function outputFormatName(name: string): OutputAudioFormat {
  return name.replace('-', '_') as OutputAudioFormat;
}

/** What an update really says: null leaves a number open as if it were not there. */
export function withoutNulls(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
