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
/** Of counts of vectors from the second on, and of methods. */
const STYLES = [FITTED, SECOND, THIRD, FOURTH] as const;

const LAYOUT = { marginLeft: 54, marginRight: 24, marginTop: 24, marginBottom: 40 } as const;
const TICKS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384];
const RECALL = { label: '↑ recall@|S| (%)', domain: [0, 100], percent: true, grid: true } as const;

/** Recall and KL by dimension, recall by bits and by vectors per item, and of the reader's vectors. */
export function answerFigure(whole: Answer): Figure {
  const answer = { ...whole, byDimension: untilExact(whole.byDimension) };
  const { summary, bits99, vectors, own, byBits } = answer;
  const panels = [recallPanel(answer), klPanel(answer)];
  if (byBits.length > 0) panels.push(bitsPanel(answer));
  const counts = vectorStyles(vectors);
  const methods = methodStyles(own);
  if (counts.length > 0) panels.push(vectorsPanel(vectors, counts));
  if (methods.length > 0) panels.push(ownPanel(answer, own, methods));
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
      ...counts.slice(1).map(({ label, style }) => ({ label, style })),
      ...methods.map(({ label, style }) => ({ label, style })),
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
        Plot.text(apart(rows.filter((row, i) => i === 0 || row.recall > rows[i - 1].recall)), {
          x: 'total',
          y: 'recall',
          text: ({ d, bits }: BudgetRow) => `${d}x${bits}`,
          textAnchor: 'start',
          dx: 6,
          dy: 12,
        }),
      ],
    },
  };
}

/** Rows whose labels have room beside the one before, on a logarithmic axis. */
export function apart<R extends { readonly total: number }>(rows: readonly R[]): readonly R[] {
  const kept: R[] = [];
  for (const row of rows) {
    if (row.total >= 1.25 * (kept.at(-1)?.total ?? 0)) kept.push(row);
  }
  return kept;
}

interface Series<T> {
  readonly value: T;
  readonly label: string;
  readonly style: Style;
}

/** One vector per item is what the other panels are about. */
function vectorStyles(vectors: readonly BudgetRow[]): readonly Series<number>[] {
  const counts = [...new Set(vectors.map(({ pieces }) => pieces))].sort((a, b) => a - b);
  return counts.map((value, i) => ({
    value,
    label: `${value} vectors per item`,
    style: i === 0 ? HELD_OUT : STYLES[(i - 1) % STYLES.length],
  }));
}

/** From the last style on, so that as few as can be are those of counts of vectors. */
function methodStyles(own: readonly OwnVectorsRow[]): readonly Series<string>[] {
  const methods = ['truncation', 'PCA', 'learnt map'];
  return methods
    .filter((method) => own.some((row) => row.method === method))
    .map((value, i) => ({ value, label: `your vectors, ${value}`, style: STYLES[3 - i] }));
}

function vectorsPanel(vectors: readonly BudgetRow[], counts: readonly Series<number>[]): Panel {
  return {
    heading: `MaxSim of ${counts.map(({ value }) => value).join(', ')} vectors per item and query at equal floats`,
    options: {
      ...LAYOUT,
      x: { ...dimensions(vectors.map(({ d }) => d)), label: 'floats per item →' },
      y: RECALL,
      marks: counts.flatMap(({ value, style }) => {
        const rows = vectors.filter(({ pieces }) => pieces === value);
        return [
          Plot.line(rows, line('d', 'recall', style)),
          Plot.dot(rows, { x: 'd', y: 'recall', fill: style.light, symbol: style.symbol, r: 3.5 }),
        ];
      }),
    },
  };
}

/** Recalls closer than this are named together: their labels would lie on each other. */
const CLOSE = 0.12;

function ownPanel(
  { byDimension }: Answer,
  own: readonly OwnVectorsRow[],
  methods: readonly Series<string>[],
): Panel {
  const most = Math.max(...own.map(({ d }) => d));
  const floor = byDimension.filter(({ d }) => d <= 2 * most);
  // Whole vectors are where every reduction ends.
  const rowsOf = (queries: string, method: string) =>
    own
      .filter((row) => row.queries === queries && [method, 'as given'].includes(row.method))
      .sort((a, b) => a.d - b.d);
  return {
    heading: 'your vectors, reduced; black: free vectors',
    options: {
      ...LAYOUT,
      x: dimensions([...own.map(({ d }) => d), ...floor.map(({ d }) => d)]),
      y: RECALL,
      marks: [
        Plot.line(floor, line('d', 'recall', HELD_OUT)),
        ...methods.flatMap(({ value, style }) =>
          ['own', 'free'].flatMap((queries) => {
            const rows = rowsOf(queries, value);
            const mark = { x: 'd', y: 'recall', fill: style.light, symbol: style.symbol, r: 3 };
            return [Plot.line(rows, line('d', 'recall', style)), Plot.dot(rows, mark)];
          }),
        ),
        Plot.text(queryLabels(own), {
          x: 'd',
          y: 'recall',
          text: 'label',
          textAnchor: 'end',
          dy: 16,
        }),
      ],
    },
  };
}

/** Whose queries the curves are with, at the whole vectors, where they meet. */
export function queryLabels(
  own: readonly OwnVectorsRow[],
): readonly { readonly d: number; readonly recall: number; readonly label: string }[] {
  const whole = own.filter(({ method }) => method === 'as given');
  const best = whole.find(({ queries }) => queries === 'free');
  const asIs = whole.find(({ queries }) => queries === 'own');
  const label = (row: OwnVectorsRow | undefined, text: string) =>
    row === undefined ? [] : [{ d: row.d, recall: row.recall, label: text }];
  if (best !== undefined && asIs !== undefined && Math.abs(best.recall - asIs.recall) < CLOSE) {
    return label(asIs.recall < best.recall ? asIs : best, 'with your queries, and with the best');
  }
  return [...label(best, 'with the best queries'), ...label(asIs, 'with your queries')];
}

const line = (x: string, y: string, { light, dash }: Style) => ({
  x,
  y,
  stroke: light,
  strokeWidth: 2,
  strokeDasharray: dash,
});
