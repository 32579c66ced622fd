import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type PlayoutEvent,
  type PlayoutState,
  playoutTransition,
  playoutTransitions,
} from '../../../src/stages/playout/jitter-buffer-states.ts';
import { ListeningRoom, loudNoise } from './listening-room.ts';

/** Brings a fresh buffer into each state. */
const reach: Record<PlayoutState, (room: ListeningRoom) => Promise<void>> = {
  idle: async () => {},
  priming: async (room) => room.push('a', loudNoise(40)),
  playing: async (room) => {
    room.push('a', loudNoise(100));
    await room.play(50);
  },
  starved: async (room) => {
    room.push('a', loudNoise(100));
    await room.play(200);
  },
  draining: async (room) => {
    room.push('a', loudNoise(100));
    room.buffer.finish('a', 0);
    await room.play(50);
  },
  fading: async (room) => {
    room.push('a', loudNoise(100));
    await room.play(50);
    room.buffer.flush();
  },
};

/** Brings about each event of each state: all cells of the table, and nothing else. */
const provoke: Record<PlayoutState, Partial<Record<PlayoutEvent, (room: ListeningRoom) => unknown>>> = {
  idle: { audio: (room) => room.push('a', loudNoise(10)) },
  priming: {
    audio: (room) => room.push('a', loudNoise(10)),
    ready: (room) => {
      room.push('a', loudNoise(100));
      room.pull();
    },
    flush: (room) => room.buffer.flush(),
    cut: (room) => room.buffer.flush(0),
  },
  playing: {
    audio: (room) => room.push('a', loudNoise(10)),
    ending: (room) => room.buffer.finish('a', 0),
    dry: (room) => room.play(60),
    next: (room) => {
      room.push('b', loudNoise(10));
      return room.play(60);
    },
    flush: (room) => room.buffer.flush(),
    cut: (room) => room.buffer.flush(480),
  },
  starved: {
    audio: (room) => room.push('a', loudNoise(10)),
    ready: (room) => {
      room.push('a', loudNoise(200));
      room.pull();
    },
    ended: (room) => {
      room.buffer.finish('a', 0);
      room.pull();
    },
    next: (room) => {
      room.push('b', loudNoise(10));
      room.pull();
    },
    flush: async (room) => {
      // While the concealment still sounds: from silence there is nothing to fade.
      room.push('a', loudNoise(200));
      await room.play(230);
      room.buffer.flush();
    },
    cut: (room) => room.buffer.flush(480),
  },
  draining: {
    audio: (room) => room.push('b', loudNoise(10)),
    ended: (room) => room.play(60),
    flush: (room) => room.buffer.flush(),
    cut: (room) => room.buffer.flush(480),
  },
  fading: {
    audio: (room) => room.push('b', loudNoise(10)),
    flush: (room) => {
      room.push('b', loudNoise(10));
      room.buffer.flush();
    },
    cut: (room) => room.buffer.flush(480),
    silent: (room) => room.play(20),
  },
};

const cells = Object.entries(playoutTransitions).flatMap(([from, row]) =>
  Object.entries(row).map(([event, to]) => [from as PlayoutState, event as PlayoutEvent, to] as const),
);

describe('each transition of the table happens', () => {
  test.each(cells)('%s --%s--> %s', async (from, event, to) => {
    const room = new ListeningRoom();
    await reach[from](room);
    expect(room.buffer.state).toBe(from);
    room.states.length = 0;
    await provoke[from][event]?.(room);
    expect(room.buffer.state).toBe(to);
    if (from !== to) expect(room.states.at(-1)).toBe(`${from} → ${to}`);
    else expect(room.states).toEqual([]);
  });

  test('and there is a test for each of them, for no other', () => {
    const provoked = Object.entries(provoke).flatMap(([from, row]) =>
      Object.keys(row).map((event) => `${from} ${event}`),
    );
    expect(provoked.sort()).toEqual(cells.map(([from, event]) => `${from} ${event}`).sort());
  });

  test('and an event that a state does not have is a fault', () => {
    expect(() => playoutTransition('idle', 'dry')).toThrow(
      'a jitter buffer that is idle cannot get the event dry',
    );
  });
});

test('an answer that comes during a fade primes once the fade is out', async () => {
  const room = new ListeningRoom();
  await reach.fading(room);
  room.push('b', loudNoise(40));
  await room.play(20);
  expect(room.states.slice(-2)).toEqual(['fading → idle', 'idle → priming']);
});

test('the table in the docstring of the jitter buffer is the table that drives it', () => {
  const source = readFileSync(new URL('../../../src/stages/jitter-buffer.ts', import.meta.url), 'utf8');
  const rows = [...source.matchAll(/^ \* \|(.*)\|$/gm)].map((match) =>
    (match[1] as string).split('|').map((cell) => cell.trim()),
  );
  const [head, , ...body] = rows;
  const documented = body.flatMap(([from, ...row]) =>
    row.flatMap((to, i) => (to ? [`${from} ${head?.[i + 1]} ${to}`] : [])),
  );
  expect(documented.sort()).toEqual(cells.map((cell) => cell.join(' ')).sort());
});
