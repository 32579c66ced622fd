/**
 * The session as OpenAI's dialect shows it, in `session.created` and `session.updated`.
 *
 * @module
 */
import { describedFormat } from './audio-format.ts';
import { asFields, type Fields, picked } from './fields.ts';
import type { HeldSession } from './held-session.ts';
import { reportedModalities } from './modalities.ts';
import { reportedVoice } from './voice.ts';

/** A native session of Voice Live names the deployment behind the model; OpenAI names the model. */
const deploymentSuffix = /-global-standard$/;

/** The session in the order of fields in which recordings of OpenAI's service show it. */
export function reportSession(session: Fields, held: HeldSession): Fields {
  const effort = session['reasoning_effort'];
  return {
    type: 'realtime',
    object: 'realtime.session',
    id: session['id'],
    model: reportedModel(session['model']),
    output_modalities: reportedModalities(session['modalities']),
    instructions: held.hasNoInstructions ? '' : session['instructions'],
    tools: session['tools'] ?? [],
    tool_choice: session['tool_choice'] ?? 'auto',
    ...picked(session, ['parallel_tool_calls']),
    ...(effort ? { reasoning: { effort } } : {}),
    max_output_tokens: session['max_response_output_tokens'] ?? 'inf',
    tracing: held.tracing,
    truncation: held.truncation,
    prompt: held.prompt,
    expires_at: session['expires_at'],
    audio: {
      input: {
        format: describedFormat(session['input_audio_format'], session['input_audio_sampling_rate']),
        transcription: reportedTranscription(asFields(session['input_audio_transcription'])),
        noise_reduction: reportedNoiseReduction(asFields(session['input_audio_noise_reduction']), held),
        turn_detection: reportedTurnDetection(asFields(session['turn_detection'])),
      },
      output: {
        format: describedFormat(session['output_audio_format']),
        voice: reportedVoice(session['voice']),
        speed: held.speed,
      },
    },
    include: session['include'] ?? null,
  };
}

/** The model as the client asked for it. */
export function reportedModel(model: unknown): string {
  return String(model).replace(deploymentSuffix, '');
}

function reportedTranscription(transcription: Fields | undefined): Fields | null {
  if (!transcription) return null;
  const { model, language = null, prompt = null } = transcription;
  return { model, language, prompt, ...picked(transcription, ['languages', 'keywords', 'delay']) };
}

function reportedNoiseReduction(noise: Fields | undefined, held: HeldSession): Fields | null {
  return noise ? { type: noise['type'], ...picked(held.noiseReduction, ['strength']) } : null;
}

function reportedTurnDetection(detection: Fields | undefined): Fields | null {
  if (!detection) return null;
  const reaction = {
    create_response: detection['create_response'] ?? true,
    interrupt_response: detection['interrupt_response'] ?? true,
  };
  if (detection['type'] === 'semantic_vad') {
    return { type: 'semantic_vad', eagerness: detection['eagerness'] ?? 'auto', ...reaction };
  }
  return {
    type: detection['type'],
    threshold: detection['threshold'] ?? 0.5,
    prefix_padding_ms: detection['prefix_padding_ms'] ?? 300,
    silence_duration_ms: detection['silence_duration_ms'] ?? 500,
    idle_timeout_ms: detection['idle_timeout_ms'] ?? null,
    ...reaction,
  };
}
