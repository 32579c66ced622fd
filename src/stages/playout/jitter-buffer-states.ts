/**
 * What a jitter buffer may be doing, and the one table of how it gets from one to the other.
 *
 * @module
 */

/**
 * - `idle`: nothing waits and nothing sounds.
 * - `priming`: audio waits until enough of it is here; silence.
 * - `playing`: audio goes out, and more of it is expected.
 * - `starved`: it ran dry in the middle of an answer; concealment, then silence.
 * - `draining`: audio goes out, and everything that will come is here.
 * - `fading`: the listener interrupted, and the last few milliseconds go out.
 */
export type PlayoutState = 'idle' | 'priming' | 'playing' | 'starved' | 'draining' | 'fading';

/**
 * - `audio`: a delta was taken.
 * - `ready`: enough waits, or waiting longer is of no use.
 * - `ending`: the newest item is finished while audio goes out.
 * - `dry`: nothing waits, and the newest item is not finished.
 * - `ended`: nothing waits, and the newest item is finished.
 * - `next`: the item that sounded is over and too little of the one behind it is here.
 * - `flush`: the listener interrupted. Where nothing waits and nothing sounds, this is no event.
 * - `cut`: the listener interrupted, and the device has fallen silent already. Where nothing waits and nothing sounds, this is
 *   no event.
 * - `silent`: the fade is out.
 */
export type PlayoutEvent =
  | 'audio'
  | 'ready'
  | 'ending'
  | 'dry'
  | 'ended'
  | 'next'
  | 'flush'
  | 'cut'
  | 'silent';

/** Every transition; what is missing cannot happen. The docstring of {@link JitterBuffer} shows the same as a table. */
export const playoutTransitions: Readonly<
  Record<PlayoutState, Readonly<Partial<Record<PlayoutEvent, PlayoutState>>>>
> = {
  idle: { audio: 'priming' },
  priming: { audio: 'priming', ready: 'playing', flush: 'idle', cut: 'idle' },
  playing: {
    audio: 'playing',
    ending: 'draining',
    dry: 'starved',
    next: 'priming',
    flush: 'fading',
    cut: 'idle',
  },
  starved: {
    audio: 'starved',
    ready: 'playing',
    ended: 'idle',
    next: 'priming',
    flush: 'fading',
    cut: 'idle',
  },
  draining: { audio: 'playing', ended: 'idle', flush: 'fading', cut: 'idle' },
  fading: { audio: 'fading', flush: 'fading', cut: 'idle', silent: 'idle' },
};

/**
 * Where `event` leads.
 *
 * @throws {Error} when the table has no such transition: a fault in the buffer, never in what it was given
 */
export function playoutTransition(from: PlayoutState, event: PlayoutEvent): PlayoutState {
  const to = playoutTransitions[from][event];
  if (!to) throw new Error(`a jitter buffer that is ${from} cannot get the event ${event}`);
  return to;
}
