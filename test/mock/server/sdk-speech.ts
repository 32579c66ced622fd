/** Speech of a user, as a client of the service sends it, and the answer that comes back. */
import { fileURLToPath } from 'node:url';
import { resampleWhole } from '../../../src/audio/resample-whole.ts';
import { decodeSamples, encodeSamples } from '../../../src/audio/sample-format.ts';
import { openWav } from '../../../src/audio/wav-reader.ts';
import { joined, silence } from '../harness.ts';

const rateHz = 24_000;
const frameSamples = rateHz / 50;

/** A fixture and the silence after it that ends the turn: frames of 20 ms, 16 bit at 24 kHz. */
export async function utterance(name = 'opening-hours', silenceMs = 800): Promise<readonly Uint8Array[]> {
  const wav = await openWav(fileURLToPath(new URL(`../../../fixtures/${name}.wav`, import.meta.url)));
  const recorded = (await wav.read(wav.frames)) ?? new Float32Array(0);
  await wav.close();
  const samples = joined(resampleWhole(recorded, wav.rateHz, rateHz), silence(silenceMs));
  const frames: Uint8Array[] = [];
  for (let at = 0; at < samples.length; at += frameSamples)
    frames.push(pcm16(samples.subarray(at, at + frameSamples)));
  return frames;
}

export function pcm16(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  encodeSamples('pcm16', samples, bytes);
  return bytes;
}

/** The pieces of an answer, put together. */
export function spoken(pieces: readonly Uint8Array[]): Float32Array {
  const bytes = Buffer.concat(pieces);
  const samples = new Float32Array(bytes.length / 2);
  decodeSamples('pcm16', bytes, samples);
  return samples;
}
