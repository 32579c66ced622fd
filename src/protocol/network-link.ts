/**
 * What a network does to the messages of a connection, as a seeded model: the same seed gives the same arrival times.
 *
 * @module
 */
import type { Quantiles, Random } from '../random.ts';

/** One direction of a TCP connection. What varies is drawn for each message from quantiles. */
export interface NetworkModel {
  /** How long a message takes on an idle link, in milliseconds. */
  readonly delayMs: number;
  /** What comes on top, in milliseconds. Default none. */
  readonly jitterMs?: Quantiles;
  /** How much the link carries, in kilobits per second. Default without limit. */
  readonly rateKbps?: number;
  /** Times at which nothing arrives. Default none. */
  readonly stalls?: {
    /** From the end of one to the beginning of the next, more than 0. */
    readonly intervalMs: Quantiles;
    readonly lengthMs: Quantiles;
  };
}

/** The names of the network models. */
export const networkNames = ['clean', 'wifi', 'mobile', 'congested', 'stalls'] as const;

export type NetworkName = (typeof networkNames)[number];

/**
 * Networks by name. They are made like the toxics of Shopify/toxiproxy (latency with jitter, bandwidth, a timeout that
 * ends); their figures are round ones for typical cases, not measurements. Speech as base64 of 24 kHz pcm16 takes
 * 540 kbit/s: `congested` lets an answer through at half as fast again as it plays, where the service would send it three
 * times as fast.
 */
// biome-ignore format: quantiles read best in a row
export const networkModels: Readonly<Record<NetworkName, NetworkModel>> = {
  clean: { delayMs: 10 },
  wifi: {
    delayMs: 15,
    jitterMs: [[0, 0], [0.5, 2], [0.95, 15], [0.99, 40], [1, 120]],
    rateKbps: 20_000,
  },
  mobile: {
    delayMs: 45,
    jitterMs: [[0, 0], [0.5, 8], [0.95, 40], [0.99, 120], [1, 300]],
    rateKbps: 5_000,
  },
  congested: {
    delayMs: 60,
    jitterMs: [[0, 0], [0.5, 25], [0.95, 120], [0.99, 250], [1, 500]],
    rateKbps: 800,
  },
  stalls: {
    delayMs: 10,
    stalls: { intervalMs: [[0, 3_000], [0.5, 8_000], [1, 15_000]], lengthMs: [[0, 1_000], [1, 1_000]] },
  },
};

/**
 * Says when each message arrives. The link sends them one after the other at its rate, and none arrives before one that
 * was sent earlier, as on TCP: what is late delays what follows, and what a stall held back arrives all at once when it
 * ends.
 *
 * @example
 * ```ts
 * import { NetworkLink, Random } from 'voiceloop';
 *
 * const link = new NetworkLink({ delayMs: 10, rateKbps: 800 }, new Random(1));
 * console.log(link.deliveryAtMs(0, 1000), link.deliveryAtMs(0, 1000)); // 20 30
 * ```
 */
export class NetworkLink {
  readonly #model: NetworkModel;
  readonly #jitter: Random;
  readonly #stalls: Random;
  /** When the last message was on the way as a whole. */
  #sentMs = 0;
  #deliveredMs = 0;
  #stallBeginsMs = Number.POSITIVE_INFINITY;
  #stallEndsMs = 0;

  /** @param random forked by purpose: how many messages pass moves no stall. */
  constructor(model: NetworkModel, random: Random) {
    const { delayMs, rateKbps = Number.POSITIVE_INFINITY, stalls } = model;
    if (!(delayMs >= 0)) throw new RangeError(`a network cannot have a delay of ${delayMs} ms`);
    if (!(rateKbps > 0)) throw new RangeError(`a network cannot have a rate of ${rateKbps} kbit/s`);
    if (stalls && !(stalls.intervalMs[0][1] > 0)) throw new RangeError('stalls need a time between them');
    this.#model = model;
    this.#jitter = random.fork('jitter');
    this.#stalls = random.fork('stalls');
    this.#planStall();
  }

  /** When a message of so many bytes arrives that is sent at `sentAtMs`, which never goes back from call to call. */
  deliveryAtMs(sentAtMs: number, bytes: number): number {
    const { delayMs, jitterMs, rateKbps } = this.#model;
    // A kilobit per second is a bit per millisecond.
    this.#sentMs = Math.max(sentAtMs, this.#sentMs) + (rateKbps === undefined ? 0 : (bytes * 8) / rateKbps);
    const arrivesMs = this.#sentMs + delayMs + (jitterMs ? this.#jitter.fromQuantiles(jitterMs) : 0);
    this.#deliveredMs = this.#afterStall(Math.max(arrivesMs, this.#deliveredMs));
    return this.#deliveredMs;
  }

  #afterStall(arrivesMs: number): number {
    while (arrivesMs >= this.#stallEndsMs && this.#stallBeginsMs <= arrivesMs) this.#planStall();
    return arrivesMs >= this.#stallBeginsMs ? this.#stallEndsMs : arrivesMs;
  }

  #planStall(): void {
    const { stalls } = this.#model;
    if (!stalls) return;
    this.#stallBeginsMs = this.#stallEndsMs + this.#stalls.fromQuantiles(stalls.intervalMs);
    this.#stallEndsMs = this.#stallBeginsMs + this.#stalls.fromQuantiles(stalls.lengthMs);
  }
}
