/**
 * `session.update` of OpenAI's dialect, as the inside takes it.
 *
 * @module
 */
import type * as v from 'valibot';
import { RequestRefused } from '../event-channel.ts';
import { withoutNulls } from '../session-config.ts';
import { namedFormat } from './audio-format.ts';
import { sessionSchema } from './client-schema.ts';
import { asFields, type Fields, present } from './fields.ts';
import type { HeldChange, HeldSession } from './held-session.ts';
import { insideModalities } from './modalities.ts';
import { parseClientEvent } from './param-path.ts';
import { insideVoice } from './voice.ts';

type Session = v.InferOutput<typeof sessionSchema>;
type AudioInput = NonNullable<NonNullable<Session['audio']>['input']>;

/** What OpenAI documents for a `server_vad` that leaves it open; Voice Live has other defaults. */
const serverVadDefaults = { threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 500 };

/** An update, taken apart. */
export interface SessionRequest {
  /** The inside's `session`; it names only what the client named. */
  readonly session: Fields;
  /** What becomes of the settings that the dialect keeps. */
  readonly change: HeldChange;
}

/**
 * Takes an update apart. As inside, only what is named changes, and null switches a feature off.
 *
 * @param held the settings before, as far as is known
 * @param reportedModel the name by which the client knows the model
 * @throws {RequestRefused}
 */
export function readSessionUpdate(
  session: unknown,
  held: HeldSession,
  reportedModel: string | undefined,
): SessionRequest {
  if (asFields(session)?.['type'] === 'transcription') {
    const message = "Invalid value: 'transcription'. This is a session of type 'realtime'.";
    throw new RequestRefused('invalid_value', message, 'session.type');
  }
  const update = parseClientEvent(sessionSchema, session, 'session');
  const { audio, output_modalities: modalities, model } = update;
  const voice = audio?.output?.voice;
  return {
    session: present({
      model: model === reportedModel ? undefined : (model ?? undefined),
      modalities: modalities ? insideModalities(modalities, 'session.output_modalities') : undefined,
      instructions: update.instructions ?? undefined,
      voice: voice ? insideVoice(voice) : undefined,
      output_audio_format: audio?.output?.format
        ? namedFormat(audio.output.format, 'session.audio.output.format').name
        : undefined,
      ...(audio?.input ? insideInput(audio.input, held) : {}),
      include: update.include,
      tools: update.tools,
      tool_choice: update.tool_choice,
      parallel_tool_calls: update.parallel_tool_calls,
      max_response_output_tokens: update.max_output_tokens,
      reasoning_effort: update.reasoning?.effort,
    }),
    change: (before) => heldAfter(update, before),
  };
}

function insideInput(input: AudioInput, held: HeldSession): Fields {
  const { noise_reduction: noise, turn_detection: detection } = input;
  const format = input.format ? namedFormat(input.format, 'session.audio.input.format') : undefined;
  return {
    input_audio_format: format?.name,
    input_audio_sampling_rate: format?.rateHz,
    input_audio_transcription: input.transcription,
    input_audio_noise_reduction: noise && { type: noise.type ?? held.noiseReduction['type'] },
    turn_detection:
      detection?.type === 'server_vad' ? { ...serverVadDefaults, ...withoutNulls(detection) } : detection,
  };
}

function heldAfter(update: Session, before: HeldSession): HeldSession {
  const { tracing, truncation, prompt, instructions, audio } = update;
  return {
    tracing: tracing === undefined ? before.tracing : tracing,
    truncation: truncation ?? before.truncation,
    prompt: prompt === undefined ? before.prompt : prompt,
    speed: audio?.output?.speed ?? before.speed,
    hasNoInstructions: typeof instructions === 'string' ? instructions === '' : before.hasNoInstructions,
    noiseReduction: { ...before.noiseReduction, ...withoutNulls(audio?.input?.noise_reduction ?? {}) },
  };
}
