import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { defaultSession } from '../../src/session/defaults.ts';
import { Session } from '../../src/session/session.ts';
import { FakePlayback, setUp } from './fake-service.ts';

describe('connecting', () => {
  test('waits for the session, configures it and gives it as it is', async () => {
    const { clock, service, session } = setUp();
    const effective = await clock.run(() => session.connect());
    expect(effective).toEqual(defaultSession());
    expect(service.received).toEqual([
      { type: 'session.update', event_id: 'session_1', session: defaultSession() },
    ]);
    expect(clock.now()).toBe(10);
    expect(session.differences).toEqual([]);
  });

  test('warns where the service does something else', async () => {
    const { clock, service, session, notices } = setUp();
    service.effective = { ...defaultSession(), output_audio_format: 'g711_ulaw' };
    await clock.run(() => session.connect());
    expect(session.differences).toEqual([
      { field: 'output_audio_format', asked: 'pcm16', effective: 'g711_ulaw' },
    ]);
    expect(notices).toEqual([
      {
        level: 'warning',
        code: 'session-differs',
        message: 'the service uses output_audio_format "g711_ulaw" instead of "pcm16"',
      },
    ]);
  });

  test.each([
    ['open', 'session.created'],
    ['session.update', 'session.updated'],
  ])('gives up ten seconds after %s was not answered', async (step, type) => {
    const { clock, service, session, ends } = setUp();
    service.script[step] = undefined;
    await expect(clock.run(() => session.connect())).rejects.toMatchObject({
      kind: 'service',
      code: 'session-timeout',
      message: `the service sent no ${type} within 10 s`,
    });
    expect(clock.now()).toBe(step === 'open' ? 10_000 : 10_005);
    expect(ends).toEqual([{ code: 1000, reason: '' }]);
  });

  test('names the field that the service refused', async () => {
    const { clock, service, session, notices } = setUp();
    const error = {
      type: 'invalid_request_error',
      code: 'invalid_value',
      message: 'no such voice',
      param: 'session.voice',
      event_id: 'session_1',
    };
    service.script['session.update'] = () => service.say({ type: 'error', error });
    await expect(clock.run(() => session.connect())).rejects.toMatchObject({
      kind: 'service',
      code: 'session-refused',
      message: 'the service refused session.voice',
      where: 'session.voice',
      reason: 'no such voice (invalid_value)',
    });
    expect(notices).toEqual([]);
  });

  test('goes on after an error that means something else', async () => {
    const { clock, service, session, notices } = setUp();
    service.script['session.update'] = () => {
      service.say({ type: 'error', error: { type: 'x', message: 'other', event_id: 'other_1' } });
      service.say({ type: 'session.updated', session: service.effective });
    };
    await clock.run(() => session.connect());
    expect(notices).toEqual([{ level: 'error', code: 'x', message: 'other' }]);
  });

  test.each([
    [1008, 'auth', 'connection-refused'],
    [1011, 'service', 'service-failed'],
    [1006, 'service', 'connection-lost'],
    [4000, 'service', 'connection-closed'],
  ])('fails with what close code %d means', async (code, kind, errorCode) => {
    const { clock, service, session } = setUp();
    service.script['open'] = () => service.drop({ code, reason: 'because' });
    await expect(clock.run(() => session.connect())).rejects.toMatchObject({
      kind,
      code: errorCode,
      reason: 'because',
    });
    expect(clock.now()).toBe(0);
  });

  test('fails with what dialling failed with', async () => {
    const clock = new VirtualClock();
    const dial = () => Promise.reject(new Error('HTTP 401'));
    const session = new Session({ clock, dial, config: {}, playback: new FakePlayback() });
    await expect(clock.run(() => session.connect())).rejects.toThrow('HTTP 401');
  });

  test('fails where the service answers in a format that nobody knows', async () => {
    const { clock, service, session } = setUp();
    service.effective = { output_audio_format: 'opus' };
    await expect(clock.run(() => session.connect())).rejects.toMatchObject({ code: 'unknown-audio-format' });
  });

  test('is left when the session is closed meanwhile', async () => {
    const { clock, service, session } = setUp();
    service.script['open'] = undefined;
    clock.at(50, () => void session.close());
    await expect(clock.run(() => session.connect())).rejects.toMatchObject({ code: 'session-closed' });
    expect(clock.now()).toBe(50);
  });

  test('happens once, and before anything is sent', async () => {
    const { clock, session } = setUp();
    for (const early of [() => session.sendFrame('{}'), () => session.say('Hi'), () => session.interrupt()]) {
      expect(early).toThrow(TypeError);
    }
    await clock.run(() => session.connect());
    await expect(session.connect()).rejects.toThrow(TypeError);
  });
});
