/**
 * A level as a bar of a few cells.
 *
 * @module
 */
import type { LevelReading } from '../../audio/level-meter.ts';

/** What the bar spans. */
const lowestDb = -60;
const holdMs = 1500;
/** A peak this high touches full scale. */
const clippedDb = -0.1;
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** Shows a level: the RMS as a bar, the highest peak of the last 1.5 s as a mark, and a word where it clipped. */
export class Meter {
  #rmsDb = Number.NEGATIVE_INFINITY;
  #peakDb = Number.NEGATIVE_INFINITY;
  #peakAtMs = 0;
  #clippedAtMs = Number.NEGATIVE_INFINITY;

  /** Takes the next reading. */
  read({ rmsDb, peakDb }: LevelReading, nowMs: number): void {
    this.#rmsDb = rmsDb;
    if (peakDb >= clippedDb) this.#clippedAtMs = nowMs;
    if (peakDb >= this.#peakDb || nowMs - this.#peakAtMs >= holdMs) {
      this.#peakDb = peakDb;
      this.#peakAtMs = nowMs;
    }
  }

  /** `▕██████▌ │ ▏`, with `width` cells between the edges. */
  bar(width: number): string {
    const filled = Math.round(cellsOf(this.#rmsDb, width) * 8);
    const bar = `${'█'.repeat(filled >> 3)}${eighths[filled & 7]}`.padEnd(width);
    const peak = Math.min(width - 1, Math.floor(cellsOf(this.#peakDb, width)));
    const isSeen = this.#peakDb > lowestDb && bar[peak] === ' ';
    return `▕${isSeen ? `${bar.slice(0, peak)}│${bar.slice(peak + 1)}` : bar}▏`;
  }

  /** The RMS in seven cells, as `-18 dB `, or `CLIPPED` for 1.5 s. */
  figure(nowMs: number): string {
    if (this.isClipped(nowMs)) return 'CLIPPED';
    const db = Math.max(-99, Math.round(this.#rmsDb));
    return `${db === -99 ? ' -∞' : `${db || 0}`.padStart(3)} dB `;
  }

  isClipped(nowMs: number): boolean {
    return nowMs - this.#clippedAtMs < holdMs;
  }
}

function cellsOf(db: number, width: number): number {
  return Math.min(1, Math.max(0, (db - lowestDb) / -lowestDb)) * width;
}
