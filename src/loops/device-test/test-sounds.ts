/**
 * The sounds that a test of the devices plays.
 *
 * @module
 */

/** −20 dBFS at the peak: heard, and no fright. */
const amplitude = 0.1;

/** Long enough that its correlation stands out of noise, short enough that five of them are no concert. */
const chirpMs = 200;
/** Below, small loudspeakers are silent and rooms hum. */
export const chirpLowHz = 400;
const chirpHighHz = 6000;

const noteMs = 650;
const pauseMs = 200;
const fadeMs = 20;

/** Two short notes, a fifth apart: 1.5 s. */
export function twoNotes(rateHz: number): Float32Array {
  const note = (hz: number) => faded(frames(noteMs, rateHz), rateHz, (seconds) => 2 * Math.PI * hz * seconds);
  const samples = new Float32Array(frames(2 * noteMs + pauseMs, rateHz));
  samples.set(note(440));
  samples.set(note(660), frames(noteMs + pauseMs, rateHz));
  return samples;
}

/** Where a chirp ends, or begins, so that devices of both rates carry it. */
export function highestChirpHz(...ratesHz: readonly number[]): number {
  return Math.min(chirpHighHz, ...ratesHz.map((rateHz) => rateHz * 0.4));
}

/** A tone that rises, or falls, steadily between 400 Hz and `highHz`: 200 ms. */
export function chirp(rateHz: number, highHz: number, isRising: boolean): Float32Array {
  const [fromHz, toHz] = isRising ? [chirpLowHz, highHz] : [highHz, chirpLowHz];
  const seconds = chirpMs / 1000;
  return faded(
    frames(chirpMs, rateHz),
    rateHz,
    (t) => 2 * Math.PI * (fromHz * t + ((toHz - fromHz) / (2 * seconds)) * t * t),
  );
}

function frames(ms: number, rateHz: number): number {
  return Math.round((ms * rateHz) / 1000);
}

/** The sine of a phase, with half a cosine at both ends. */
function faded(length: number, rateHz: number, phase: (seconds: number) => number): Float32Array {
  const fade = frames(fadeMs, rateHz);
  return Float32Array.from({ length }, (_, n) => {
    const edge = Math.min(1, (n + 0.5) / fade, (length - n - 0.5) / fade);
    const value = amplitude * 0.5 * (1 - Math.cos(Math.PI * edge)) * Math.sin(phase(n / rateHz));
    // Sines differ in the last bit between engines.
    return Math.round(value * 2 ** 20) / 2 ** 20;
  });
}
