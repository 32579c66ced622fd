import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LiveArea } from '../../src/commands/live-area.ts';
import { TerminalScreen } from '../support/terminal-screen.ts';

/** An area on an emulated terminal below some lines that stay. */
function areaOn(columns: number, rows: number, above: readonly string[] = []) {
  const screen = new TerminalScreen(columns, rows);
  let pending = above.map((line) => `${line}\r\n`).join('');
  const stream = {
    columns,
    rows,
    writes: 0,
    write(text: string) {
      stream.writes++;
      pending += text;
    },
  };
  const shown = async () => {
    const text = pending;
    pending = '';
    await screen.write(text);
    return screen.lines;
  };
  const resize = async (newColumns: number, newRows: number) => {
    await shown();
    screen.resize(newColumns, newRows);
    stream.columns = newColumns;
    stream.rows = newRows;
  };
  return { area: new LiveArea(stream), stream, screen, shown, resize };
}

describe('a live area', () => {
  test('shows its lines under those that stay, and what is written next stands in their place', async () => {
    const { area, stream, shown, screen } = areaOn(20, 6, ['you   hello']);
    area.draw(['agent hi', 'listening']);
    expect(await shown()).toEqual(['you   hello', 'agent hi', 'listening']);
    expect(screen.cursor).toEqual({ column: 0, line: 1 });
    expect(screen.isPlain).toBe(false);
    area.clear();
    stream.write('done\r\n');
    expect(await shown()).toEqual(['you   hello', 'done']);
    expect(screen.isPlain).toBe(true);
  });

  test('shows what was drawn last, whatever was drawn before', async () => {
    const line = fc.constantFrom('', 'a', 'listening', '漢字漢字漢', 'a line that is too long for it');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(line, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 }),
        async (frames) => {
          const { area, shown } = areaOn(12, 6, ['above']);
          for (const frame of frames) {
            area.draw(frame);
            await shown();
          }
          const fresh = areaOn(12, 6);
          fresh.area.draw(frames.at(-1) ?? ['']);
          const expected = await fresh.shown();
          const lines = await shown();
          expect(lines[0]).toBe('above');
          // Higher frames may have pushed lines up; none of them is left over.
          expect(lines.slice(-expected.length || lines.length)).toEqual(expected);
          expect(lines.length).toBe(1 + expected.length);
          area.clear();
          fresh.area.clear();
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  test('writes what has changed, and nothing where nothing has', async () => {
    const { area, stream, shown } = areaOn(40, 6);
    area.draw(['one', 'two', 'three']);
    await shown();
    const written: string[] = [];
    stream.write = (text) => void written.push(text);
    area.draw(['one', 'two', 'three']);
    expect(written).toEqual([]);
    area.draw(['one', 'two', 'four']);
    expect(written.join('')).toContain('four');
    expect(written.join('')).not.toMatch(/one|two/);
    area.clear();
  });

  test('keeps its last lines where the terminal is too low, and never scrolls by itself', async () => {
    const { area, shown } = areaOn(20, 3, ['above']);
    for (const end of ['4', 'four', '4']) area.draw(['1', '2', '3', end]);
    expect(await shown()).toEqual(['above', '3', '4']);
    area.clear();
  });

  describe.each([
    ['narrower', 12, 6],
    ['wider', 60, 6],
    ['lower', 30, 3],
    ['much smaller', 5, 2],
  ])('on a terminal that is made %s', (_, columns, rows) => {
    const status = 'listening to what you say now';
    const cut = status.length < columns ? status : `${status.slice(0, columns - 2)}…`;

    test('is whole again with the next draw, and leaves nothing behind', async () => {
      const { area, shown, resize, screen } = areaOn(30, 6, ['above']);
      area.draw([status]);
      await resize(columns, rows);
      area.draw([status]);
      expect(await shown()).toEqual(['above', cut]);
      area.clear();
      await shown();
      expect(screen.lines).toEqual(['above']);
      expect(screen.isPlain).toBe(true);
    });

    test('takes nothing away from the lines that stay, of however many lines it is', async () => {
      const { area, shown, resize } = areaOn(30, 6, ['above', 'below']);
      area.draw(['you   when does it open?', 'agent at ten, and it closes at', status]);
      await resize(columns, rows);
      area.draw(['agent at ten', status]);
      const lines = await shown();
      expect(lines.slice(0, 2)).toEqual(['above', 'below']);
      expect(lines.at(-1)).toBe(cut);
      area.clear();
    });
  });

  test('draws again what a terminal that was made lower has cut off', async () => {
    const { area, shown, resize } = areaOn(30, 6, ['1', '2', '3']);
    area.draw(['a', 'b', 'c']);
    await resize(30, 5);
    expect(await shown()).toEqual(['1', '2', '3', 'a', 'b']);
    area.draw(['a', 'b', 'c']);
    expect(await shown()).toEqual(['1', '2', '3', 'a', 'b', 'c']);
    area.clear();
  });

  test('takes a terminal that does not know its size for one of the usual size', async () => {
    const { area, stream, shown } = areaOn(80, 24);
    stream.columns = 0;
    stream.rows = 0;
    area.draw(['one', 'two']);
    expect(await shown()).toEqual(['one', 'two']);
    area.clear();
  });

  test('is gone when the process ends', async () => {
    const { area, shown, screen } = areaOn(20, 4);
    const before = process.listenerCount('exit');
    area.draw(['listening']);
    const [restore] = process.listeners('exit').slice(before);
    restore?.call(process, 0);
    expect(await shown()).toEqual([]);
    expect(screen.isPlain).toBe(true);
    expect(process.listenerCount('exit')).toBe(before);
  });
});
