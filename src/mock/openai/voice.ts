/**
 * Voices: a name or the id of a custom voice in OpenAI's dialect, an object of some provider inside.
 *
 * @module
 */
import { asFields } from './fields.ts';

/** A voice as OpenAI writes it. */
export type VoiceChoice = string | { readonly id: string };

/** Azure's voices begin with a locale, as in `en-US-AvaNeural`; OpenAI's are single words. */
const azureName = /^[a-z]{2,3}-[A-Z]{2}-/;

/** The voice for the inside. A custom one keeps its id, by which {@link reportedVoice} knows it again. */
export function insideVoice(voice: VoiceChoice): object | string {
  if (typeof voice !== 'string') return { type: 'openai', name: voice.id, id: voice.id };
  return azureName.test(voice) ? { type: 'azure-standard', name: voice } : voice;
}

/** The voice of a session, for the client. */
export function reportedVoice(voice: unknown): VoiceChoice {
  if (typeof voice === 'string') return voice;
  const { id, name, model } = asFields(voice) ?? {};
  if (typeof id === 'string') return { id };
  return String(name ?? model ?? 'alloy');
}

/** The voice of a response, where a custom one is told by its id alone. */
export function reportedVoiceName(voice: unknown): string {
  const reported = reportedVoice(voice);
  return typeof reported === 'string' ? reported : reported.id;
}
