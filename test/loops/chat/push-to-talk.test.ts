import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock.ts';
import { PushToTalk } from '../../../src/loops/chat/push-to-talk.ts';

const frame = (timeMs: number) => ({ message: '', timeMs, endMs: timeMs + 20, frame: 0 });

/** A talk with the key down from 100 to 190 ms, looked at at `untilMs`. */
async function talked(untilMs: number, look: (talk: PushToTalk, happened: string[]) => void): Promise<void> {
  const clock = new VirtualClock();
  const happened: string[] = [];
  const talk = new PushToTalk({
    clock,
    onBegin: () => happened.push('begin'),
    onTurn: () => happened.push('turn'),
  });
  clock.at(100, () => talk.press());
  clock.at(190, () => talk.release());
  await clock.run(() => clock.sleep(untilMs));
  look(talk, happened);
}

describe('push to talk', () => {
  test('takes nothing until the key is pressed', async () => {
    await talked(50, (talk) => {
      talk.passed(frame(0));
      expect([talk.takes(frame(0)), talk.isTalking, talk.isOpen]).toEqual([false, false, false]);
    });
  });

  test('takes what was captured while the key was down, although it comes later', async () => {
    await talked(300, (talk) => {
      const taken = [60, 80, 85, 160, 180, 200].filter((timeMs) => talk.takes(frame(timeMs)));
      expect(taken).toEqual([85, 160, 180]);
    });
  });

  test('ends the turn with the frame in which the key was let go, once', async () => {
    await talked(300, (talk, happened) => {
      talk.passed(frame(160));
      expect([talk.isTalking, talk.isOpen, ...happened]).toEqual([false, true, 'begin']);
      talk.passed(frame(180));
      talk.passed(frame(200));
      expect([talk.isOpen, ...happened]).toEqual([false, 'begin', 'turn']);
    });
  });

  test('ends the turn half a second later where no frame comes any more', async () => {
    await talked(680, (_, happened) => expect(happened).toEqual(['begin']));
    await talked(700, (_, happened) => expect(happened).toEqual(['begin', 'turn']));
  });

  test('begins anew with the next press, after what was said before', async () => {
    await talked(300, (talk, happened) => {
      talk.press();
      talk.press();
      expect(happened).toEqual(['begin', 'turn', 'begin']);
      expect([talk.isTalking, talk.takes(frame(310))]).toEqual([true, true]);
    });
  });
});
