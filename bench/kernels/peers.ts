/**
 * The resamplers that others have published, behind one small face.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import libsamplerate from '@alexanderolsen/libsamplerate-js';
import loadSpeex, { type SpeexModule } from '@echogarden/speex-resampler-wasm/simd';
import speexPackage from 'speex-resampler';

/** One stream through a resampler, as its package has it: where that loses the end or starts short, so does this. */
export interface OpenPeer {
  /** Takes a block of mono samples, 20 ms long or any other length; what it gives is valid until the next call. */
  process(block: Float32Array): Float32Array | Int16Array;
  /** What the package says, or shows, of its filter's delay. */
  readonly latencyMs?: number;
  destroy?(): void;
}

export interface Peer {
  readonly name: string;
  /** In the words of the package. */
  readonly quality: string;
  create(fromHz: number, toHz: number): Promise<OpenPeer>;
}

const none = new Float32Array();

/** `full()` with an array of ours for the output, which is how the package is fastest. */
async function openLibsamplerate(converterType: 0 | 1 | 2, fromHz: number, toHz: number): Promise<OpenPeer> {
  const source = await libsamplerate.create(1, fromHz, toHz, { converterType });
  const given = { frames: 0 };
  let [output, result] = [none, none];
  const process = (block: Float32Array) => {
    const needed = outputRoom(block.length, fromHz, toHz);
    if (output.length < needed) {
      output = new Float32Array(needed);
      result = none;
    }
    source.full(block, output, given);
    if (result.length !== given.frames) result = output.subarray(0, given.frames);
    return result;
  };
  // Before its first output the package waits for as many frames as the filter looks ahead.
  let lookAhead = 0;
  while (process(new Float32Array(1)).length === 0) lookAhead++;
  // Setting a rate is how the package forgets what it got.
  source.outputSampleRate = toHz;
  return { process, latencyMs: (lookAhead / fromHz) * 1000, destroy: () => source.destroy() };
}

/** One module for all streams, as the package's users have it. */
const speex: Promise<SpeexModule> = loadSpeex();

/** The SIMD build with float samples; what is given is a view of the module's memory. */
async function openSpeexWasm(quality: number, fromHz: number, toHz: number): Promise<OpenPeer> {
  const module = await speex;
  const lengths = module._malloc(8);
  const state = module._speex_resampler_init(1, fromHz, toHz, quality, lengths);
  const error = module.HEAP32[lengths >> 2];
  if (error !== 0) throw new Error(`speex_resampler_init gave the error ${error}`);
  let [room, input, output] = [0, 0, 0];
  let result = none;
  const makeRoom = (frames: number) => {
    module._free(input);
    module._free(output);
    room = frames;
    input = module._malloc(4 * frames);
    output = module._malloc(4 * outputRoom(frames, fromHz, toHz));
  };
  return {
    latencyMs: (module._speex_resampler_get_input_latency(state) / fromHz) * 1000,
    process(block) {
      if (block.length > room) makeRoom(block.length);
      module.HEAPF32.set(block, input >> 2);
      module.HEAP32[lengths >> 2] = block.length;
      module.HEAP32[(lengths >> 2) + 1] = outputRoom(block.length, fromHz, toHz);
      module._speex_resampler_process_float(state, 0, input, lengths, output, lengths + 4);
      const taken = module.HEAP32[lengths >> 2];
      if (taken !== block.length) throw new Error(`speex took ${taken} of ${block.length} samples`);
      const frames = module.HEAP32[(lengths >> 2) + 1] ?? 0;
      const { buffer } = module.HEAPF32;
      if (result.buffer !== buffer || result.byteOffset !== output || result.length !== frames) {
        result = new Float32Array(buffer as ArrayBuffer, output, frames);
      }
      return result;
    },
    destroy() {
      module._speex_resampler_destroy(state);
      for (const pointer of [lengths, input, output]) module._free(pointer);
    },
  };
}

function outputRoom(frames: number, fromHz: number, toHz: number): number {
  return Math.ceil((frames * toHz) / fromHz) + 1;
}

// Node and Deno give the exports of this CommonJS package, Bun the default among them, whatever the types say.
const SpeexResampler = 'default' in speexPackage ? speexPackage.default : (speexPackage as never);

/** The plain build takes samples of 16 bits only: the time for making them of floats is part of what using it costs. */
async function openSpeexInt16(quality: number, fromHz: number, toHz: number): Promise<OpenPeer> {
  await SpeexResampler.initPromise;
  const resampler = new SpeexResampler(1, fromHz, toHz, quality);
  let pcm = new Int16Array();
  let bytes = Buffer.from(pcm.buffer);
  return {
    process(block) {
      if (pcm.length !== block.length) {
        pcm = new Int16Array(block.length);
        bytes = Buffer.from(pcm.buffer);
      }
      for (let i = 0; i < block.length; i++) {
        pcm[i] = Math.round(Math.max(-1, Math.min(1, block[i] as number)) * 32_767);
      }
      const { buffer, byteOffset, length } = resampler.processChunk(bytes);
      return new Int16Array(buffer, byteOffset, length / 2);
    },
  };
}

const libsamplerateTypes = { best: 0, medium: 1, fastest: 2 } as const;

export const peers: readonly Peer[] = [
  ...(['best', 'medium', 'fastest'] as const).map((quality) => ({
    name: 'libsamplerate-js',
    quality,
    create: (fromHz: number, toHz: number) => openLibsamplerate(libsamplerateTypes[quality], fromHz, toHz),
  })),
  ...[5, 7, 10].map((quality) => ({
    name: '@echogarden/speex-resampler-wasm (SIMD)',
    quality: `q${quality}`,
    create: (fromHz: number, toHz: number) => openSpeexWasm(quality, fromHz, toHz),
  })),
  {
    name: 'speex-resampler (int16)',
    quality: 'q7',
    create: (fromHz: number, toHz: number) => openSpeexInt16(7, fromHz, toHz),
  },
];
