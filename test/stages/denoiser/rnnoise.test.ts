import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import instantiate, { type RnnoiseModule } from '@echogarden/rnnoise-wasm';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/random.ts';
import { loadRnnoise, Rnnoise, type RnnoiseState } from '../../../src/stages/denoiser/rnnoise.ts';
import { decibels } from '../../wasm/tone.ts';
import { type NoiseKind, noise, powerIn, rateHz } from './noisy-speech.ts';

const rnnoise = await loadRnnoise();

/** What comes out, and the probabilities. */
function denoised(state: RnnoiseState, samples: Float32Array) {
  const out = samples.slice(0, samples.length - (samples.length % 480));
  const probabilities: number[] = [];
  for (let n = 0; n < out.length; n += 480) probabilities.push(state.denoise(out.subarray(n, n + 480)));
  return { out, probabilities };
}

/** Noise of so many dBFS. */
function noiseAt(kind: NoiseKind, levelDb: number, seconds: number, seed = 1): Float32Array {
  const samples = noise(kind, seconds * rateHz, seed);
  const gain = 10 ** (levelDb / 20) / Math.sqrt(powerIn(samples, [[0, samples.length]]));
  return samples.map((sample) => sample * gain);
}

/** A module that does nothing, and keeps count of its states. */
function countingModule() {
  const memory = new Float32Array(1000);
  const alive = new Set<number>();
  let created = 0;
  const module: RnnoiseModule = {
    HEAPF32: memory,
    _malloc: () => 0,
    _rnnoise_create() {
      alive.add(++created);
      return created;
    },
    _rnnoise_destroy(state) {
      if (!alive.delete(state)) throw new Error(`state ${state} was freed twice`);
    },
    _rnnoise_process_frame: () => 0.5,
  };
  return { module, alive };
}

test('gives the same to the bit on every runtime', () => {
  const random = new Random(3);
  const samples = Float32Array.from({ length: 200 * 480 }, (_, n) => {
    const voice = n % 24_000 < 12_000 ? ((n % 400) / 400 - 0.5) * 0.4 : 0;
    return voice + (random.uniform() - 0.5) * 0.05;
  });
  const { out, probabilities } = denoised(rnnoise.createState(), samples);
  const digest = createHash('sha256').update(new Uint8Array(out.buffer));
  digest.update(new Uint8Array(Float64Array.from(probabilities).buffer));
  expect(digest.digest('hex').slice(0, 16)).toBe('09201d946c729818');
});

test('keeps states apart', () => {
  const [first, second] = [rnnoise.createState(), rnnoise.createState()];
  const [a, b] = [noiseAt('white', -30, 0.5), noiseAt('pink', -20, 0.5)];
  const [outA, outB] = [a.slice(), b.slice()];
  for (let n = 0; n < a.length; n += 480) {
    first.denoise(outA.subarray(n, n + 480));
    second.denoise(outB.subarray(n, n + 480));
  }
  expect(outA).toEqual(denoised(rnnoise.createState(), a).out);
  expect(outB).toEqual(denoised(rnnoise.createState(), b).out);
});

describe('a new state', () => {
  test('is silent', () => {
    const { out, probabilities } = denoised(rnnoise.createState(), new Float32Array(9_600));
    expect(Math.max(...out.map(Math.abs))).toBeLessThan(1e-4);
    expect(Math.max(...probabilities)).toBe(0);
  });

  test.each([
    ['white', -50],
    ['white', -30],
    ['pink', -40],
    ['pink', -20],
    ['fan', -30],
  ] as const)('knows %s noise at %i dBFS for noise at once', (kind, levelDb) => {
    const samples = noiseAt(kind, levelDb, 1.5, 4);
    const { out, probabilities } = denoised(rnnoise.createState(), samples);
    const whole = [[0, out.length]] as const;
    expect(decibels(Math.sqrt(powerIn(samples, whole) / powerIn(out, whole)))).toBeGreaterThan(12);
    const late = [[rateHz / 2, out.length]] as const;
    expect(decibels(Math.sqrt(powerIn(samples, late) / powerIn(out, late)))).toBeGreaterThan(18);
    expect(probabilities.filter((probability) => probability > 0.5).length).toBeLessThan(10);
  });
});

test('does not take noise that goes on and on for speech', () => {
  const { out, probabilities } = denoised(rnnoise.createState(), noiseAt('pink', -40, 12));
  expect(probabilities.slice(50).filter((probability) => probability > 0.5)).toEqual([]);
  expect(out.every(Number.isFinite)).toBe(true);
});

test('takes NaN and infinities for silence, and what is far too loud for as loud as may be', () => {
  const clean = noiseAt('white', -30, 0.3);
  const wrong = clean.slice();
  const right = clean.slice();
  for (const [n, value] of [
    [700, Number.NaN],
    [701, Number.POSITIVE_INFINITY],
    [5000, Number.NEGATIVE_INFINITY],
  ] as const) {
    wrong[n] = value;
    right[n] = 0;
  }
  wrong[9000] = 3e38;
  right[9000] = 16;
  const [a, b] = [denoised(rnnoise.createState(), wrong), denoised(rnnoise.createState(), right)];
  expect(a).toEqual(b);
  expect(a.out.every(Number.isFinite)).toBe(true);
});

test('goes on when the memory has grown', async () => {
  const module = await instantiate({ printErr: () => {} });
  const state = new Rnnoise(module).createState();
  const samples = noiseAt('white', -30, 0.2);
  const [before, after] = [samples.slice(0, 4_800), samples.slice(4_800)];
  denoised(state, before);
  const old = module.HEAPF32;
  module._malloc(64 << 20);
  expect(module.HEAPF32).not.toBe(old);
  const other = rnnoise.createState();
  denoised(other, before);
  expect(denoised(state, after)).toEqual(denoised(other, after));
});

describe('memory', () => {
  test('is given back by closing, so that a thousand states after one another need the room of a few', async () => {
    const module = await instantiate({ printErr: () => {} });
    const room = module.HEAPF32.buffer.byteLength;
    const own = new Rnnoise({
      ...module,
      // What a state does is not the point here, and a thousand warm-ups would take four seconds.
      _rnnoise_process_frame: () => 0,
    });
    for (let round = 0; round < 8; round++) {
      const states = Array.from({ length: 200 }, () => own.createState());
      for (const state of states) state.close();
    }
    expect(module.HEAPF32.buffer.byteLength).toBe(room);
  });

  test('is given back once', () => {
    const { module, alive } = countingModule();
    const state = new Rnnoise(module).createState();
    expect(alive.size).toBe(1);
    state.close();
    state.close();
    expect(alive.size).toBe(0);
  });

  const gc = garbageCollector();
  test.runIf(gc)('of a state that was forgotten is given back with it', async () => {
    const { module, alive } = countingModule();
    const own = new Rnnoise(module);
    const kept = own.createState();
    for (let n = 0; n < 50; n++) own.createState();
    for (let tries = 0; tries < 50 && alive.size > 1; tries++) {
      gc?.();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    // An engine may take one of them for reachable.
    expect(alive.size).toBeLessThan(10);
    expect(kept.denoise(new Float32Array(480))).toBe(0.5);
    kept.close();
  });
});

test('refuses frames of another length and closed states', () => {
  const state = rnnoise.createState();
  expect(() => state.denoise(new Float32Array(441))).toThrow(/480 samples, received 441/);
  state.close();
  expect(() => state.denoise(new Float32Array(480))).toThrow(TypeError);
});

/** Where a runtime lets itself be asked to collect. */
function garbageCollector(): (() => void) | undefined {
  if ('Bun' in globalThis)
    return () => (globalThis as unknown as { Bun: { gc(force: boolean): void } }).Bun.gc(true);
  try {
    setFlagsFromString('--expose-gc');
    return runInNewContext('gc') as () => void;
  } catch {
    return undefined;
  }
}
