/**
 * Events as they should not be.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import type { OutgoingFrame, SentEvent } from '../event-channel.ts';
import { type Fault, faultKinds } from './faults.ts';

type Deliver = (frame: OutgoingFrame) => void;

/** Whether a fault changes the very event at which it happens. */
export function isEventFault({ name }: Fault): boolean {
  return 'alters' in faultKinds[name];
}

/** Spoils events of one session. */
export class EventSpoiler {
  #lastDelta: SentEvent | undefined;
  /** What waits for the next event to overtake it. */
  #late: readonly OutgoingFrame[] | undefined;
  #tinyLeft = 0;

  /** Delivers the event with every one of the faults. */
  pass(event: SentEvent, faults: readonly Fault[], deliver: Deliver): void {
    if (event.type === 'response.audio.delta') this.#lastDelta = event;
    let frames: OutgoingFrame[] = [event];
    for (const fault of faults) frames = this.#spoil(fault, event, frames);
    if (event.type === 'response.audio.delta') frames = frames.flatMap((frame) => this.#inTinyPieces(frame));
    if (this.#late) {
      frames.push(...this.#late);
      this.#late = undefined;
    } else if (faults.some(({ name }) => name === 'out-of-order')) {
      this.#late = frames;
      return;
    }
    for (const frame of frames) deliver(frame);
  }

  #spoil({ name, value }: Fault, event: SentEvent, frames: OutgoingFrame[]): OutgoingFrame[] {
    switch (name) {
      case 'malformed-json': {
        const text = JSON.stringify(event);
        return [text.slice(0, text.length >> 1), ...frames];
      }
      case 'missing-field':
        return frames.map((frame) => withoutLastField(frame));
      case 'unknown-field':
        return frames.map((frame) =>
          typeof frame === 'string' ? frame : { ...frame, unheard_of: { deeper: [1, null] } },
        );
      case 'bad-base64':
        return frames.map((frame) => withDelta(frame, (delta) => `!${delta.slice(1)}`));
      case 'odd-bytes':
        return frames.map((frame) => withDelta(frame, withoutLastByte));
      case 'drop':
        return [];
      case 'duplicate':
        return [...frames, ...frames];
      case 'late-delta':
        return this.#lastDelta ? [...frames, this.#lastDelta] : frames;
      case 'tiny-frames':
        this.#tinyLeft = Number(value);
        return frames;
      default:
        return frames;
    }
  }

  /** Two bytes each, until enough frames have been sent; what is left goes as one. */
  #inTinyPieces(frame: OutgoingFrame): OutgoingFrame[] {
    if (this.#tinyLeft === 0 || typeof frame === 'string') return [frame];
    const { event_id: id, delta } = frame as { event_id?: string; delta?: unknown };
    if (typeof delta !== 'string') return [frame];
    const audio = Buffer.from(delta, 'base64');
    const pieces: OutgoingFrame[] = [];
    let at = 0;
    for (; at < audio.length && this.#tinyLeft > 0; at += 2, this.#tinyLeft--) {
      pieces.push({ ...frame, event_id: `${id}_${at}`, delta: audio.toString('base64', at, at + 2) });
    }
    if (at < audio.length) pieces.push({ ...frame, delta: audio.toString('base64', at) });
    return pieces;
  }
}

function withoutLastField(frame: OutgoingFrame): OutgoingFrame {
  return typeof frame === 'string' ? frame : Object.fromEntries(Object.entries(frame).slice(0, -1));
}

function withDelta(frame: OutgoingFrame, change: (delta: string) => string): OutgoingFrame {
  if (typeof frame === 'string' || !('delta' in frame) || typeof frame.delta !== 'string') return frame;
  return { ...frame, delta: change(frame.delta) };
}

function withoutLastByte(delta: string): string {
  const audio = Buffer.from(delta, 'base64');
  return audio.toString('base64', 0, audio.length - 1);
}
