/**
 * A path in one line.
 *
 * @module
 */

/** What is shown of a part: its name, and what it adds by construction. */
export interface PathPart {
  readonly name: string;
  readonly delayMs?: number;
}

/**
 * Describes a path as `wav 48000 Hz → resampler 48000→24000 (+1.5 ms) → 20 ms frames → socket`.
 *
 * @param parts in the order in which audio passes them
 */
export function describePath(parts: readonly PathPart[]): string {
  return parts
    .map(({ name, delayMs = 0 }) => (delayMs === 0 ? name : `${name} (+${delayMs.toFixed(1)} ms)`))
    .join(' → ');
}
