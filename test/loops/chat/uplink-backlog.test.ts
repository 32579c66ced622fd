import { describe, expect, test } from 'vitest';
import { UplinkBacklog } from '../../../src/loops/chat/uplink-backlog.ts';

const message = 'x'.repeat(1327);
const second = message.length * 50;

function backlog() {
  const notices: string[] = [];
  const network = { waiting: 0 };
  const uplink = new UplinkBacklog({
    waitingBytes: () => network.waiting,
    onNotice: ({ code }) => notices.push(code),
  });
  return { uplink, notices, network };
}

describe('speech that waits in the connection', () => {
  test('is sent while it is less than two seconds', () => {
    const { uplink, network, notices } = backlog();
    network.waiting = 1.9 * second;
    expect(uplink.takes(message)).toBe(true);
    expect([uplink.dropped, notices]).toEqual([0, []]);
  });

  test('is left out from then on, until half a second is left, and told about once', () => {
    const { uplink, network, notices } = backlog();
    const taken = [2.1, 1.5, 0.6, 0.4, 1.5].map((seconds) => {
      network.waiting = seconds * second;
      return uplink.takes(message);
    });
    expect(taken).toEqual([false, false, false, true, true]);
    expect([uplink.dropped, notices]).toEqual([3, ['network-too-slow']]);
  });

  test('is told about again when it happens again', () => {
    const { uplink, network, notices } = backlog();
    for (const seconds of [2.1, 0.1, 2.1]) {
      network.waiting = seconds * second;
      uplink.takes(message);
    }
    expect(notices).toHaveLength(2);
  });
});
