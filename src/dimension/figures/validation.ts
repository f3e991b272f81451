import * as Plot from '@observablehq/plot';
import type { Figure, Panel } from '../../plots/figure.ts';
import { NEUTRAL, rampStyles, type Style, seriesStyle } from '../../plots/palette.ts';
import { PREDICTOR_SETS } from '../prediction/features.ts';
import { leaveOneOut } from '../prediction/regression.ts';
import { RIDGE } from '../prediction/validate.ts';
import { familyOf } from '../problems/problems.ts';
import type { CurveRow, PredictionRow, ProblemBudgetRow, ProblemRow } from '../tables.ts';

export interface ValidationResults {
  readonly problems: readonly ProblemRow[];
  readonly curves: readonly CurveRow[];
  readonly predictions: readonly PredictionRow[];
  readonly budgets: readonly ProblemBudgetRow[];
}

const GAMES: Style = seriesStyle(0);
const PAIRS: Style = seriesStyle(1);
const PLANTED: Style = seriesStyle(2);
const OTHERS: Style = seriesStyle(3);

const styleOf = (problem: string): Style => {
  const family = familyOf(problem);
  if (family === 'game' || family === 'deck') return GAMES;
  if (family === 'limit' || family === 'subsets' || family === 'windows') return PAIRS;
  return family === 'planted' ? PLANTED : OTHERS;
};

const LAYOUT = { marginLeft: 54, marginRight: 20, marginTop: 24, marginBottom: 40 } as const;
const TICKS = [1, 2, 4, 8, 16, 32, 64, 128];

/** Predicted against found, found against proven bounds, and one bit against eight. */
export function validationFigure(results: ValidationResults): Figure {
  const { problems } = results;
  return {
    title: 'How many dimensions do judgements need?',
    subtitle: [
      `${problems.length} problems: item vectors fitted on 70 % of the queries, the best queries for the others`,
      'd99: the least dimension with a held-out recall@|S| of 0.99',
    ],
    panels: [predictedPanel(problems), boundsPanel(problems), bitsPanel(results.budgets)],
    legendTitle: 'problems',
    legend: [
      { label: 'games and decks', style: GAMES },
      { label: 'all pairs, k-subsets, windows', style: PAIRS },
      { label: 'planted dimension', style: PLANTED },
      { label: 'random graphs and sets', style: OTHERS },
    ],
  };
}

function predictedPanel(problems: readonly ProblemRow[]): Panel {
  const combined = PREDICTOR_SETS.find(({ name }) => name === 'combined');
  const rows = problems.filter((row) => combined?.features(row) !== undefined);
  const predicted = leaveOneOut(
    rows.map((row) => combined?.features(row) ?? []),
    rows.map(({ d99 }) => d99),
    RIDGE,
  );
  const points = rows.map((row, i) => ({ ...row, predicted: predicted[i] }));
  return logPanel('d99, predicted from the judgements alone (problem left out)', 'predicted →', [
    ...points.map((point) => dot(point.problem, point.predicted, point.d99)),
  ]);
}

function boundsPanel(problems: readonly ProblemRow[]): Panel {
  return logPanel(
    'everything right: found against the best proven upper bound',
    'upper bound →',
    problems.map(({ problem, upper, dExact }) => dot(problem, upper, dExact)),
  );
}

function dot(problem: string, x: number, y: number): Plot.Markish {
  const { light, symbol } = styleOf(problem);
  return Plot.dot([{ x, y }], { x: 'x', y: 'y', fill: light, symbol, r: 4 });
}

function logPanel(heading: string, label: string, marks: readonly Plot.Markish[]): Panel {
  const domain = [0.9, 150];
  const ticks = { type: 'log', base: 2, domain, ticks: TICKS, tickFormat: String } as const;
  return {
    heading,
    options: {
      ...LAYOUT,
      x: { ...ticks, label },
      y: { ...ticks, label: '↑ found', grid: true },
      marks: [
        Plot.line(
          [
            [1, 1],
            [128, 128],
          ],
          { stroke: 'currentColor', strokeOpacity: 0.4, strokeDasharray: '4 3' },
        ),
        ...marks,
      ],
    },
  };
}

function bitsPanel(budgets: readonly ProblemBudgetRow[]): Panel {
  const rows = budgets.filter(({ bits, pieces }) => bits < 32 && pieces === 1);
  const names = [...new Set(rows.map(({ problem }) => problem))];
  const bitsTried = [...new Set(rows.map(({ bits }) => bits))].sort((a, b) => a - b);
  const styles = rampStyles(bitsTried);
  const lines = bitsTried.map((bits) => {
    const dims = [...new Set(rows.filter((row) => row.bits === bits).map(({ d }) => d))];
    const points = dims
      .sort((a, b) => a - b)
      .map((d) => ({
        total: d * bits,
        recall: mean(names.map((name) => best(rows, name, d, bits))),
      }));
    return { bits, points, style: styles.get(bits) ?? NEUTRAL };
  });
  return {
    heading: 'recall by bits per item, in numbers of 1, 2, 4 and 8 bits (from the left)',
    options: {
      ...LAYOUT,
      x: {
        type: 'log',
        base: 2,
        label: 'bits per item →',
        ticks: [4, 16, 64, 256],
        tickFormat: String,
      },
      y: { label: '↑ held-out recall (%), mean of problems', percent: true, grid: true },
      marks: lines.flatMap(({ bits, points, style }) => [
        Plot.line(points, {
          x: 'total',
          y: 'recall',
          stroke: style.light,
          strokeDasharray: style.dash,
        }),
        Plot.text(points.slice(0, 1), {
          x: 'total',
          y: 'recall',
          text: () => String(bits),
          dy: -8,
        }),
        Plot.dot(points, {
          x: 'total',
          y: 'recall',
          fill: style.light,
          symbol: style.symbol,
          r: 3.5,
        }),
      ]),
    },
  };
}

function best(rows: readonly ProblemBudgetRow[], problem: string, d: number, bits: number): number {
  return rows
    .filter((row) => row.problem === problem && row.d === d && row.bits === bits)
    .reduce((most, { recall }) => Math.max(most, recall), 0);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
