/**
 * The part of `@echogarden/rnnoise-wasm` that is used; the package has no types of its own.
 *
 * @module
 */
declare module '@echogarden/rnnoise-wasm' {
  export interface RnnoiseModule {
    /** The whole memory; another array whenever the memory has grown. */
    readonly HEAPF32: Float32Array;
    _malloc(bytes: number): number;
    /** @param model 0 for the one that is built in */
    _rnnoise_create(model: number): number;
    _rnnoise_destroy(state: number): void;
    /** Takes 480 samples of ±32768 and gives as many; both may lie in the same place. */
    _rnnoise_process_frame(state: number, output: number, input: number): number;
  }

  export default function instantiate(options: {
    /** What the loader complains about, where it fails. */
    readonly printErr: (text: string) => void;
  }): Promise<RnnoiseModule>;
}
