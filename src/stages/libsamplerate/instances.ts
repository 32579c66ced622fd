/**
 * The package libsamplerate-js as something that can be had at once, without a promise for each stream.
 *
 * @module
 */
import { VoiceloopError } from '../../errors.ts';

type Package = typeof import('@alexanderolsen/libsamplerate-js');

/** A converter of the package: a whole module with its own memory of 26 MB (3 MB of it touched), and room for one stream. */
export type Instance = Awaited<ReturnType<Package['create']>>;

/** The package's own numbers for its sinc converters. */
export type ConverterType = 0 | 1 | 2;

/** Makes an instance, which takes 2 to 6 ms. The arguments must be such as the package accepts. */
export type MakeInstance = (fromHz: number, toHz: number, channels: number, type: ConverterType) => Instance;

/**
 * Loads the package: two megabytes of JavaScript, therefore not before they are needed.
 *
 * Its `create` does all its work within the call and yet hands the instance over by a promise only. But a promise asks what it
 * is resolved with for a `then` (ECMA-262, "Promise Resolve Functions"), and asks at once: a getter of that name on the
 * prototype of the instances, there during the call alone, sees each instance as it is made.
 *
 * @throws {VoiceloopError} `libsamplerate-unfit` where the package does not do its work within the call
 */
export async function loadInstances(): Promise<MakeInstance> {
  // Native Node and Deno know this CommonJS package by its default export alone.
  const { create } = (await import('@alexanderolsen/libsamplerate-js')).default;
  const prototype: object = Object.getPrototypeOf(await create(1, 2, 1));
  const make: MakeInstance = (fromHz, toHz, channels, converterType) => {
    let made: Instance | undefined;
    Object.defineProperty(prototype, 'then', {
      configurable: true,
      get(this: Instance) {
        made = this;
        return undefined;
      },
    });
    try {
      // What fails here is missed below.
      create(channels, fromHz, toHz, { converterType }).catch(() => {});
    } finally {
      Reflect.deleteProperty(prototype, 'then');
    }
    if (made) return made;
    throw new VoiceloopError('failure', 'libsamplerate-unfit', 'libsamplerate-js made no converter', {
      reason: 'its create() no longer works within the call',
      hint: 'use version 2.1.2 of @alexanderolsen/libsamplerate-js',
    });
  };
  // Tried here already, so that a package that works otherwise fails before a path is opened.
  make(1, 2, 1, 2);
  return make;
}
