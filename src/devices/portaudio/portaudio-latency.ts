/**
 * What PortAudio's latencies mean, which differs from one system to the next.
 *
 * @module
 */

/**
 * There PortAudio runs on callbacks and puts a ring of its own between them and whoever polls, twice as long as the
 * latency that is suggested; of the device itself, the suggestion makes the buffer.
 */
const hostApisWithOwnRing = /core ?audio|asio|jack/i;

/** Where less than the queue is reported for another reason. */
const mostHalfPeriodMs = 10;

/** What PortAudio is asked for, in seconds. */
export interface LatencyPlan {
  /** Suggested for a stream, of which PortAudio makes the size of its buffer. */
  readonly suggestedSeconds: number;
  /** Whether the queue that is polled comes on top of the latency that a stream reports, or is part of it. */
  readonly hasOwnRing: boolean;
}

/**
 * On ALSA and the Windows systems the buffer is a ring, which adds no delay where it is read at once and kept short when
 * written: 100 ms are room for a stall. Elsewhere such a buffer would be a delay.
 */
export function latencyPlan(hostApi: string): LatencyPlan {
  const hasOwnRing = hostApisWithOwnRing.test(hostApi);
  return { hasOwnRing, suggestedSeconds: hasOwnRing ? 0.02 : 0.1 };
}

/** From the air to where PortAudio counts frames as available. */
export function inputLatencyMs(
  { suggestedSeconds, hasOwnRing }: LatencyPlan,
  reportedSeconds: number,
): number {
  return Math.max(0, reportedSeconds - (hasOwnRing ? 0 : suggestedSeconds)) * 1000;
}

/**
 * From the end of the queue to the air. ALSA reports its buffer less one period: that one is in the device's hands, and half
 * of it is left on average (measured on PulseAudio 16: 0 to 5 ms for periods of 5 ms).
 *
 * @param queueSeconds what the queue takes
 */
export function outputLatencyMs(
  { hasOwnRing }: LatencyPlan,
  reportedSeconds: number,
  queueSeconds: number,
): number {
  if (hasOwnRing) return reportedSeconds * 1000;
  const beyondMs = (reportedSeconds - queueSeconds) * 1000;
  return beyondMs >= 0 ? beyondMs : Math.min(-beyondMs / 2, mostHalfPeriodMs);
}
