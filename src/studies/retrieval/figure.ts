import * as Plot from '@observablehq/plot';
import { PUBLISHED_CRITICAL_N, publishedFit } from '../../claims/critical-n.ts';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import type { Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { AMBER, BLUE, curve, GREY, MAGENTA, MARGINS } from '../drawing.ts';
import type { CriticalNRow, CyclicRow, RetrievalEvidence } from './tables.ts';

const MEASURED: Style = BLUE;
const PUBLISHED: Style = AMBER;
const CYCLIC: Style = MAGENTA;
const FLOAT: Style = GREY;

/** Critical n by d, recall on LIMIT-small by d, and the pairs that the cyclic polytope misses. */
export function retrievalFigure(evidence: RetrievalEvidence, scheme: Scheme): string {
  return drawSvg(
    {
      title: 'For how many documents can every pair be ranked on top?',
      subtitle: [
        'free vectors trained on every pair of n documents, against what geometry allows: 4 dimensions are enough for any number of documents',
        'published: arXiv 2508.21038; cyclic polytope: arXiv 2601.20844, checked in integers',
      ],
      panels: [
        criticalNPanel(evidence.criticalN),
        limitSmallPanel(evidence),
        cyclicPanel(evidence.cyclic),
      ],
      legendTitle: 'vectors',
      legend: [
        { label: 'free, trained', style: MEASURED },
        { label: 'free, published', style: PUBLISHED },
        { label: 'cyclic, exact', style: CYCLIC },
        { label: 'cyclic, float32', style: FLOAT },
      ],
    },
    scheme,
  );
}

function criticalNPanel(rows: readonly CriticalNRow[]): Panel {
  const dims = rows.map(({ d }) => d);
  const [least, most] = [Math.min(...dims), Math.max(...dims)];
  const fit = Array.from({ length: Math.max(0, most - 3) }, (_, i) => i + 4);
  const published = [...PUBLISHED_CRITICAL_N].filter(([d]) => d <= most);
  const best = [...new Set(dims)].map((d) => ({
    d,
    criticalN: Math.max(...rows.filter((row) => row.d === d).map((row) => row.criticalN)),
  }));
  return {
    heading: 'critical n: largest number of documents with all pairs learned',
    options: {
      ...MARGINS,
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
        Plot.dot(rows, { x: 'd', y: 'criticalN', fill: MEASURED.light, r: 3 }),
      ],
    },
  };
}

function limitSmallPanel({ limitSmall, cyclic }: RetrievalEvidence): Panel {
  const byDim = [...new Set(limitSmall.map(({ d }) => d))].map((d) => ({
    d,
    accuracy: Math.max(...limitSmall.filter((row) => row.d === d).map((row) => row.accuracy)),
  }));
  const [{ n = 46, queries = 1000 } = {}] = limitSmall;
  const exact = cyclic.filter(
    ({ arithmetic, m, k }) => arithmetic === 'exact' && m === n && k === 2,
  );
  return {
    heading: `LIMIT-small: ${n} documents, ${queries} queries`,
    options: {
      ...MARGINS,
      x: { label: 'dimension d →' },
      y: { label: '↑ recall@2 (%)', domain: [0, 100], percent: true, grid: true },
      marks: [
        Plot.line(byDim, { x: 'd', y: 'accuracy', stroke: MEASURED.light, strokeWidth: 2 }),
        Plot.dot(limitSmall, { x: 'd', y: 'accuracy', fill: MEASURED.light, r: 3 }),
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
      ...MARGINS,
      x: {
        type: 'log',
        label: 'documents →',
        ticks: [5, 10, 20, 50, 100, 200],
        tickFormat: String,
      },
      y: { label: '↑ subsets of size ≤ 2 not on top (%)', percent: true, zero: true, grid: true },
      marks: (['exact', 'float32'] as const).flatMap((arithmetic) => {
        const rows = pairs.filter((row) => row.arithmetic === arithmetic);
        const style = arithmetic === 'exact' ? CYCLIC : FLOAT;
        return curve(rows, { x: 'm', y: missed, style, radius: 5 });
      }),
    },
  };
}
