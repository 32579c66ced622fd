/**
 * How one direction of one device is run by a program, and what the program tells.
 *
 * @module
 */
import type { DeviceInfo } from '../audio-host.ts';

/** What a line of a program's stderr says. */
export type ProgramReport =
  /** A line without news. */
  | { readonly kind: 'nothing' }
  /** The device is open in the format that was asked for. */
  | { readonly kind: 'ready' }
  /** The device cannot do what was asked, and the program would go on with something else. */
  | { readonly kind: 'refused' }
  /** An output begins to play, at first and after it ran dry. */
  | { readonly kind: 'started' }
  /** An output ran dry. */
  | { readonly kind: 'starved' }
  /** Frames that an output has played since the program began. */
  | {
      readonly kind: 'played';
      readonly frames: number;
      /** Frames that the program has taken from us. */
      readonly takenFrames?: number;
      /** What lies behind the queue that ends with the program, if the program always had more to give. */
      readonly deviceMs?: number;
    }
  /** How old sound is when an input's program gets it. */
  | { readonly kind: 'latency'; readonly latencyMs: number }
  /** An input lost sound. */
  | { readonly kind: 'lost'; readonly lostMs: number };

/** Rate and channels of a stream. */
export interface StreamFormat {
  readonly rateHz: number;
  readonly channels: number;
}

/** A program for a stream, ready to start. */
export interface ProgramPlan {
  readonly command: string;
  readonly args: readonly string[];
  /** First estimate of what lies between the program and the air. */
  readonly latencyMs: number;
  /** What the program must read before the first sample: a file's header. Default nothing. */
  readonly header?: Uint8Array;
  /** Silence that the program must have before it opens its device. Default none. */
  readonly primingMs?: number;
  /** How long an output that ran dry takes to begin again, for a program that tells of neither. Default 0: it tells. */
  readonly restartMs?: number;
  /** Makes a program that runs report `played` at once. Default none does. */
  readonly askingSignal?: NodeJS.Signals;
  /** Made anew for every start of the program. Undefined for a line that it does not know. */
  readonly reader: () => (line: string) => ProgramReport | undefined;
}

/** A family of programs: what a driver is made of. */
export interface ProgramFamily {
  readonly driver: string;
  readonly description: string;
  devices(): Promise<readonly DeviceInfo[]>;
  inputPlan(device: DeviceInfo, format: StreamFormat): ProgramPlan;
  outputPlan(device: DeviceInfo, format: StreamFormat): ProgramPlan;
}
