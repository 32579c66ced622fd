/**
 * Our resamplers and the published ones side by side: speed, purity, exactness, framing, and a whole client; and whether the
 * targets are met, on the runtime that runs it.
 *
 *     npm run bench -- kernels [--quick] [--json FILE] [--docs [FILE...]]
 *
 * `--docs` writes docs/kernels.md and docs/kernels.svg, from the files of former runs where some are named, first the one
 * that fills the tables; nothing is measured then.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { parseArgs } from 'node:util';
import { currentRuntime } from '../src/loops/runtime.ts';
import { candidates, ownResamplers, references, tiers } from './kernels/candidates.ts';
import { measureClient } from './kernels/client.ts';
import { writeDocument } from './kernels/document.ts';
import { checkExactness } from './kernels/exactness.ts';
import { measureFraming } from './kernels/framing.ts';
import {
  measureQuality,
  measureResponse,
  type QualityFigure,
  type ResponseCurve,
} from './kernels/quality.ts';
import { pairName, pairs, type RatePair } from './kernels/rate-pairs.ts';
import { type Results, runtimeName } from './kernels/results.ts';
import { measureSpeed, type SpeedFigure } from './kernels/speed.ts';
import { inTerminal, tablesOf } from './kernels/tables.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, json: { type: 'string' }, docs: { type: 'boolean' } },
});
const { quick = false, json, docs = false } = values;

const rounds = quick ? { rounds: 5, sampleMs: 6 } : { rounds: 15, sampleMs: 20 };
const toneMs = quick ? 100 : 1000;
const clientOptions = quick ? { seconds: 1.5, runs: 1 } : { seconds: 6, runs: 2 };

/** What kind of machine, without its name. */
function machine(): string {
  const cores = cpus().length;
  return `${cores} core${cores === 1 ? '' : 's'}, ${arch()}, ${platform()}`;
}

function say(what: string): void {
  console.error(`measuring ${what}`);
}

async function speedOfAll(): Promise<SpeedFigure[]> {
  const figures: SpeedFigure[] = [];
  for (const pair of pairs) {
    say(`speed, ${pairName(pair)}`);
    for (const blockMs of [20, 10]) figures.push(...(await measureSpeed(candidates, pair, blockMs, rounds)));
  }
  return figures;
}

async function qualityOfAll(): Promise<QualityFigure[]> {
  const figures: QualityFigure[] = [];
  for (const pair of pairs) {
    say(`purity, ${pairName(pair)}`);
    for (const candidate of candidates.filter(({ takes }) => takes(pair))) {
      figures.push(await measureQuality(candidate, pair, toneMs));
    }
  }
  return figures;
}

async function responsesOfTiers(): Promise<ResponseCurve[]> {
  say('responses of the tiers');
  const curves: ResponseCurve[] = [];
  for (const candidate of candidates) {
    if (![...tiers, references.medium].includes(candidate.name)) continue;
    curves.push(await measureResponse(candidate, pairs[0] as RatePair));
  }
  return curves;
}

async function measure(): Promise<Results> {
  say('a whole client');
  const client = await measureClient(clientOptions);
  // Before the packages have filled the heap, which would be collected in between.
  say('framing');
  const framing = measureFraming(rounds);
  const speed = await speedOfAll();
  const quality = await qualityOfAll();
  const responses = await responsesOfTiers();
  say('exactness');
  const exactness = checkExactness(ownResamplers);
  return {
    runtime: currentRuntime(),
    machine: machine(),
    quick,
    candidates: candidates.map(({ name, ours }) => ({ name, ours })),
    speed,
    quality,
    responses,
    exactness,
    framing,
    client,
  };
}

const kept = positionals.map((file): Results => JSON.parse(readFileSync(file, 'utf8')));
const [first, ...others] = kept.length > 0 ? kept : [await measure()];
if (first && kept.length === 0) {
  console.log(`${runtimeName(first)}, ${first.machine}${quick ? ', quick' : ''}\n`);
  console.log(tablesOf(first).map(inTerminal).join('\n\n'));
}
if (first && json !== undefined) writeFileSync(json, `${JSON.stringify(first)}\n`);
if (first && docs) writeDocument([first, ...others]);
