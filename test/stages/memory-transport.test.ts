import { describe, expect, test } from 'vitest';
import { type Clock, SystemClock, VirtualClock } from '../../src/clock.ts';
import type { TransportEvents } from '../../src/pipeline/transport.ts';
import { type NetworkModel, networkModels } from '../../src/protocol/network-link.ts';
import { Random } from '../../src/random.ts';
import { memoryTransport } from '../../src/stages/memory-transport.ts';

function connection(model?: NetworkModel, clock: Clock = new VirtualClock(), seed = 1) {
  const log: string[] = [];
  const events = (who: string): TransportEvents => ({
    onMessage: (text, atMs) => log.push(`${who} ${atMs} ${text}`),
    onClose: ({ code, reason }) => log.push(`${who} ${clock.now()} closed ${code} ${reason}`.trim()),
  });
  const pair = memoryTransport({ clock, random: new Random(seed), ...(model && { model }) });
  return { pair, log, events };
}

/** A stall that begins before anything arrives and outlasts the test. */
const deaf: NetworkModel = { delayMs: 1, stalls: { intervalMs: [[0, 0.5]], lengthMs: [[0, 10_000]] } };

describe('memoryTransport', () => {
  test('delivers both ways at the times of the network', async () => {
    const clock = new VirtualClock();
    const { pair, log, events } = connection(undefined, clock);
    const client = pair.client(events('client'));
    const server = pair.server(events('server'));
    await clock.run(async () => {
      client.send('a');
      await clock.sleep(5);
      server.send('b');
      await clock.sleep(50);
    });
    expect(log).toEqual(['server 10 a', 'client 15 b']);
  });

  test('messages that are due at the same time keep their order', async () => {
    const clock = new VirtualClock();
    const { pair, log, events } = connection(
      { ...deaf, stalls: { intervalMs: [[0, 0.5]], lengthMs: [[0, 400]] } },
      clock,
    );
    const client = pair.client(events('client'));
    pair.server(events('server'));
    await clock.run(async () => {
      for (let i = 0; i < 20; i++, await clock.sleep(7)) client.send(String(i));
      await clock.sleep(400);
    });
    expect(log).toEqual(Array.from({ length: 20 }, (_, i) => `server 400.5 ${i}`));
  });

  test('keeps the order on the real clock as well', async () => {
    const clock = new SystemClock();
    const heard: string[] = [];
    const pair = memoryTransport({
      clock,
      random: new Random(1),
      model: {
        delayMs: 0,
        jitterMs: [
          [0, 0],
          [1, 6],
        ],
      },
    });
    const client = pair.client({ onMessage: () => {}, onClose: () => {} });
    pair.server({ onMessage: (text) => heard.push(text), onClose: () => {} });
    for (let i = 0; i < 40; i++) {
      client.send(String(i));
      if (i % 8 === 0) await clock.sleep(1);
    }
    await client.close();
    expect(heard).toEqual(Array.from({ length: 40 }, (_, i) => String(i)));
  });

  test('the same seed gives the same conversation, to the fraction of a millisecond', async () => {
    const run = async (seed: number) => {
      const clock = new VirtualClock();
      const { pair, log, events } = connection(networkModels.mobile, clock, seed);
      const server = pair.server({
        onMessage: (text) => server.send(`echo ${text}`),
        onClose: events('server').onClose,
      });
      const client = pair.client(events('client'));
      await clock.run(async () => {
        for (let i = 0; i < 100; i++, await clock.sleep(20)) client.send(String(i));
        await client.close();
      });
      return log;
    };
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });

  test('what arrives before an end is open waits for it, in order', async () => {
    const clock = new VirtualClock();
    const { pair, log, events } = connection(undefined, clock);
    const server = pair.server(events('server'));
    await clock.run(async () => {
      server.send('early');
      await clock.sleep(20);
      server.send('late');
      await clock.sleep(10);
      pair.client(events('client'));
      expect(log).toEqual([]);
      await clock.sleep(10);
    });
    expect(log).toEqual(['client 30 early', 'client 30 late']);
  });

  test('a close waits behind the messages, is answered, and settles when the answer is here', async () => {
    const clock = new VirtualClock();
    const { pair, log, events } = connection({ delayMs: 10, rateKbps: 8 }, clock);
    const client = pair.client(events('client'));
    const server = pair.server(events('server'));
    await clock.run(async () => {
      client.send('x'.repeat(100));
      server.send('still under way');
      await client.close(1001, 'enough');
      expect(clock.now()).toBe(136);
    });
    expect(log.map((line) => line.replace(/x+/, 'x'))).toEqual([
      'client 25 still under way',
      'server 110 x',
      'server 118 closed 1001 enough',
      'client 136 closed 1001 enough',
    ]);
  });

  test('either end may close, and both at once', async () => {
    const clock = new VirtualClock();
    const { pair, log, events } = connection(undefined, clock);
    const client = pair.client(events('client'));
    const server = pair.server(events('server'));
    await clock.run(() => Promise.all([client.close(1000, 'a'), server.close(1011, 'b')]));
    expect(log).toEqual(['server 10 closed 1000 a', 'client 10 closed 1011 b']);
  });

  test('closing twice is one close', async () => {
    const clock = new VirtualClock();
    const { pair, log, events } = connection(undefined, clock);
    const client = pair.client(events('client'));
    pair.server(events('server'));
    await clock.run(async () => {
      await Promise.all([client.close(), client.close(1011)]);
      await client.close();
      await clock.sleep(5_000);
    });
    expect(log).toEqual(['server 10 closed 1000', 'client 20 closed 1000']);
  });

  test('an end that gets no answer is gone after two seconds', async () => {
    const clock = new VirtualClock();
    const { pair, log, events } = connection(deaf, clock);
    const client = pair.client(events('client'));
    pair.server(events('server'));
    await clock.run(async () => {
      await client.close();
      expect(clock.now()).toBe(2_000);
      await clock.sleep(20_000);
    });
    expect(log).toEqual(['client 2000 closed 1006', 'server 10000.5 closed 1000']);
  });

  test('1006 breaks off without a goodbye', async () => {
    const clock = new VirtualClock();
    const { pair, log, events } = connection(undefined, clock);
    const client = pair.client(events('client'));
    const server = pair.server(events('server'));
    await clock.run(async () => {
      client.send('lost on nobody');
      server.send('too late');
      await server.close(1006);
      expect(clock.now()).toBe(0);
      await clock.sleep(5_000);
    });
    expect(log).toEqual(['server 0 closed 1006', 'client 10 too late', 'client 10 closed 1006']);
  });

  test('what is sent after the end is dropped and counted', async () => {
    const clock = new VirtualClock();
    const { pair, log, events } = connection(undefined, clock);
    const client = pair.client(events('client'));
    const server = pair.server(events('server'));
    await clock.run(async () => {
      const closed = client.close();
      client.send('dropped');
      await closed;
      client.send('dropped');
      server.send('dropped');
      await clock.sleep(100);
    });
    expect([client.droppedMessages, server.droppedMessages]).toEqual([2, 1]);
    expect(log).toEqual(['server 10 closed 1000', 'client 20 closed 1000']);
  });

  test('counts the bytes that have not arrived', async () => {
    const clock = new VirtualClock();
    const { pair, events } = connection({ delayMs: 10, rateKbps: 8 }, clock);
    const client = pair.client(events('client'));
    pair.server(events('server'));
    await clock.run(async () => {
      client.send('12345678');
      client.send('äö');
      expect(client.bufferedBytes).toBe(12);
      await clock.sleep(19);
      expect(client.bufferedBytes).toBe(4);
      await clock.sleep(5);
      expect(client.bufferedBytes).toBe(0);
    });
  });

  test('an end is opened once', () => {
    const { pair, events } = connection();
    pair.client(events('client'));
    expect(() => pair.client(events('client'))).toThrow(TypeError);
  });
});
