import * as Plot from '@observablehq/plot';
import type { Figure, Panel } from '../../plots/figure.ts';
import { rangeOf } from '../../plots/range.ts';
import { groupBy } from '../../tables/group-by.ts';
import { GAMES } from '../games/query-set.ts';
import type { RunMetrics } from '../metrics/runs.ts';
import { describeRuns, notFiniteNote } from './by-game.ts';
import { gameStyle } from './styles.ts';

/** Columns after the dimensions: the non-contrastive model, and what a perfect prediction has. */
const NON_CONTRASTIVE = 'non-c.';
const TRUTH = 'truth';

interface Measure {
  readonly heading: string;
  readonly axis: string;
  readonly value: (run: RunMetrics) => number | undefined;
  /** The same of a perfect prediction. */
  readonly truth: (run: RunMetrics) => number | undefined;
  /** Height of a line across: the value of a uniform prediction, by number of keys. */
  readonly guess?: (keys: number) => number;
}

const ENTROPY = '↑ mean prediction entropy, nats';
const ALL = 'all test queries';
const MID = 'queries with 10 to 20 true keys';

const ENTROPIES: readonly Measure[] = [
  {
    heading: ALL,
    axis: ENTROPY,
    value: ({ entropy }) => entropy,
    truth: ({ trueEntropy }) => trueEntropy,
    guess: Math.log,
  },
  {
    heading: MID,
    axis: ENTROPY,
    value: ({ entropyMid }) => entropyMid,
    truth: ({ trueEntropyMid }) => trueEntropyMid,
    guess: Math.log,
  },
];

const FALSE_MASS = '↑ mean share of the prediction on false keys';
const FALSE_MASSES: readonly Measure[] = [
  { heading: ALL, axis: FALSE_MASS, value: ({ falseMass }) => falseMass, truth: () => 0 },
  { heading: MID, axis: FALSE_MASS, value: ({ falseMassMid }) => falseMassMid, truth: () => 0 },
];

const COLUMNS = `${NON_CONTRASTIVE}: the non-contrastive model; ${TRUTH}: a perfect prediction`;

/** Mean entropy of the prediction against the dimension, one line per game. */
export function entropyFigure(runs: readonly RunMetrics[]): Figure {
  return figure(runs, ENTROPIES, 'Entropy of the prediction against the dimension of the vectors', [
    `${COLUMNS}, uniform over the true keys (thin lines)`,
    'dotted line on top: uniform over all keys',
    ...notFiniteNote(runs, 'entropy', ({ entropy }) => entropy),
  ]);
}

/** Mean share of the prediction on false keys against the dimension, one line per game. */
export function falseMassFigure(runs: readonly RunMetrics[]): Figure {
  return figure(runs, FALSE_MASSES, 'Share of the prediction on false keys', [
    `the prediction is the softmax of the scores over all keys`,
    COLUMNS,
    ...notFiniteNote(runs, 'false mass', ({ falseMass }) => falseMass),
  ]);
}

function figure(
  runs: readonly RunMetrics[],
  measures: readonly Measure[],
  title: string,
  notes: readonly string[],
): Figure {
  const decks = [...groupBy(runs, ({ deck }) => String(deck))];
  const panels = decks.flatMap(([deck, ofDeck]) =>
    measures
      .filter(({ value }) => ofDeck.some((run) => value(run) !== undefined))
      .map(
        (measure): Panel => ({
          heading: decks.length > 1 ? `${deck} cards: ${measure.heading}` : measure.heading,
          options: plotOptions(ofDeck, measure),
        }),
      ),
  );
  return {
    title,
    subtitle: [describeRuns(runs), ...notes],
    panels,
    legendTitle: 'game',
    legend: GAMES.filter((game) => runs.some((run) => run.game === game)).map((game) => ({
      label: game,
      style: gameStyle(game),
    })),
  };
}

function plotOptions(runs: readonly RunMetrics[], measure: Measure): Plot.PlotOptions {
  const dims = [...new Set(runs.flatMap(({ dim }) => dim ?? []))].sort((a, b) => a - b);
  const columns = [...dims.map(String), NON_CONTRASTIVE];
  const columnOf = ({ dim }: RunMetrics) => (dim === undefined ? NON_CONTRASTIVE : String(dim));
  const measured = runs.flatMap((run) => {
    const value = measure.value(run);
    return value === undefined || !Number.isFinite(value) ? [] : [{ ...run, value }];
  });
  const marks = [...groupBy(measured, ({ game }) => game)].flatMap(([game, ofGame]) => {
    const { light, dash, symbol } = gameStyle(game);
    // A dimension without a run has a point without a value: the line breaks there.
    const points = columns.map((column) => {
      const values = ofGame.filter((run) => columnOf(run) === column).map(({ value }) => value);
      return { column, ...rangeOf(values) };
    });
    const ordered = points.filter(({ mean }) => Number.isFinite(mean));
    const truths = ofGame.flatMap((run) => measure.truth(run) ?? []);
    const truth = truths.reduce((sum, value) => sum + value, 0) / truths.length;
    return [
      Plot.ruleY([truth], { stroke: light, strokeWidth: 0.75, strokeOpacity: 0.6 }),
      Plot.dot([{ column: TRUTH, truth }], {
        x: 'column',
        y: 'truth',
        fill: light,
        symbol,
        r: 4,
      }),
      Plot.line(
        points.filter(({ column }) => column !== NON_CONTRASTIVE),
        {
          x: 'column',
          y: 'mean',
          stroke: light,
          strokeWidth: 2,
          ...(dash && { strokeDasharray: dash }),
        },
      ),
      ...(ofGame.length > ordered.length
        ? [
            Plot.ruleX(ordered, { x: 'column', y1: 'low', y2: 'high', stroke: light }),
            Plot.dot(ofGame, { x: columnOf, y: 'value', fill: light, fillOpacity: 0.45, r: 2 }),
          ]
        : []),
      Plot.dot(ordered, { x: 'column', y: 'mean', fill: light, symbol, r: 4 }),
    ];
  });
  const guess = measure.guess?.(runs[0].deck);
  return {
    marginLeft: 52,
    marginRight: 24,
    marginTop: 28,
    marginBottom: 40,
    x: {
      type: 'point',
      domain: [...columns, TRUTH],
      label: 'dimension d of the vectors',
      padding: 0.3,
    },
    y: { label: measure.axis, zero: true, nice: true },
    marks: [
      Plot.gridY({ strokeOpacity: 0.2 }),
      ...(guess === undefined
        ? []
        : [
            Plot.ruleY([guess], {
              stroke: 'currentColor',
              strokeOpacity: 0.5,
              strokeDasharray: '2 4',
            }),
          ]),
      ...marks,
    ],
  };
}
