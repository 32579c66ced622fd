/**
 * `rate_limits.updated`, which Voice Live hardly ever sends and OpenAI sends with every response.
 *
 * @module
 */
import { asFields } from './fields.ts';

const limits = { requests: 1000, tokens: 200_000 };
/** A limit that is used up is whole again after this. */
const windowSeconds = 60;

/** Counts what is left. The dialect has no clock, so nothing comes back: a session sees its limits only go down. */
export class RateLimits {
  readonly #used = { requests: 0, tokens: 0 };

  /** A response begins. */
  next(): object {
    this.#used.requests += 1;
    return {
      type: 'rate_limits.updated',
      rate_limits: [this.#limit('requests'), this.#limit('tokens')],
    };
  }

  /** A response is done and has cost this. */
  spend(usage: unknown): void {
    const tokens = asFields(usage)?.['total_tokens'];
    if (typeof tokens === 'number') this.#used.tokens += tokens;
  }

  #limit(name: keyof typeof limits) {
    const limit = limits[name];
    const remaining = Math.max(0, limit - this.#used[name]);
    const resetMs = Math.round(((limit - remaining) / limit) * windowSeconds * 1000);
    return { name, limit, remaining, reset_seconds: resetMs / 1000 };
  }
}
