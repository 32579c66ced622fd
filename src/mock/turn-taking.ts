/**
 * How turns are taken: the session's `turn_detection` with every number resolved.
 *
 * @module
 */
import type { EouDetectionUnion } from '../protocol/events.ts';
import type { EffectiveTurnDetection } from './session-defaults.ts';
import type { EndOfUtterance } from './turn-detection/end-of-utterance.ts';
import type { TurnDetectorSettings } from './turn-detection/turn-detector.ts';

/** How turns are taken. */
export interface TurnTaking {
  readonly detector: TurnDetectorSettings;
  /** How long a sentence that does not sound complete is waited for; undefined does not wait. */
  readonly endOfUtterance: EndOfUtterance | undefined;
  readonly createResponse: boolean;
  readonly interruptResponse: boolean;
  readonly autoTruncate: boolean;
  readonly appendedText: string;
}

/** Undefined where the client ends the turns. */
export function resolveTurnTaking(detection: EffectiveTurnDetection | null): TurnTaking | undefined {
  if (!detection) return undefined;
  const isServerVad = detection.type === 'server_vad';
  return {
    detector: {
      threshold: detection.threshold ?? 0.5,
      prefixPaddingMs: detection.prefix_padding_ms ?? (isServerVad ? 400 : 420),
      silenceDurationMs: detection.silence_duration_ms ?? 500,
      // The reference says 200 ms for server_vad; recordings of the service show that it is heard after about 100.
      speechDurationMs: detection.speech_duration_ms ?? (isServerVad ? 100 : 80),
    },
    endOfUtterance: endOfUtterance(detection.end_of_utterance_detection),
    createResponse: detection.create_response ?? true,
    interruptResponse: detection.interrupt_response ?? true,
    autoTruncate: detection.auto_truncate ?? false,
    appendedText: detection.appended_text_after_truncation ?? '',
  };
}

function endOfUtterance(detection: EouDetectionUnion | null | undefined): EndOfUtterance | undefined {
  if (!detection) return undefined;
  const { threshold, timeout }: { threshold?: number | null; timeout?: number | null } = detection as object;
  const level = detection.threshold_level ?? legacyLevel(threshold);
  return {
    level: level === 'default' ? 'medium' : level,
    timeoutMs: detection.timeout_ms ?? (timeout == null ? 1000 : timeout * 1000),
  };
}

/** The thresholds of 2025 had no documented scale; 0.01 and 0.1 are what samples of that time used. */
function legacyLevel(threshold: number | null | undefined): EndOfUtterance['level'] {
  if (threshold == null) return 'medium';
  return threshold <= 0.03 ? 'low' : threshold <= 0.3 ? 'medium' : 'high';
}
