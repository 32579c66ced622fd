/**
 * The part of `@echogarden/speex-resampler-wasm` that is used here; the package has no types of its own.
 *
 * @module
 */
declare module '@echogarden/speex-resampler-wasm/simd' {
  /** speex_resampler.h as Emscripten exports it: numbers that are called pointers are addresses in the memory of the heaps. */
  export interface SpeexModule {
    /** Views of the memory, made anew when it grows. */
    readonly HEAPF32: Float32Array;
    readonly HEAP32: Int32Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    /** Gives a pointer to the state, and 0 or the code of an error at `errorPointer`. */
    _speex_resampler_init(
      channels: number,
      fromHz: number,
      toHz: number,
      quality: number,
      errorPointer: number,
    ): number;
    _speex_resampler_destroy(state: number): void;
    /** The two lengths are frames, in: there are, out: taken and given. Returns 0 or the code of an error. */
    _speex_resampler_process_float(
      state: number,
      channel: number,
      input: number,
      inputLength: number,
      output: number,
      outputLength: number,
    ): number;
    /** In frames of input. */
    _speex_resampler_get_input_latency(state: number): number;
  }

  export default function load(): Promise<SpeexModule>;
}
