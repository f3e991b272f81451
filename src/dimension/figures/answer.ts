import * as Plot from '@observablehq/plot';
import type { Figure, Panel } from '../../plots/figure.ts';
import { type Style, seriesStyle } from '../../plots/palette.ts';
import { type Answer, count } from '../answer/answer.ts';
import { totalBits } from '../answer/by-bits.ts';
import { untilExact } from '../answer/by-dimension.ts';
import type { BudgetRow, OwnVectorsRow } from '../tables.ts';

const HELD_OUT: Style = seriesStyle(0);
const FITTED: Style = seriesStyle(1);
const SECOND: Style = seriesStyle(2);
const THIRD: Style = seriesStyle(3);
const FOURTH: Style = seriesStyle(4);
const STYLES = [HELD_OUT, FITTED, SECOND, THIRD, FOURTH] as const;

const LAYOUT = { marginLeft: 54, marginRight: 24, marginTop: 24, marginBottom: 40 } as const;
const TICKS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384];
const RECALL = { label: '↑ recall@|S| (%)', domain: [0, 100], percent: true, grid: true } as const;

/** Recall and KL by dimension, recall by bits and by vectors per item, and of the reader's vectors. */
export function answerFigure(whole: Answer): Figure {
  const answer = { ...whole, byDimension: untilExact(whole.byDimension) };
  const { summary, bits99, vectors, own, byBits } = answer;
  const panels = [recallPanel(answer), klPanel(answer)];
  if (byBits.length > 0) panels.push(bitsPanel(answer));
  if (vectors.length > 0) panels.push(vectorsPanel(vectors));
  if (own.length > 0) panels.push(ownPanel(answer, own));
  return {
    title: 'How many dimensions do these judgements need?',
    subtitle: [
      `${answer.file}: ${count(summary.queries)} queries, ${count(summary.heldOut)} of them held out, ${count(summary.items)} items`,
      `recall 0.90 from d = ${answer.d90.d ?? '?'}, 0.99 from d = ${answer.d99.d ?? '?'}${bits99 ? `; ${totalBits(bits99)} bits per item are enough` : ''}`,
    ],
    panels,
    columns: 2,
    legendTitle: 'free vectors',
    legend: [
      { label: 'held-out queries', style: HELD_OUT },
      { label: 'fitted queries', style: FITTED },
    ],
  };
}

const dimensions = (values: readonly number[]) => ({
  type: 'log' as const,
  // In base 10 the labels of 4, 8, 64 would be left out.
  base: 2,
  label: 'dimension d →',
  ticks: TICKS.filter((tick) => tick >= Math.min(...values) && tick <= Math.max(...values)),
  tickFormat: String,
});

function recallPanel({ byDimension, d90, d99 }: Answer): Panel {
  const marked = [d90, d99].flatMap(({ d, recall }) => (d === undefined ? [] : [{ d, recall }]));
  return {
    heading: 'what free vectors of d numbers reach; band: 95 % over the queries',
    options: {
      ...LAYOUT,
      x: dimensions(byDimension.map(({ d }) => d)),
      y: RECALL,
      marks: [
        Plot.areaY(byDimension, {
          x: 'd',
          y1: 'recallLow',
          y2: 'recallHigh',
          fill: HELD_OUT.light,
          fillOpacity: 0.2,
        }),
        Plot.line(byDimension, line('d', 'recallFitted', FITTED)),
        Plot.line(byDimension, line('d', 'recall', HELD_OUT)),
        Plot.dot(byDimension, { x: 'd', y: 'recall', fill: HELD_OUT.light, r: 3.5 }),
        Plot.ruleX(marked, { x: 'd', strokeDasharray: '3 3', strokeOpacity: 0.5 }),
        Plot.text(marked, {
          x: 'd',
          y: ({ recall }: { recall: number }) => (recall < 0.95 ? 0.06 : 0),
          text: ({ d, recall }: { d: number; recall: number }) => `d${100 * recall} = ${d}`,
          textAnchor: 'start',
          dx: 4,
          dy: -8,
        }),
      ],
    },
  };
}

function klPanel({ byDimension }: Answer): Panel {
  return {
    heading: 'KL from the softmax of the scores to the uniform distribution over the items',
    options: {
      ...LAYOUT,
      x: dimensions(byDimension.map(({ d }) => d)),
      y: { label: '↑ nats', zero: true, grid: true },
      marks: [
        Plot.line(byDimension, line('d', 'klFitted', FITTED)),
        Plot.line(byDimension, line('d', 'kl', HELD_OUT)),
        Plot.dot(byDimension, { x: 'd', y: 'kl', fill: HELD_OUT.light, r: 3.5 }),
      ],
    },
  };
}

/** A line for each number of bits, its best rounding at every dimension. */
function bitsPanel({ byBits }: Answer): Panel {
  const rows = byBits.map(({ total, best }) => ({ total, ...best }));
  return {
    heading: 'the best use of so many bits per item: numbers x bits',
    options: {
      ...LAYOUT,
      x: { ...dimensions(rows.map(({ total }) => total)), label: 'bits per item →' },
      y: RECALL,
      marks: [
        Plot.line(rows, line('total', 'recall', HELD_OUT)),
        Plot.dot(rows, { x: 'total', y: 'recall', fill: HELD_OUT.light, r: 3.5 }),
        Plot.text(
          rows.filter((row, i) => i === 0 || row.recall > rows[i - 1].recall),
          {
            x: 'total',
            y: 'recall',
            text: ({ d, bits }: BudgetRow) => `${d}x${bits}`,
            dy: 12,
          },
        ),
      ],
    },
  };
}

function vectorsPanel(vectors: readonly BudgetRow[]): Panel {
  const counts = [...new Set(vectors.map(({ pieces }) => pieces))].sort((a, b) => a - b);
  return {
    heading: `MaxSim of ${counts.join(', ')} vectors per item and query at equal floats`,
    options: {
      ...LAYOUT,
      x: { ...dimensions(vectors.map(({ d }) => d)), label: 'floats per item →' },
      y: RECALL,
      marks: counts.flatMap((pieces, i) => {
        const rows = vectors.filter((row) => row.pieces === pieces);
        const style = STYLES[i % STYLES.length];
        return [
          Plot.line(rows, line('d', 'recall', style)),
          Plot.dot(rows, { x: 'd', y: 'recall', fill: style.light, symbol: style.symbol, r: 3.5 }),
          Plot.text(rows.slice(0, 1), { x: 'd', y: 'recall', text: () => String(pieces), dx: -10 }),
        ];
      }),
    },
  };
}

function ownPanel({ byDimension }: Answer, own: readonly OwnVectorsRow[]): Panel {
  const most = Math.max(...own.map(({ d }) => d));
  const floor = byDimension.filter(({ d }) => d <= 2 * most);
  const methods = ['truncation', 'PCA', 'learnt map'];
  const series = methods.flatMap((method, i) =>
    ['own', 'free'].map((queries) => ({
      style: STYLES[(i + 1) % STYLES.length],
      label: `${method}, ${queries === 'own' ? 'your' : 'the best'} queries`,
      // Whole vectors are where every reduction ends.
      rows: own
        .filter((row) => row.queries === queries && [method, 'as given'].includes(row.method))
        .sort((a, b) => a.d - b.d),
    })),
  );
  return {
    heading: 'your vectors, reduced; black: free vectors',
    options: {
      ...LAYOUT,
      x: dimensions([...own.map(({ d }) => d), ...floor.map(({ d }) => d)]),
      y: RECALL,
      marks: [
        Plot.line(floor, line('d', 'recall', HELD_OUT)),
        ...series.flatMap(({ style, label, rows }, i) => [
          Plot.line(rows, line('d', 'recall', style)),
          Plot.dot(rows, { x: 'd', y: 'recall', fill: style.light, symbol: style.symbol, r: 3 }),
          Plot.text(rows.slice(-1), {
            x: 'd',
            y: 'recall',
            text: () => label,
            fill: style.light,
            textAnchor: 'end',
            dx: -8,
            dy: label.includes('your') ? -12 - 7 * i : 12 + 7 * i,
          }),
        ]),
      ],
    },
  };
}

const line = (x: string, y: string, { light, dash }: Style) => ({
  x,
  y,
  stroke: light,
  strokeWidth: 2,
  strokeDasharray: dash,
});
