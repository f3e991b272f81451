import * as Plot from '@observablehq/plot';
import type { Figure, Panel } from '../../plots/figure.ts';
import { gameStyle, type Style } from '../../plots/palette.ts';
import { PUBLISHED_CRITICAL_N, publishedFit } from './published.ts';
import type { CriticalN, CyclicRow, FreeEmbeddingRun } from './tables.ts';

/** What the retrieval study found. */
export interface RetrievalResults {
  readonly critical: readonly CriticalN[];
  readonly small: readonly FreeEmbeddingRun[];
  readonly cyclic: readonly CyclicRow[];
}

const MEASURED: Style = gameStyle('union');
const PUBLISHED: Style = gameStyle('star');
const CYCLIC: Style = gameStyle('symdiff');
const FLOAT: Style = gameStyle('set');

const LAYOUT = { marginLeft: 54, marginRight: 20, marginTop: 24, marginBottom: 40 } as const;

/** Critical n by d, recall on LIMIT-small by d, and what the cyclic polytope realises. */
export function retrievalFigure(results: RetrievalResults): Figure {
  return {
    title: 'How many documents can have every pair on top?',
    subtitle: [
      'free vectors, trained on every pair of n documents, against what geometry allows: in 4 dimensions, all pairs of any number of documents',
      'published: arXiv 2508.21038; cyclic polytope: arXiv 2601.20844, checked in integers',
    ],
    panels: [criticalPanel(results.critical), smallPanel(results), cyclicPanel(results.cyclic)],
    legendTitle: 'vectors',
    legend: [
      { label: 'free, trained', style: MEASURED },
      { label: 'free, published', style: PUBLISHED },
      { label: 'cyclic, exact', style: CYCLIC },
      { label: 'cyclic, float32', style: FLOAT },
    ],
  };
}

function criticalPanel(critical: readonly CriticalN[]): Panel {
  const dims = critical.map(({ d }) => d);
  const [least, most] = [Math.min(...dims), Math.max(...dims)];
  const fit = Array.from({ length: Math.max(0, most - 3) }, (_, i) => i + 4);
  const published = [...PUBLISHED_CRITICAL_N].filter(([d]) => d <= most);
  const best = [...new Set(dims)].map((d) => ({
    d,
    criticalN: Math.max(...critical.filter((row) => row.d === d).map((row) => row.criticalN)),
  }));
  return {
    heading: 'critical n: most documents whose pairs are all learned',
    options: {
      ...LAYOUT,
      x: { label: 'dimension d →', domain: [least - 0.5, most + 0.5], ticks: most - least },
      y: { label: '↑ documents', zero: true, grid: true },
      marks: [
        Plot.ruleX([4], { stroke: CYCLIC.light, strokeDasharray: CYCLIC.dash, strokeWidth: 1.5 }),
        Plot.text([4], {
          x: (d: number) => d,
          text: () => 'd = 4: every n (cyclic)',
          frameAnchor: 'top',
          textAnchor: 'start',
          dx: 6,
          dy: 4,
        }),
        Plot.line(fit, {
          x: (d: number) => d,
          y: publishedFit,
          stroke: PUBLISHED.light,
          strokeDasharray: PUBLISHED.dash,
        }),
        Plot.dot(published, { fill: PUBLISHED.light, symbol: PUBLISHED.symbol, r: 5 }),
        Plot.line(best, { x: 'd', y: 'criticalN', stroke: MEASURED.light, strokeWidth: 2 }),
        Plot.dot(critical, { x: 'd', y: 'criticalN', fill: MEASURED.light, r: 3 }),
      ],
    },
  };
}

function smallPanel({ small, cyclic }: RetrievalResults): Panel {
  const byDim = [...new Set(small.map(({ d }) => d))].map((d) => ({
    d,
    accuracy: Math.max(...small.filter((row) => row.d === d).map((row) => row.accuracy)),
  }));
  const [{ n = 46, queries = 1000 } = {}] = small;
  const exact = cyclic.filter(
    ({ arithmetic, m, k }) => arithmetic === 'exact' && m === n && k === 2,
  );
  return {
    heading: `LIMIT-small: ${n} documents, ${queries} queries`,
    options: {
      ...LAYOUT,
      x: { label: 'dimension d →' },
      y: { label: '↑ recall@2 (%)', domain: [0, 100], percent: true, grid: true },
      marks: [
        Plot.line(byDim, { x: 'd', y: 'accuracy', stroke: MEASURED.light, strokeWidth: 2 }),
        Plot.dot(small, { x: 'd', y: 'accuracy', fill: MEASURED.light, r: 3 }),
        Plot.dot(exact, {
          x: 'dimension',
          y: ({ realised, subsets }: CyclicRow) => realised / subsets,
          fill: CYCLIC.light,
          symbol: CYCLIC.symbol,
          r: 6,
        }),
      ],
    },
  };
}

function cyclicPanel(cyclic: readonly CyclicRow[]): Panel {
  const pairs = cyclic.filter(({ k }) => k === 2);
  const missed = ({ realised, subsets }: CyclicRow) => 1 - realised / subsets;
  return {
    heading: 'cyclic polytope, d = 4: pairs missed',
    options: {
      ...LAYOUT,
      x: {
        type: 'log',
        label: 'documents →',
        ticks: [5, 10, 20, 50, 100, 200],
        tickFormat: String,
      },
      y: { label: '↑ subsets of size ≤ 2 not on top (%)', percent: true, zero: true, grid: true },
      marks: (['exact', 'float32'] as const).flatMap((arithmetic) => {
        const rows = pairs.filter((row) => row.arithmetic === arithmetic);
        const { light, dash, symbol } = arithmetic === 'exact' ? CYCLIC : FLOAT;
        return [
          Plot.line(rows, {
            x: 'm',
            y: missed,
            stroke: light,
            strokeWidth: 2,
            strokeDasharray: dash,
          }),
          Plot.dot(rows, { x: 'm', y: missed, fill: light, symbol, r: 5 }),
        ];
      }),
    },
  };
}
