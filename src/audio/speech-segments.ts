/**
 * Where the speech in a WAV file begins and ends: from the sidecar file that was made with it, or measured.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { VoiceloopError } from '../errors.ts';
import { measureSpeech, type SpeechSegment } from './measure-speech.ts';
import { openWav, type WavReader } from './wav-reader.ts';

/** What is known about the speech in a file. */
export interface Speech {
  /** In order; empty where there is only noise. */
  readonly segments: readonly SpeechSegment[];
  /** What is said, where the sidecar tells. */
  readonly text?: string;
  /** `sidecar` is the ground truth that was written down when the file was made. */
  readonly source: 'sidecar' | 'measured';
  /** Where the first segment begins, from the start of the file; undefined where there is no speech. */
  readonly startMs: number | undefined;
  /** Where the last segment ends; undefined where there is no speech. */
  readonly endMs: number | undefined;
}

const frame = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What the schema of every sidecar begins with: `NAME.json` of any other kind is somebody else's file. */
const sidecarFamily = 'voiceloop.fixture/';

/** `NAME.json` beside `NAME.wav`. */
const sidecarSchema = v.object({
  schema: v.literal('voiceloop.fixture/1'),
  text: v.optional(v.string()),
  language: v.optional(v.string()),
  rateHz: v.number(),
  channels: v.number(),
  format: v.string(),
  frames: frame,
  segments: v.array(v.object({ startFrame: frame, endFrame: frame })),
  made: v.optional(v.string()),
});

/**
 * Says where the speech in a WAV file is. `NAME.json` beside `NAME.wav` is believed, if its rate and its length are those
 * of the file; without one, and where the WAV file was cut off since, the speech is measured ({@link measureSpeech}). A
 * `NAME.json` whose `schema` does not begin with `voiceloop.fixture/` is not ours and is left alone.
 *
 * @throws {VoiceloopError} of kind `input`: `sidecar-invalid` with the field, or what {@link openWav} throws
 * @example
 * ```ts
 * import { speechOf } from 'voiceloop';
 *
 * const speech = await speechOf('fixtures/opening-hours.wav');
 * console.log(speech.source, speech.text);
 * ```
 */
export async function speechOf(wavPath: string): Promise<Speech> {
  const wav = await openWav(wavPath);
  try {
    return await speechIn(wav);
  } finally {
    await wav.close();
  }
}

/** The same for a file that is open and of which nothing was read; afterwards it may be read to its end. */
export async function speechIn(wav: WavReader): Promise<Speech> {
  const sidecar = await readSidecar(wav);
  if (sidecar) return speech(sidecar.segments, wav.rateHz, 'sidecar', sidecar.text);
  return speech(await measureSpeech(wav), wav.rateHz, 'measured');
}

function speech(
  segments: readonly SpeechSegment[],
  rateHz: number,
  source: Speech['source'],
  text?: string,
): Speech {
  const toMs = (at: number | undefined) => (at === undefined ? undefined : (at * 1000) / rateHz);
  return {
    segments,
    source,
    startMs: toMs(segments[0]?.startFrame),
    endMs: toMs(segments.at(-1)?.endFrame),
    ...(text === undefined ? {} : { text }),
  };
}

async function readSidecar(wav: WavReader): Promise<v.InferOutput<typeof sidecarSchema> | undefined> {
  const path = `${wav.path.replace(/\.wav$/i, '')}.json`;
  const invalid = (message: string, where = path, cause?: unknown) =>
    new VoiceloopError('input', 'sidecar-invalid', message, {
      where,
      hint: `mend ${path}, or remove it to have the speech measured`,
      cause,
    });
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw invalid(`the sidecar file cannot be read: ${(error as Error).message}`, path, error);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (!text.includes(sidecarFamily)) return undefined;
    throw invalid(`the sidecar file is not JSON: ${(error as Error).message}`, path, error);
  }
  if (!isSidecar(json)) return undefined;
  const parsed = v.safeParse(sidecarSchema, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const field = v.getDotPath(issue) ?? 'the whole';
    throw invalid(`the sidecar file has a wrong field: ${issue.message}`, `${path}, ${field}`);
  }
  const sidecar = parsed.output;
  // What was measured on the whole file says nothing about where a part of it ends.
  if (wav.warnings.length > 0 && sidecar.frames !== wav.frames) return undefined;
  for (const field of ['rateHz', 'frames'] as const) {
    if (sidecar[field] === wav[field]) continue;
    const says = `${field} is ${sidecar[field]}, and the WAV file has ${wav[field]}`;
    throw invalid(`the sidecar file does not belong to the WAV file: ${says}`, `${path}, ${field}`);
  }
  let earliest = 0;
  for (const [i, { startFrame, endFrame }] of sidecar.segments.entries()) {
    if (startFrame < earliest || endFrame <= startFrame || endFrame > sidecar.frames) {
      const says = `frames ${startFrame} to ${endFrame} are empty, out of order or outside of the file`;
      throw invalid(`the sidecar file has a wrong segment: ${says}`, `${path}, segments.${i}`);
    }
    earliest = endFrame;
  }
  return sidecar;
}

function isSidecar(json: unknown): boolean {
  const schema = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined;
  return typeof schema === 'string' && schema.startsWith(sidecarFamily);
}
