/**
 * The message that is being typed, in one line.
 *
 * @module
 */
import type { Draft } from '../keyboard/message-editor.ts';
import type { Output } from '../output.ts';
import { cellWidth, clip, clipStart } from '../terminal-text.ts';

const prompt = '› ';
const cursor = '▏';
const keys = '   Enter sends, Esc leaves';

/** The part of the message around its cursor that fits into `width` cells; the keys as well while there is room for them. */
export function draftLine(draft: Draft, style: Output['style'], width: number): string {
  // A pasted message keeps its lines, which are shown as one.
  const [before, after] = [draft.before, draft.after].map((text) => text.replace(/\p{Cc}/gu, ' ')) as [
    string,
    string,
  ];
  const room = Math.max(0, width - cellWidth(prompt) - cellWidth(cursor));
  const shownAfter = clip(after, Math.max(room - cellWidth(before), Math.floor(room / 4)));
  const shownBefore = clipStart(before, room - cellWidth(shownAfter));
  const line = `${style('bold', prompt)}${shownBefore}${style('bold', cursor)}${shownAfter}`;
  const rest = width - cellWidth(line);
  return cellWidth(keys) <= rest ? line + style('dim', keys) : clip(line, width);
}
