/**
 * The one instance of the kernels in the process, and its memory.
 *
 * @module
 */
import { kernelsBase64 } from '../kernels.ts';

type Convolve = (
  bank: number,
  taps: number,
  up: number,
  down: number,
  at: number,
  input: number,
  output: number,
  count: number,
) => void;

/** What the module exports: see assembly/. Addresses are in bytes. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  designBank(
    bank: number,
    scratch: number,
    phases: number,
    perSample: number,
    taps: number,
    span: number,
    terms: number,
    termCount: number,
  ): void;
  readonly convolve: Convolve;
  readonly convolveNarrow: Convolve;
  convolveInterpolated(
    bank: number,
    taps: number,
    phases: number,
    unit: bigint,
    slew: bigint,
    position: number,
    input: number,
    frames: number,
    output: number,
  ): number;
  halveRate(
    side: number,
    pairs: number,
    input: number,
    evens: number,
    odds: number,
    output: number,
    count: number,
  ): void;
  doubleRate(side: number, pairs: number, input: number, sides: number, output: number, count: number): void;
  silenceNonFinite(samples: number, count: number): void;
  encodePcm16(samples: number, integers: number, count: number): void;
  encodePcm16Dithered(samples: number, integers: number, count: number, state: number): void;
  decodePcm16(integers: number, samples: number, count: number): void;
  encodeUlaw(integers: number, codes: number, count: number): void;
  encodeAlaw(integers: number, codes: number, count: number): void;
  interleave(left: number, right: number, both: number, frames: number): void;
  deinterleave(both: number, left: number, right: number, frames: number): void;
}

// `atob` is the one decoder that browsers have as well.
const module = new WebAssembly.Module(Uint8Array.from(atob(kernelsBase64), (byte) => byte.charCodeAt(0)));
export const kernels = new WebAssembly.Instance(module).exports as unknown as Kernels;

interface Runtime {
  readonly process?: { readonly versions?: Readonly<Record<string, string | undefined>> };
}

/**
 * The polyphase filter by as many outputs at a time as the engine can. Up to version 12 of V8 (Node 22), eight sums do not stay in
 * registers, and four at a time are a quarter faster. The outputs are the same to the bit.
 */
export const convolve = spillsRegisters(globalThis as Runtime) ? kernels.convolveNarrow : kernels.convolve;

function spillsRegisters({ process }: Runtime): boolean {
  const { bun, v8 } = process?.versions ?? {};
  return bun === undefined && v8 !== undefined && Number.parseInt(v8, 10) < 13;
}

const pageBytes = 65_536;
let freeFrom = kernels.heapBase();

/**
 * Room in the kernels' memory, aligned to 16 bytes, zeroed. Nothing is ever given back: only filter banks live here, one for
 * each pair of rates and tier, and room to work. The state of a stream is JavaScript's own.
 */
export function allocate(bytes: number): number {
  const address = aligned(freeFrom);
  const missing = address + bytes - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / pageBytes));
  freeFrom = address + bytes;
  return address;
}

/** The next address at which a vector may begin. */
export function aligned(address: number): number {
  return Math.ceil(address / 16) * 16;
}

let workspace = { address: 0, bytes: 0 };

/**
 * Room that everyone uses for the time of one call: what is in it afterwards is the caller's own until anyone calls again.
 * That keeps the working set of hundreds of streams within the processor's cache.
 */
export function workspaceOf(bytes: number): number {
  if (bytes > workspace.bytes) {
    // By doubling, what is left behind is never more than what is used.
    const size = Math.max(bytes, 2 * workspace.bytes, pageBytes);
    workspace = { address: allocate(size), bytes: size };
  }
  return workspace.address;
}
