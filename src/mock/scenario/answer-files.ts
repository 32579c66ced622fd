/**
 * What answers sound like: WAV files beside the scenario, and tones.
 *
 * @module
 */
import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { resampleWhole } from '../../audio/resample-whole.ts';
import { openWav } from '../../audio/wav-reader.ts';
import { VoiceloopError } from '../../errors.ts';
import type { AnswerSpeech } from './scenario.ts';

const answerRateHz = 24_000;
const longestAnswerSeconds = 600;
/** −20 dBFS RMS, as loud as the voices of the fixtures. */
const toneAmplitude = 0.141;
/** So that a tone neither begins nor ends with a click. */
const toneFadeMs = 5;

/** Reads the audio of one scenario's answers, from inside the folder above it and from nowhere else. */
export class AnswerFiles {
  readonly #folder: string;
  readonly #placeOf: (field: readonly (string | number)[]) => string;
  readonly #read = new Map<string, Promise<Float32Array>>();

  /** @param placeOf how a field of the scenario is called in an error */
  constructor(scenarioPath: string, placeOf: (field: readonly (string | number)[]) => string) {
    this.#folder = dirname(scenarioPath);
    this.#placeOf = placeOf;
  }

  /** @throws {VoiceloopError} `scenario-path-outside`, `scenario-answer-too-long`, or what is wrong with the file */
  async read(wav: string, field: readonly (string | number)[]): Promise<AnswerSpeech> {
    const where = this.#placeOf(field);
    const path = await pathInside(dirname(this.#folder), resolve(this.#folder, wav), where);
    const samples = this.#read.get(path) ?? readAnswer(path, where);
    this.#read.set(path, samples);
    return { samples: await samples, rateHz: answerRateHz };
  }

  /** A sine, as a rounded table, so that it is the same on every runtime. */
  tone(hz: number, ms: number): AnswerSpeech {
    const length = Math.round((ms * answerRateHz) / 1000);
    const fade = Math.min((toneFadeMs * answerRateHz) / 1000, length / 2);
    const samples = Float32Array.from({ length }, (_, i) => {
      const turns = (i * hz) / answerRateHz;
      const sine = Math.round(Math.sin(2 * Math.PI * (turns - Math.floor(turns))) * 32768) / 32768;
      return sine * toneAmplitude * Math.min(1, (i + 1) / fade, (length - i) / fade);
    });
    return { samples, rateHz: answerRateHz };
  }
}

/** Links are followed before it is decided, so that none leads out. */
async function pathInside(root: string, path: string, where: string): Promise<string> {
  const real = await realpath(path).catch(() => path);
  const realRoot = await realpath(root);
  if (isInside(root, path) && (isInside(realRoot, real) || real === path)) return path;
  throw new VoiceloopError('input', 'scenario-path-outside', 'the scenario names a file outside its folder', {
    where,
    reason: `${path} is not inside ${root}`,
    hint: 'put the WAV file beside the scenario, or into the folder above it',
  });
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function readAnswer(path: string, where: string): Promise<Float32Array> {
  const wav = await openWav(path);
  try {
    if (wav.frames > longestAnswerSeconds * wav.rateHz) {
      throw new VoiceloopError(
        'input',
        'scenario-answer-too-long',
        'the answer lasts longer than ten minutes',
        {
          where,
          hint: 'cut the WAV file',
        },
      );
    }
    const samples = new Float32Array(wav.frames);
    let filled = 0;
    for (let piece = await wav.read(wav.rateHz); piece; piece = await wav.read(wav.rateHz)) {
      samples.set(piece, filled);
      filled += piece.length;
    }
    return resampleWhole(samples.subarray(0, filled), wav.rateHz, answerRateHz);
  } finally {
    await wav.close();
  }
}
