import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { VirtualClock } from '../../../src/clock.ts';
import { type SelfMadeCertificate, selfMadeCertificate } from '../../../src/mock/server/certificate.ts';

const hosts = ['localhost', '127.0.0.1', '::1'];
const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** Sends back what it gets; gives its port. */
async function echoOverTls({ key, certificate }: SelfMadeCertificate): Promise<number> {
  const server = createServer({ key, cert: certificate });
  const webSockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  return (server.address() as AddressInfo).port;
}

/** What comes back for a message, or the error that came instead. */
function answer(url: string, message: string, ca?: string): Promise<string> {
  const socket = new WebSocket(url, ca === undefined ? {} : { ca });
  open.push({ close: () => socket.terminate() });
  return new Promise((resolve, reject) => {
    socket.on('open', () => socket.send(message));
    socket.on('message', (data) => resolve(data.toString()));
    socket.on('error', reject);
  });
}

function altNames(certificate: string): string[] {
  const names = new X509Certificate(certificate).subjectAltName ?? '';
  return names.toLowerCase().split(', ');
}

describe('selfMadeCertificate', () => {
  test.each(['localhost', '127.0.0.1'])('is trusted as its own authority for %s', async (host) => {
    const made = await selfMadeCertificate({ hosts });
    const url = `wss://${host}:${await echoOverTls(made)}/`;
    expect(await answer(url, 'hello', made.certificate)).toBe('hello');
  });

  test('carries messages of 2 MB', async () => {
    const made = await selfMadeCertificate({ hosts });
    const message = 'voice loop'.repeat(200_000);
    const url = `wss://127.0.0.1:${await echoOverTls(made)}/`;
    expect((await answer(url, message, made.certificate)) === message).toBe(true);
  });

  test('is refused by a client that was not told to trust it', async () => {
    const url = `wss://127.0.0.1:${await echoOverTls(await selfMadeCertificate({ hosts }))}/`;
    await expect(answer(url, 'hello')).rejects.toThrow(/certificate/);
  });

  test('is refused by a client that trusts another one of the same name', async () => {
    const other = await selfMadeCertificate({ hosts });
    const url = `wss://127.0.0.1:${await echoOverTls(await selfMadeCertificate({ hosts }))}/`;
    await expect(answer(url, 'hello', other.certificate)).rejects.toThrow(/certificate/);
  });

  test('is refused where the client dials a host that it does not name', async () => {
    const made = await selfMadeCertificate({ hosts: ['localhost'] });
    const url = `wss://127.0.0.1:${await echoOverTls(made)}/`;
    await expect(answer(url, 'hello', made.certificate)).rejects.toThrow(/127\.0\.0\.1|altnames/);
  });

  test('names addresses as addresses and names as names', async () => {
    const { certificate } = await selfMadeCertificate({
      hosts: ['localhost', '127.0.0.1', '[::1]', '::ffff:10.0.0.1', 'fe80::7%eth0', 'bücher.example'],
    });
    const x509 = new X509Certificate(certificate);
    for (const ip of ['127.0.0.1', '::1', '::ffff:a00:1', 'fe80::7']) expect(x509.checkIP(ip)).toBe(ip);
    for (const host of ['localhost', 'xn--bcher-kva.example']) expect(x509.checkHost(host)).toBe(host);
    expect(x509.checkHost('example.com')).toBeUndefined();
    expect(altNames(certificate)).toHaveLength(6);
  });

  test('says its SHA-256 fingerprint, and has a key of its own each time', async () => {
    const [one, other] = await Promise.all([selfMadeCertificate({ hosts }), selfMadeCertificate({ hosts })]);
    expect(one.fingerprint).toMatch(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/);
    expect(one.fingerprint).toBe(new X509Certificate(one.certificate).fingerprint256);
    expect(one.key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(other.key).not.toBe(one.key);
    expect(other.fingerprint).not.toBe(one.fingerprint);
  });

  test('is no authority for others', async () => {
    const { raw } = new X509Certificate((await selfMadeCertificate({ hosts })).certificate);
    // Basic constraints (2.5.29.19), critical, an empty sequence: cA is false.
    expect(raw.toString('hex')).toContain('0603551d130101ff04023000');
  });

  test('is valid for 30 days, or as many as are asked for, and for a client whose clock is behind', async () => {
    const clock = new VirtualClock();
    const validity = async (days?: number) => {
      const { certificate } = await selfMadeCertificate({ hosts, clock, days });
      const { validFrom, validTo } = new X509Certificate(certificate);
      return [validFrom, validTo].map((date) => new Date(date).toISOString());
    };
    expect(await validity()).toEqual(['2025-12-31T00:00:00.000Z', '2026-01-31T00:00:00.000Z']);
    expect(await validity(2)).toEqual(['2025-12-31T00:00:00.000Z', '2026-01-03T00:00:00.000Z']);
  });

  test.each([
    ['no hosts', { hosts: [] }],
    ['an empty host', { hosts: [''] }],
    ['a URL', { hosts: ['https://localhost'] }],
    ['a host with a port', { hosts: ['localhost:8080'] }],
    ['a path', { hosts: ['localhost/voice'] }],
    ['no days', { hosts, days: 0 }],
    ['days that are no number', { hosts, days: Number.NaN }],
  ])('refuses %s', async (_name, options) => {
    await expect(selfMadeCertificate(options)).rejects.toThrow(RangeError);
  });
});
