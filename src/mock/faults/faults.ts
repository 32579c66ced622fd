/**
 * The ways in which the mock can misbehave, by name.
 *
 * @module
 */
import { didYouMean, VoiceloopError } from '../../errors.ts';
import { clientEventTypes, serverEventTypes } from '../../protocol/events.ts';
import { type Moment, momentNames, openingMoment } from '../scenario/moment.ts';
import { type FaultKind, type FaultName, faultKinds, faultNames } from './fault-kinds.ts';

export { type FaultName, faultKinds, faultNames };

/** An hour. */
const longestMs = 3_600_000;

/** One fault of a scenario or of the command line, with everything resolved. */
export interface Fault {
  readonly name: FaultName;
  /** A number, or the code that the client sees; 0 where the fault takes none. */
  readonly value: number | string;
  /** For faults of the connection as a whole it says nothing. */
  readonly moment: Moment;
  /** It strikes this many connections, from the first; Infinity strikes all. */
  readonly connections: number;
}

const toxics = ['reset', 'half-open', 'black-hole', 'stop-reading', 'slow-close', 'slicer', 'limit'] as const;

/** A fault that spoils a connection at the level of bytes. */
export type ToxicName = (typeof toxics)[number];

/** Whether a fault spoils a connection at the level of bytes. */
export function isToxic(fault: Fault): fault is Fault & { readonly name: ToxicName } {
  return toxics.some((name) => name === fault.name);
}

const needsHandshake: readonly FaultName[] = ['refuse', 'slow-handshake', 'no-handshake'];
const worksOnMessages: readonly FaultName[] = ['reset', 'half-open', 'black-hole'];

/** Whether a fault can only happen to a connection that is made of HTTP and bytes. */
export function needsSocket(fault: Fault): boolean {
  return needsHandshake.includes(fault.name) || (isToxic(fault) && !worksOnMessages.includes(fault.name));
}

/** What may be said about a fault besides its name. */
export interface FaultDetails {
  readonly value?: number | string | undefined;
  readonly at?: string | undefined;
  readonly occurrence?: number | 'every' | undefined;
  readonly delayMs?: number | undefined;
  readonly connections?: number | undefined;
}

/**
 * Resolves a fault.
 *
 * @throws {RangeError} with a sentence, where the value or the moment is nothing for this fault
 */
export function fault(name: FaultName, details: FaultDetails = {}): Fault {
  const kind: FaultKind = faultKinds[name];
  if (details.value !== undefined) checkValue(name, kind, details.value);
  const isTimed = details.at ?? details.occurrence ?? details.delayMs;
  if (!kind.moment && isTimed !== undefined) {
    throw new RangeError(`${name} belongs to the connection as a whole and takes no moment`);
  }
  if (kind.alters && details.delayMs) {
    throw new RangeError(`${name} changes an event, and can come no later than that`);
  }
  if (details.at !== undefined) checkEvent(name, kind, details.at);
  checkNumbers(details);
  const [at, occurrence] = details.at === undefined ? (kind.moment ?? [openingMoment, 1]) : [details.at, 1];
  return {
    name,
    value: details.value ?? kind.value?.fallback ?? 0,
    moment: { at, occurrence: details.occurrence ?? occurrence, delayMs: details.delayMs ?? 0 },
    connections: details.connections ?? Infinity,
  };
}

function checkValue(name: string, { value }: FaultKind, given: number | string): void {
  if (!value) throw new RangeError(`${name} takes no value`);
  if (typeof value.fallback === 'string') {
    if (typeof given !== 'string' || given === '') throw new RangeError(`${name} takes a ${value.is}`);
    return;
  }
  if (value.is === 'close code') {
    if (isCloseCode(given)) return;
    throw new RangeError(`${name} takes a close code: 1000 to 1003, 1006 to 1014 or 3000 to 4999`);
  }
  const [low, high] = bounds(value.is);
  if (typeof given === 'number' && Number.isInteger(given) && given >= low && given <= high) return;
  throw new RangeError(`${name} takes a whole number from ${low} to ${high} (${value.is})`);
}

function checkEvent(name: string, { alters }: FaultKind, at: string): void {
  if (!momentNames.includes(at)) {
    const hint = didYouMean(at, momentNames);
    throw new RangeError(`${at} is no event of the protocol${hint ? `: ${hint}` : ''}`);
  }
  if (alters === undefined) return;
  const types = { service: serverEventTypes, client: clientEventTypes, 'response.audio.delta': [alters] }[
    alters
  ];
  if (types.some((type) => type === at)) return;
  const changed = alters === 'response.audio.delta' ? `${alters} only` : `an event of the ${alters}`;
  throw new RangeError(`${name} changes ${changed}, and ${at} is none`);
}

function checkNumbers({ occurrence = 1, delayMs = 0, connections = 1 }: FaultDetails): void {
  if (occurrence !== 'every' && !(occurrence >= 1)) throw new RangeError('events are counted from 1');
  if (!(delayMs >= 0 && delayMs <= longestMs))
    throw new RangeError(`a fault comes from 0 to ${longestMs} ms after its event`);
  if (!(connections >= 1)) throw new RangeError('a fault strikes at least one connection');
}

/** Those that a close frame may carry (RFC 6455, section 7.4), and 1006 for none. */
function isCloseCode(given: number | string): boolean {
  if (typeof given !== 'number' || !Number.isInteger(given)) return false;
  if (given >= 3000 && given <= 4999) return true;
  return given >= 1000 && given <= 1014 && given !== 1004 && given !== 1005;
}

function bounds(is: string): readonly [low: number, high: number] {
  if (is === 'HTTP status') return [400, 599];
  if (is === 'ms') return [0, longestMs];
  return [1, 256 * 1024 * 1024];
}

const flagForm = /^([a-z0-9-]+)(?:=([^@+/]+))?(?:@([a-z_.]+)(?:#(\d+|every))?)?(?:\+(\d+))?(?:\/(\d+))?$/;

/**
 * Reads a fault as it is written on the command line: `NAME[=VALUE][@EVENT[#N]][+MS][/CONNECTIONS]`, as in
 * `close=1011@response.audio.delta#3+40/1`.
 *
 * @throws {VoiceloopError} `fault-invalid`, which says what is wrong with it
 * @example
 * ```ts
 * import { parseFault } from 'voiceloop';
 *
 * const { name, value, connections } = parseFault('refuse=429/2');
 * console.log(name, value, connections); // refuse 429 2
 * ```
 */
export function parseFault(written: string): Fault {
  const parts = flagForm.exec(written);
  const name = parts?.[1] ?? written;
  if (!parts || !Object.hasOwn(faultKinds, name)) {
    if (!parts) throw invalidFault(written, 'it is not written like a fault');
    const hint = didYouMean(name, faultNames) ?? `the faults are ${faultNames.join(', ')}`;
    throw invalidFault(written, `there is no fault called "${name}"`, hint);
  }
  const [, , value, at, occurrence, delayMs, connections] = parts;
  const { value: wanted }: FaultKind = faultKinds[name as FaultName];
  const isNumber = typeof wanted?.fallback === 'number' && value !== undefined && /^\d+$/.test(value);
  try {
    return fault(name as FaultName, {
      value: isNumber ? Number(value) : value,
      at,
      occurrence: occurrence === undefined || occurrence === 'every' ? occurrence : Number(occurrence),
      delayMs: delayMs === undefined ? undefined : Number(delayMs),
      connections: connections === undefined ? undefined : Number(connections),
    });
  } catch (error) {
    if (error instanceof RangeError) throw invalidFault(written, error.message);
    throw error;
  }
}

/** A fault as it is written on the command line, with everything that was left open. */
export function describeFault({ name, value, moment, connections }: Fault): string {
  const kind: FaultKind = faultKinds[name];
  const nth = moment.occurrence === 1 ? '' : `#${moment.occurrence}`;
  const when = kind.moment ? `@${moment.at}${nth}${moment.delayMs ? `+${moment.delayMs}` : ''}` : '';
  return `${name}${kind.value ? `=${value}` : ''}${when}${connections === Infinity ? '' : `/${connections}`}`;
}

function invalidFault(
  written: string,
  reason: string,
  hint = 'write NAME[=VALUE][@EVENT[#N]][+MS][/CONNECTIONS], as in close=1011@response.audio.delta#3',
): VoiceloopError {
  return new VoiceloopError('usage', 'fault-invalid', `--fault ${written} cannot be used`, { reason, hint });
}
