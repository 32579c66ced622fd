/**
 * What a new RNNoise state hears before its stream.
 *
 * @module
 */
import { Random } from '../../random.ts';
import { frameLength } from './rnnoise-frame.ts';

const partFrames = 10;
const silentFrames = 5;

/** A one-pole low-pass at 1.2 kHz: the noise of rooms falls with frequency. */
const noiseSmoothing = 0.15;
const noisePeak = 0.02;

/** A sawtooth that falls from 160 to 104 Hz, at −20 dBFS, is a voice for RNNoise; one that stays on a tone is less of one. */
const firstPeriod = 300;
const lastPeriod = 460;
const voicePeak = 0.17;

/**
 * 0.1 s of soft noise, 0.1 s of a hum like a voice, 0.1 s of noise, and silence until nothing sounds on.
 *
 * A state that has never heard a voice takes noise that begins at once for one, and may do so for minutes. Measured in the
 * first 3 s of white and pink noise at −50 to −20 dBFS, two seeds each, the worst: noise cut by 1 to 17 dB, and taken for
 * speech up to 83 % of the time. After this sound: 20 to 34 dB, up to 1 %. Sounds of twice the length, and voices with
 * formants, do no better.
 */
export function warmUpFrames(): readonly Float32Array[] {
  const random = new Random(1);
  const sounding = 3 * partFrames * frameLength;
  const sound = new Float32Array(sounding + silentFrames * frameLength);
  let noise = 0;
  let phase = 0;
  for (let n = 0; n < sounding; n++) {
    noise += noiseSmoothing * (noisePeak * (2 * random.uniform() - 1) - noise);
    const part = n / (partFrames * frameLength);
    if (part < 1 || part >= 2) {
      sound[n] = noise;
      continue;
    }
    phase = (phase + 1 / (firstPeriod + (lastPeriod - firstPeriod) * (part - 1))) % 1;
    sound[n] = voicePeak * (2 * phase - 1);
  }
  return Array.from({ length: sound.length / frameLength }, (_, k) =>
    sound.slice(k * frameLength, (k + 1) * frameLength),
  );
}
