/**
 * WAV files made in code, right ones and odd ones.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a built WAV file is like; every field can be untrue. */
export interface WavParts {
  readonly magic?: string;
  readonly riffSize?: number;
  readonly tag?: number;
  readonly channels?: number;
  readonly rateHz?: number;
  readonly bits?: number;
  readonly blockBytes?: number;
  /** Added behind the first 16 bytes of the `fmt ` chunk. */
  readonly formatExtension?: Uint8Array;
  readonly data?: Uint8Array;
  readonly dataSize?: number;
  /** Chunks before `fmt `, between `fmt ` and `data`, and behind `data`. */
  readonly before?: readonly Uint8Array[];
  readonly between?: readonly Uint8Array[];
  readonly behind?: readonly Uint8Array[];
}

export function buildWav(parts: WavParts): Uint8Array {
  const channels = parts.channels ?? 1;
  const bits = parts.bits ?? 16;
  const rateHz = parts.rateHz ?? 24_000;
  const blockBytes = parts.blockBytes ?? channels * Math.ceil(bits / 8);
  const data = parts.data ?? new Uint8Array(0);
  const format = bytes(
    u16(parts.tag ?? 1),
    u16(channels),
    u32(rateHz),
    u32(rateHz * blockBytes),
    u16(blockBytes),
    u16(bits),
    parts.formatExtension ?? new Uint8Array(0),
  );
  const body = bytes(
    ...(parts.before ?? []),
    chunk('fmt ', format),
    ...(parts.between ?? []),
    chunk('data', data, parts.dataSize),
    ...(parts.behind ?? []),
  );
  return bytes(ascii(parts.magic ?? 'RIFF'), u32(parts.riffSize ?? body.length + 4), ascii('WAVE'), body);
}

/** A chunk with its padding. */
export function chunk(id: string, content: Uint8Array, size = content.length): Uint8Array {
  return bytes(ascii(id), u32(size), content, new Uint8Array(content.length % 2));
}

export function bytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >> 8) & 0xff);
}

export function u32(value: number): Uint8Array {
  return bytes(u16(value & 0xffff), u16(value >>> 16));
}

/** Little-endian 16-bit samples. */
export function pcm16(values: readonly number[]): Uint8Array {
  return bytes(...values.map(u16));
}

/** A folder of its own below the system's temporary one; `using` removes it. */
export class TemporaryFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'voiceloop-'));

  file(name: string, content?: Uint8Array | string): string {
    const path = join(this.path, name);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
