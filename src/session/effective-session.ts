/**
 * Whether the service does what it was asked: it takes some settings silently for others.
 *
 * @module
 */
import type { RequestSession, ResponseSession } from '../protocol/events.ts';
import { isSecret, loggable } from './event-log.ts';

/** A setting that the service did not take over. */
export interface SessionDifference {
  /** Its place in the session, as `turn_detection.silence_duration_ms`. */
  readonly field: string;
  readonly asked: unknown;
  /** What `session.updated` reports; undefined where it does not mention the field. */
  readonly effective: unknown;
}

/**
 * Compares what was asked with what `session.updated` reports, for the fields that were asked; secrets are
 * neither compared nor shown. The model is left out: the address decides it, and the service reports an internal name.
 */
export function sessionDifferences(
  asked: RequestSession,
  effective: ResponseSession,
): readonly SessionDifference[] {
  const { model: _, ...fields } = asked;
  return differences('', fields, effective).map(({ field, ...values }) => ({
    field,
    asked: loggable(values.asked),
    effective: loggable(values.effective),
  }));
}

function differences(field: string, asked: unknown, effective: unknown): readonly SessionDifference[] {
  if (asked === undefined || isSame(asked, effective)) return [];
  if (!isRecord(asked) || !isRecord(effective)) return [{ field, asked, effective }];
  return Object.keys(asked)
    .filter((name) => !isSecret(name)) // the service echoes these blanked
    .flatMap((name) => differences(field === '' ? name : `${field}.${name}`, asked[name], effective[name]));
}

function isSame(asked: unknown, effective: unknown): boolean {
  if (asked == null) return effective == null;
  if (typeof asked === 'number' && typeof effective === 'number') {
    // The service keeps some numbers in single precision: 0.8 comes back as 0.800000011920929.
    return Math.abs(asked - effective) <= 1e-6 * Math.abs(asked);
  }
  if (Array.isArray(asked) && Array.isArray(effective)) {
    // No list in a session has an order that counts, and the service reorders them.
    return (
      asked.length === effective.length &&
      asked.every((entry) => effective.some((other) => differences('', entry, other).length === 0))
    );
  }
  // A voice may be given by its name alone, and comes back as an object.
  if (typeof asked === 'string' && isRecord(effective)) return effective['name'] === asked;
  return asked === effective;
}

/** The difference as a sentence, however long the values are. */
export function describeDifference({ field, asked, effective }: SessionDifference): string {
  return `the service uses ${field} ${shortened(effective)} instead of ${shortened(asked)}`;
}

function shortened(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
