/**
 * Audio that the agent speaks, on its way from the service to the loudspeaker.
 *
 * @module
 */

/** A piece of one answer's audio, with the ids that say which answer. Mono. */
export interface AgentAudio {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
  /** Valid until the call that delivers them returns. */
  readonly samples: Float32Array;
  readonly rateHz: number;
  /** When the message that held it arrived, on the loop's clock. */
  readonly receivedAtMs: number;
}
