/**
 * Names for events, items and responses, opaque and unlike each other as the service's.
 *
 * @module
 */
import type { Random } from '../random.ts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const length = 22;

/** What an id is of. */
export type IdPrefix = 'event' | 'sess' | 'conv' | 'resp' | 'item' | 'msg' | 'call' | 'asst' | 'thread';

/** Draws ids: a prefix and 22 digits of base 62, which is room enough that none comes twice. */
export class IdSource {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  next(prefix: IdPrefix): string {
    let id = `${prefix}_`;
    for (let i = 0; i < length; i++) id += digits[this.#random.integer(0, digits.length - 1)];
    return id;
  }
}
