/**
 * Which key of a chat does what.
 *
 * @module
 */
import { cellWidth } from '../terminal-text.ts';

/** What decides which keys there are. */
export interface HelpOptions {
  readonly pushToTalk: boolean;
  /** Keys are read one by one; else lines. */
  readonly readsKeys: boolean;
}

/** The list, in lines of at most `width` cells. */
export function helpLines({ pushToTalk, readsKeys }: HelpOptions, width: number): string[] {
  const list = readsKeys
    ? [
        ...(pushToTalk ? ['space talk, again to send'] : []),
        'm mute',
        'i interrupt',
        't or Enter type a message',
        'd hear without and with denoiser and gain',
        's statistics',
        '? help',
        'q leave',
      ]
    : [
        ...(pushToTalk ? ['/talk to begin and to send'] : []),
        '/mute',
        '/interrupt',
        '/compare without and with denoiser and gain',
        '/stats',
        '/help',
        'q leaves',
        'any other line is said to the agent',
      ];
  const lines: string[] = [];
  let line = readsKeys ? 'keys  ' : 'lines ';
  let isFirst = true;
  for (const each of list) {
    const longer = `${line}${isFirst ? '' : ' · '}${each}`;
    if (isFirst || cellWidth(longer) <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = `      ${each}`;
    }
    isFirst = false;
  }
  return [...lines, line];
}
