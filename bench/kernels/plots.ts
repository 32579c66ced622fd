/**
 * Two pictures in one SVG: speed against purity of every resampler, and where the tiers' pass bands end.
 *
 * @module
 */
import { type EChartsOption, init, type SeriesOption } from 'echarts';
import { references } from './candidates.ts';
import { pairs, type RatePair } from './rate-pairs.ts';
import { qualityOf, type Results, speedUp } from './results.ts';

const [width, height] = [900, 1060];
const pair = pairs[0] as RatePair;
const ink = '#333';
const faint = '#ddd';
/** Okabe and Ito's, which the colour-blind tell apart. */
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const ownColour = '#0072b2';
const peerColour = '#d55e00';

/** Where a label does not stand at the right of its point, so that neighbours do not write over each other. */
const labelSides: Readonly<Record<string, 'left' | 'top' | 'bottom'>> = {
  'half-band': 'top',
  'libsamplerate-js medium': 'left',
  'libsamplerate-js fastest': 'top',
  'speex (SIMD) q7': 'left',
  'speex-resampler (int16) q7': 'bottom',
};

/** The half-band filter aliases into its transition by design: it is judged from where that ends. */
function worstAliasDb(results: Results, name: string): number | undefined {
  const { aliasDb } = qualityOf(results, name, pair) ?? {};
  return aliasDb?.[name === 'half-band' ? 2 : 0];
}

function pointsOf(results: Results, ours: boolean) {
  return results.candidates
    .filter((candidate) => candidate.ours === ours)
    .flatMap(({ name }) => {
      const [x, y] = [speedUp(results, name, pair), worstAliasDb(results, name)];
      if (x === undefined || y === undefined) return [];
      const short = name.replace(/^@\w+\/([a-z]+)[^ ]* /, '$1 ');
      const label = { position: labelSides[short] ?? ('right' as const) };
      return [{ name: short === 'half-band' ? 'half-band (from 13.6 kHz)' : short, value: [x, y], label }];
    });
}

function scatter(results: Results, ours: boolean): SeriesOption {
  return {
    type: 'scatter',
    name: ours ? 'voiceloop' : 'others',
    xAxisIndex: 0,
    yAxisIndex: 0,
    symbolSize: ours ? 14 : 11,
    symbol: ours ? 'circle' : 'diamond',
    itemStyle: { color: ours ? ownColour : peerColour },
    label: { show: true, formatter: '{b}', color: ink, fontSize: 12 },
    data: pointsOf(results, ours),
  };
}

/** Tiers in colours, what they are compared with in grey and dashed. */
function curves(results: Results): SeriesOption[] {
  return results.responses.map(({ candidate, points }, i) => ({
    type: 'line',
    name: candidate,
    xAxisIndex: 1,
    yAxisIndex: 1,
    showSymbol: false,
    lineStyle: { width: 2, ...(candidate === references.medium ? { type: 'dashed' } : {}) },
    itemStyle: { color: candidate === references.medium ? '#777' : (palette[i % palette.length] ?? ink) },
    data: points.map(([fraction, db]) => [fraction, db]),
  }));
}

function axis(name: string, gridIndex: number) {
  return {
    name,
    gridIndex,
    nameLocation: 'middle' as const,
    nameTextStyle: { color: ink, fontSize: 13 },
    axisLabel: { color: ink, fontSize: 12 },
    axisLine: { show: true, onZero: false, lineStyle: { color: ink } },
    splitLine: { lineStyle: { color: faint } },
  };
}

function option(results: Results): EChartsOption {
  const title = (text: string, top: number) => ({
    text,
    top,
    left: 16,
    textStyle: { color: ink, fontSize: 16 },
  });
  const names = results.responses.map(({ candidate }) => candidate);
  return {
    animation: false,
    // White by itself, so that it reads on dark pages too.
    backgroundColor: '#fff',
    textStyle: { fontFamily: 'Helvetica, Arial, sans-serif' },
    title: [
      title('48→24 kHz: how fast, and how much aliases at the worst (right and up is better)', 12),
      title('48→24 kHz: the filters around half the new rate; beyond 1, what shows is the alias', 552),
    ],
    legend: [
      { data: ['voiceloop', 'others'], top: 38, left: 16, itemWidth: 14, textStyle: { color: ink } },
      { data: names, top: 578, left: 16, textStyle: { color: ink } },
    ],
    grid: [
      { left: 76, right: 60, top: 76, height: 396 },
      { left: 76, right: 36, top: 618, height: 370 },
    ],
    xAxis: [
      { type: 'log', min: 0.2, max: 200, ...axis(`times faster than ${references.medium}`, 0), nameGap: 30 },
      {
        type: 'value',
        min: 0.75,
        max: 1.2,
        ...axis('frequency as a fraction of half the new rate (1 is 12 kHz)', 1),
        nameGap: 30,
      },
    ],
    yAxis: [
      { type: 'value', inverse: true, scale: true, ...axis('worst alias, dB', 0), nameGap: 48 },
      { type: 'value', min: -160, max: 20, interval: 20, ...axis('level, dB', 1), nameGap: 48 },
    ],
    series: [scatter(results, true), scatter(results, false), ...curves(results)],
  };
}

/** As a text that needs no browser to be made. */
export function drawPlots(results: Results): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption(option(results));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}
