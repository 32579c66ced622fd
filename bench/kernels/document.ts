/**
 * Writes docs/kernels.md and docs/kernels.svg from what runs have measured.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { references, type Tier, tiers } from './candidates.ts';
import { drawPlots } from './plots.ts';
import { nyquistHz, pairName, pairs, type RatePair } from './rate-pairs.ts';
import { qualityOf, type Results, runtimeName, speedUp } from './results.ts';
import {
  clientTable,
  downTable,
  framingTable,
  inMarkdown,
  microsecondTable,
  speedUpTable,
  type Table,
  targetTable,
  upTable,
} from './tables.ts';
import { verdicts } from './targets.ts';

const purposes: Readonly<Record<Tier, string>> = {
  fast: 'many streams on little hardware; telephone speech',
  std: 'the default: as flat as libsamplerate medium, and cleaner',
  wide: 'more of the top octave for some more delay',
  hq: 'recordings that are kept, music',
  best: 'measuring: as clean as 32-bit sums allow',
  'half-band':
    'speech recognition at 48↔24 kHz: least work and least delay, aliases only into the top 1.6 kHz',
};

const down = pairs[0] as RatePair;

function tierTable(results: Results): Table {
  return {
    title: 'Tiers',
    header: [
      'tier',
      'flat to, of 12 kHz',
      'worst alias 48→24',
      ...pairs.map((pair) => `ms ${pairName(pair)}`),
      'for',
    ],
    rows: tiers.map((tier) => {
      const figure = qualityOf(results, tier, down);
      const kHz = ((figure?.edge01 ?? Number.NaN) * nyquistHz(down)) / 1000;
      const alias = figure?.aliasDb?.[tier === 'half-band' ? 2 : 0]?.toFixed(0).replace('-', '−');
      return [
        `\`${tier}\``,
        `${kHz.toFixed(1)} kHz`,
        tier === 'half-band' ? `${alias} dB above 13.6 kHz` : `${alias} dB`,
        ...pairs.map((pair) => qualityOf(results, tier, pair)?.latencyMs.toFixed(2) ?? '–'),
        purposes[tier],
      ];
    }),
    words: [0, 3 + pairs.length],
  };
}

/** One row for each tier and pair, one column for each run. */
function runtimeTable(runs: readonly Results[]): Table {
  return {
    title: 'Runtimes',
    header: ['tier, kHz', ...runs.map(runtimeName)],
    rows: tiers.flatMap((tier) =>
      pairs.flatMap((pair) => {
        const cells = runs.map((run) => speedUp(run, tier, pair)?.toFixed(0));
        return cells.some((cell) => cell !== undefined)
          ? [[`${tier} ${pairName(pair)}`, ...cells.map((cell) => cell ?? '–')]]
          : [];
      }),
    ),
  };
}

/** What each run says of each claim. */
function targetRuntimeTable(runs: readonly Results[]): Table {
  const all = runs.map(verdicts);
  return {
    title: 'Targets',
    header: ['', 'claim', 'wanted', ...runs.map(runtimeName)],
    rows: (all[0] ?? []).map(({ target, what, wanted }, i) => [
      String(target),
      what,
      [...new Set(all.map((claims) => claims[i]?.wanted ?? wanted))].join(' or '),
      ...all.map((claims) => {
        const { measured = '–', met } = claims[i] ?? {};
        return `${measured}${met === undefined ? '' : met ? ' ✓' : ' ✗'}`;
      }),
    ]),
    words: [0, 1, 2, ...runs.map((_, i) => 3 + i)],
  };
}

function section(title: string, ...paragraphs: readonly string[]): string {
  return [`## ${title}`, ...paragraphs].join('\n\n');
}

function titled(table: Table): string {
  return `**${table.title}**\n\n${inMarkdown(table)}`;
}

/** @param runs one for each runtime, first the one whose figures fill the tables and the plots */
function documentOf(runs: readonly [Results, ...Results[]]): string {
  const [main, ...others] = runs;
  return `${[
    '# The kernels, measured',
    `Made by \`npm run bench -- kernels --docs\`, not by hand. Figures of ${runtimeName(main)} on ${main.machine}${
      main.quick ? ', **a quick run: only indicative**' : ''
    }.`,
    '![Speed against worst alias of every resampler, and the responses of the tiers](kernels.svg)',
    section(
      'Tiers',
      'A tier is a filter: how far it is flat, how much it lets alias, and what delay that takes (`resampler({ fromHz, toHz, tier })`). Each is exact: the same bits however the input is cut, every block gives what is due, `end` gives the tail.',
      inMarkdown(tierTable(main)),
      '`adjustable` is `adjustableResampler` in its tier `std`: its ratio may move by a thousandth while it runs, for clocks that drift.',
    ),
    section(
      'Speed',
      `How many times faster than ${references.medium}, which resamples a block of 20 ms in the same round; ours are in bold.`,
      inMarkdown(speedUpTable(main)),
      titled(microsecondTable(main)),
      titled(speedUpTable(main, 10)),
      ...(others.length > 0
        ? [
            `The tiers on other runtimes, times faster than ${references.medium} there:`,
            inMarkdown(runtimeTable(runs)),
          ]
        : []),
    ),
    section(
      'Purity',
      ...pairs.filter(({ fromHz, toHz }) => toHz < fromHz).map((pair) => titled(downTable(main, pair))),
      titled(upTable(main)),
    ),
    section(
      'Framing',
      'From float samples to the text that is sent, and from the text that is received to its bytes, and to float samples; JSON is `JSON.stringify` of the same bytes, and `JSON.parse` with `Buffer.from`, and for samples a loop behind it.',
      inMarkdown(framingTable(main)),
    ),
    section(
      'A whole client',
      `Real sockets on loopback, no TLS: 48 kHz capture, resampled, framed and sent 50 times a second; an answer of 100 ms for every fifth frame, read and resampled to 48 kHz. What a frame costs depends on how many streams the client has, and more so in ours, where resampling is a small part of it. So there are two loads: the same few streams in both clients, and for each client its own number, which fills a good part of a core. Both count as claims below.`,
      inMarkdown(clientTable(main)),
    ),
    section('Targets', inMarkdown(others.length > 0 ? targetRuntimeTable(runs) : targetTable(main))),
    method,
  ].join('\n\n')}\n`;
}

const method = section(
  'Method',
  `_Speed._ All candidates are in one process and take turns: in every round each runs for some tens of milliseconds, timed by the \`benchmark\` package, and another comes first. Two rounds warm up. Times are medians of the rounds, and ratios are medians of the rounds' own ratios: what disturbs the machine disturbs both sides of a ratio. The samples are white noise. Ours are measured as a user has them, blocks pushed through the stage; the others by their bare call for a block.`,
  `_Purity._ One sine at a time, at 0.9 of full scale, for a second in blocks of 20 ms; the first 60 ms are left out. A sine of the same frequency is fitted by least squares, and what is not the sine is the residual. Tones above half the new rate should vanish: what comes out is the alias, the worst of 23 tones. Fractions are of half the lower rate. Edges are found by bisection. Latency is what is held back of the input at the worst, plus the delay of a 50 Hz tone.`,
  `_Client._ Server and client are processes of their own; the client runs anew with each resampler in turn, and its CPU time (user and system) is divided by the frames it sent. Streams a core are 20 ms divided by that. Both use our framing and sockets. The ratio depends on the load: each row says how many streams there were.`,
  [
    '```sh',
    'npm run bench -- kernels             # the whole run, two to three minutes',
    'npm run bench -- kernels --quick     # a coarse one, half a minute',
    'npm run bench -- kernels --json node.json',
    'deno run -A bench/run.ts kernels --json deno.json',
    'bun bench/run.ts kernels --json bun.json',
    'npm run bench -- kernels --docs node.json deno.json bun.json   # this page, from kept figures',
    '```',
  ].join('\n'),
);

/** Writes the page and its pictures into docs. */
export function writeDocument(runs: readonly [Results, ...Results[]]): void {
  const docs = new URL('../../docs/', import.meta.url);
  writeFileSync(new URL('kernels.svg', docs), drawPlots(runs[0]));
  writeFileSync(new URL('kernels.md', docs), documentOf(runs));
}
