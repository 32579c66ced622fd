/**
 * Where speech begins and ends, measured from the signal.
 *
 * @module
 */

/** A run of speech. `endFrame` is the frame after its last sample. */
export interface SpeechSegment {
  readonly startFrame: number;
  readonly endFrame: number;
}

/** Mono audio that is read from its beginning to its end; a `WavReader` is one. */
export interface SampleStream {
  readonly rateHz: number;
  /** The next samples, at most `maxFrames`; undefined at the end. */
  read(maxFrames: number): Promise<Float32Array | undefined>;
}

/** The resolution of the edges: 400 steps a second. */
const stepsPerSecond = 400;

/** Loudness is judged over 10 ms, four steps. */
const windowSteps = 4;

/** The noise floor is the quietest 50 ms nearby: short enough to fit between words, long enough not to be a chance dip, … */
const floorSteps = 20;

/** … if a quarter of a second nearby is within 6 dB of it: the closure of a plosive is as quiet, but not for so long. */
const steadySteps = 100;
const steadyRatio = 4;

/** Nearby is the half second itself and three on either side, so that noise may rise and fall over seconds. */
const blockSteps = 200;
const reachBlocks = 3;

/** Speech is 10 dB above the noise floor, … */
const speechOverFloor = 10;

/** … less than 45 dB below the loudest 50 ms of the recording, because a quieter tail is reverberation or breath, … */
const speechUnderLoudest = 3.16e-5;

/** … and above −65 dBFS. */
const speechPower = 3.16e-7;

/** Digital silence, as an editor puts around a recording, and its dither say nothing about the recording's noise. */
const digitalSilencePower = 1e-9;

/** A shorter pause is part of the speech: a plosive, or a breath between two words. */
const joinedGapSteps = 120;

/** Less sound than this in a whole segment is a click, not a word. */
const leastSpeechSteps = 20;

/** Speech has nothing of use below this, but rooms, tables and mains have. */
const highPassHz = 120;

/**
 * Finds speech by its power over an adaptive noise floor. The signal is high-passed at 120 Hz and its power taken in steps
 * of 2.5 ms. A step belongs to speech when the 10 ms around it, and itself, are more than 10 dB above the noise floor, more
 * than −65 dBFS, and not 45 dB below the loudest 50 ms. The noise floor is the quietest 50 ms within about two seconds
 * (minimum statistics; R. Martin, "Noise power spectral density estimation based on optimal smoothing and minimum
 * statistics", 2001), if a steady quarter of a second there shows that it is noise. Pauses under 300 ms are joined; what
 * has less than 50 ms of sound is dropped. No hangover is added to the end.
 *
 * The audio is not kept, only one number for each step: 6 MB for an hour.
 *
 * @example
 * ```ts
 * import { measureSpeech, openWav } from 'voiceloop';
 *
 * const wav = await openWav('fixtures/opening-hours.wav');
 * const segments = await measureSpeech(wav);
 * await wav.close();
 * console.log(segments.length > 0); // true
 * ```
 */
export async function measureSpeech(stream: SampleStream): Promise<SpeechSegment[]> {
  const levels = new StepLevels(stream.rateHz);
  for (let samples = await stream.read(4_096); samples; samples = await stream.read(4_096))
    levels.push(samples);
  return segmentsIn(isSpeech(levels.finish())).map(([from, to]) => ({
    startFrame: levels.startOf(from),
    endFrame: Math.min(levels.frames, levels.startOf(to)),
  }));
}

/** The power of a stream in steps of 2.5 ms. */
class StepLevels {
  readonly #rateHz: number;
  readonly #decay: number;
  #powers = new Float32Array(stepsPerSecond * 10);
  #steps = 0;
  #frames = 0;
  #stepEnd: number;
  #sum = 0;
  #last = 0;
  #highPassed = 0;

  constructor(rateHz: number) {
    this.#rateHz = rateHz;
    this.#decay = 1 / (1 + (2 * Math.PI * highPassHz) / rateHz);
    this.#stepEnd = this.startOf(1);
  }

  get frames(): number {
    return this.#frames;
  }

  /** The first frame of a step; a step is not a whole number of frames at every rate. */
  startOf(step: number): number {
    return Math.floor((step * this.#rateHz) / stepsPerSecond);
  }

  push(samples: Float32Array): void {
    for (let i = 0; i < samples.length; i++) {
      const sample = samples[i] as number;
      // A recording that begins with an offset must not begin with a step.
      if (this.#frames === 0) this.#last = sample;
      this.#highPassed = this.#decay * (this.#highPassed + sample - this.#last);
      this.#last = sample;
      this.#sum += this.#highPassed * this.#highPassed;
      this.#frames++;
      if (this.#frames === this.#stepEnd) this.#endStep();
    }
  }

  /** One power for each step, the last one perhaps of a shorter step. */
  finish(): Float32Array {
    if (this.#frames > this.startOf(this.#steps)) this.#endStep();
    return this.#powers.subarray(0, this.#steps);
  }

  #endStep(): void {
    if (this.#steps === this.#powers.length) {
      const longer = new Float32Array(2 * this.#steps);
      longer.set(this.#powers);
      this.#powers = longer;
    }
    this.#powers[this.#steps] = this.#sum / (this.#frames - this.startOf(this.#steps));
    this.#steps++;
    this.#sum = 0;
    this.#stepEnd = this.startOf(this.#steps + 1);
  }
}

/** Marks the steps that belong to speech with 1. */
function isSpeech(powers: Float32Array): Uint8Array {
  const floors = floorsOf(powers);
  const loudest = loudestOf(powers);
  const marks = new Uint8Array(powers.length);
  for (let step = 0; step + windowSteps <= powers.length; step++) {
    const floor = floors[Math.floor(step / blockSteps)] as number;
    const threshold = Math.max(speechOverFloor * floor, speechUnderLoudest * loudest, speechPower);
    if (meanOf(powers, step, windowSteps) <= threshold) continue;
    for (let i = step; i < step + windowSteps; i++) {
      if ((powers[i] as number) > threshold) marks[i] = 1;
    }
  }
  return marks;
}

/**
 * The noise floor around each half second. Where nothing nearby is as steady as noise there is speech without a pause, or
 * silence without noise: then it is 0.
 */
function floorsOf(powers: Float32Array): Float32Array {
  const quietest = quietestNearby(powers, floorSteps);
  const quietestSteady = quietestNearby(powers, steadySteps);
  return quietest.map((power, block) => {
    return (quietestSteady[block] as number) < steadyRatio * power ? power : 0;
  });
}

/** The least mean power of `steps` steps in a row around each half second; infinite where there is digital silence only. */
function quietestNearby(powers: Float32Array, steps: number): Float32Array {
  const quietest = new Float32Array(Math.ceil(powers.length / blockSteps)).fill(Number.POSITIVE_INFINITY);
  let sounding = 0;
  for (let step = 0; step < powers.length; step++) {
    sounding = (powers[step] as number) > digitalSilencePower ? sounding + 1 : 0;
    if (sounding < steps) continue;
    const block = Math.floor((step + 1 - steps) / blockSteps);
    quietest[block] = Math.min(quietest[block] as number, meanOf(powers, step + 1 - steps, steps));
  }
  return quietest.map((_, block) => {
    const nearby = quietest.subarray(Math.max(0, block - reachBlocks), block + reachBlocks + 1);
    return nearby.reduce((least, power) => Math.min(least, power), Number.POSITIVE_INFINITY);
  });
}

function loudestOf(powers: Float32Array): number {
  let loudest = 0;
  for (let step = 0; step + floorSteps <= powers.length; step++) {
    loudest = Math.max(loudest, meanOf(powers, step, floorSteps));
  }
  return loudest;
}

function meanOf(powers: Float32Array, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += powers[i] as number;
  return sum / count;
}

/** Runs of marked steps, with short gaps joined and clicks left out, as pairs of first step and step after the last. */
function segmentsIn(marks: Uint8Array): [from: number, to: number][] {
  const segments: [number, number][] = [];
  let from = -1;
  let to = -1;
  let marked = 0;
  const close = () => {
    if (from >= 0 && marked >= leastSpeechSteps) segments.push([from, to]);
  };
  for (let step = 0; step < marks.length; step++) {
    if (marks[step] === 0) continue;
    if (from < 0 || step - to >= joinedGapSteps) {
      close();
      from = step;
      marked = 0;
    }
    marked++;
    to = step + 1;
  }
  close();
  return segments;
}
