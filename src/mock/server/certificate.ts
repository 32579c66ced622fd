/**
 * A certificate that the mock makes for itself, so that a client can be tested over TLS without anybody's authority.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { type Clock, SystemClock } from '../../clock.ts';

/** For whom, and for how long. */
export interface CertificateOptions {
  /** What clients dial: names, or IP addresses of either version, with or without brackets. At least one. */
  readonly hosts: readonly string[];
  /** Days of validity from now; default 30. */
  readonly days?: number | undefined;
  /** Says when now is. Default a {@link SystemClock}: clients, who check the dates, know no other time. */
  readonly clock?: Clock | undefined;
}

/** What a server shows, and what a client needs to trust it. */
export interface SelfMadeCertificate {
  /** The private key, PEM (PKCS #8): elliptic curve P-256. */
  readonly key: string;
  /** PEM (X.509). It is its own authority: a client trusts it as `ca`. */
  readonly certificate: string;
  /** SHA-256 of the certificate in hexadecimal, with colons, as `openssl x509 -fingerprint -sha256` prints it. */
  readonly fingerprint: string;
}

const dayMs = 86_400_000;

/** A client whose clock is behind this one's must not find the certificate from the future. */
const toleranceMs = dayMs;

/**
 * Makes a key and a certificate that nobody else has signed, for server authentication only. Both are new with each call;
 * neither has a part in what a run reports. Takes about 10 ms, and 100 ms more for the first call, which loads the package.
 *
 * It is no authority for other certificates (RFC 5280, basic constraints): whoever trusts it trusts this server alone, and
 * rustls, which Deno has, would refuse an authority as a server.
 *
 * @throws {RangeError} without hosts, for a host that is no name and no address, or when `days` is not positive and finite
 */
export async function selfMadeCertificate(options: CertificateOptions): Promise<SelfMadeCertificate> {
  const { hosts, days = 30, clock = new SystemClock() } = options;
  if (hosts.length === 0) throw new RangeError('a certificate needs at least one host');
  if (!(days > 0 && days < Number.POSITIVE_INFINITY)) throw new RangeError(`days cannot be ${days}`);
  const altNames = hosts.map(alternativeName);
  const nowMs = clock.unixMs();
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: 'voiceloop mock' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - toleranceMs),
    notAfterDate: new Date(nowMs + days * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  const { fingerprint256 } = new X509Certificate(made.cert);
  return { key: made.private, certificate: made.cert, fingerprint: fingerprint256 };
}

/** Addresses are compared as addresses, so they must not stand there as names: types 7 and 2 of RFC 5280, 4.2.1.6. */
function alternativeName(host: string): { type: 7; ip: string } | { type: 2; value: string } {
  const [address = ''] = host.replace(/^\[(.*)\]$/, '$1').split('%', 1);
  if (isIPv4(address)) return { type: 7, ip: address };
  // The package wants groups of hexadecimal digits alone, without a dotted IPv4 address at the end.
  if (isIPv6(address)) return { type: 7, ip: new URL(`http://[${address}]`).hostname.slice(1, -1) };
  const value = domainToASCII(host);
  if (value === '' || /[/?#@:\\]/.test(host)) {
    throw new RangeError(`"${host}" is no name of a host and no IP address`);
  }
  return { type: 2, value };
}
