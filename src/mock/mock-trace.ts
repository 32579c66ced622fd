/**
 * What the mock knows about a turn and no client can see: it splits the service's latency exactly.
 *
 * @module
 */

/** One thing that happened inside the mock. `atMs` is on the clock, `audioEndMs` on the audio clock of the input. */
export type MockTrace =
  /** Input audio was taken in; `audioEndMs` is how much there is now. */
  | { readonly kind: 'audio'; readonly audioEndMs: number; readonly atMs: number }
  /** The turn was ended, by the detector or by a commit. */
  | {
      readonly kind: 'turn-ended';
      readonly itemId: string;
      readonly atMs: number;
      readonly audioEndMs: number;
    }
  | {
      readonly kind: 'first-audio';
      readonly responseId: string;
      readonly itemId: string;
      readonly atMs: number;
    }
  /** `samples` of the item have been sent in all, at the rate of the output. */
  | {
      readonly kind: 'audio-sent';
      readonly responseId: string;
      readonly itemId: string;
      readonly samples: number;
    };
