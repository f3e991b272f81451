import * as Plot from '@observablehq/plot';
import type { Figure, Panel } from '../../plots/figure.ts';
import { rangeOf } from '../../plots/range.ts';
import { groupBy } from '../../tables/group-by.ts';
import { GAMES } from '../games/query-set.ts';
import type { RunMetrics } from '../metrics/runs.ts';
import { describeRuns, notFiniteNote } from './by-game.ts';
import { barOf } from './measures.ts';
import { gameStyle } from './styles.ts';

/** Columns around the dimensions: a prediction that is uniform over all keys, and the non-contrastive model. */
const UNIFORM = 'guess';
const NON_CONTRASTIVE = 'non-c.';

interface Measure {
  readonly heading: string;
  readonly axis: string;
  readonly value: (run: RunMetrics) => number | undefined;
  /** The same of a prediction that is uniform over all keys; 0 is what a perfect one has. */
  readonly guess?: (run: RunMetrics) => number | undefined;
}

const ENTROPY = '↑ mean entropy of the prediction less that of the truth, nats';
const ALL = 'all test queries';
const MID = 'queries with 10 to 20 true keys';

const less = (value: number | undefined, truth: number | undefined) =>
  value === undefined || truth === undefined ? undefined : value - truth;

const ENTROPIES: readonly Measure[] = [
  {
    heading: ALL,
    axis: ENTROPY,
    value: ({ entropy, trueEntropy }) => entropy - trueEntropy,
  },
  {
    heading: MID,
    axis: ENTROPY,
    value: ({ entropyMid, trueEntropyMid }) => less(entropyMid, trueEntropyMid),
    guess: ({ deck, trueEntropyMid }) => less(Math.log(deck), trueEntropyMid),
  },
];

const FALSE_MASS = '↑ mean share of the prediction on false keys';
const FALSE_MASSES: readonly Measure[] = [
  {
    heading: ALL,
    axis: FALSE_MASS,
    value: ({ falseMass }) => falseMass,
    guess: ({ deck, trueKeys }) => 1 - trueKeys / deck,
  },
  { heading: MID, axis: FALSE_MASS, value: ({ falseMassMid }) => falseMassMid },
];

const COLUMNS = `${NON_CONTRASTIVE}: the non-contrastive model; ${UNIFORM}: uniform over all keys`;

/** How much more entropy the prediction has than the truth, against the dimension, one line per game. */
export function entropyFigure(runs: readonly RunMetrics[]): Figure {
  return figure(runs, ENTROPIES, 'How much too even the prediction is', [
    'entropy of the prediction less that of the uniform distribution over the true keys: 0 is perfect, below 0 too sharp',
    COLUMNS,
    ...notFiniteNote(runs, 'entropy', ({ entropy }) => entropy),
  ]);
}

/** Mean share of the prediction on false keys against the dimension, one line per game. */
export function falseMassFigure(runs: readonly RunMetrics[]): Figure {
  return figure(runs, FALSE_MASSES, 'Share of the prediction on false keys', [
    `the prediction is the softmax of the scores over all keys: 0 is perfect`,
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
  const columnOf = ({ dim }: RunMetrics) => (dim === undefined ? NON_CONTRASTIVE : String(dim));
  const measured = runs.flatMap((run) => {
    const value = measure.value(run);
    return value === undefined || !Number.isFinite(value) ? [] : [{ ...run, value }];
  });
  const marks = [...groupBy(measured, ({ game }) => game)].flatMap(([game, ofGame]) => {
    const { light, dash, symbol } = gameStyle(game);
    const pointAt = (column: string) => {
      const values = ofGame.filter((run) => columnOf(run) === column).map(({ value }) => value);
      return { column, ...barOf(values) };
    };
    // A dimension without a run has a point without a value: the line breaks there.
    const points = dims.map((dim) => pointAt(String(dim)));
    const all = [...points, pointAt(NON_CONTRASTIVE)].filter(({ mean }) => Number.isFinite(mean));
    const guesses = ofGame.flatMap((run) => measure.guess?.(run) ?? []);
    const guess = guesses.length === 0 ? [] : [{ column: UNIFORM, mean: rangeOf(guesses).mean }];
    const place = { x: 'column', y: 'mean' } as const;
    return [
      Plot.line(points, {
        ...place,
        stroke: light,
        strokeWidth: 2,
        ...(dash && { strokeDasharray: dash }),
      }),
      ...(ofGame.length > all.length
        ? [
            Plot.ruleX(all, { x: 'column', y1: 'low', y2: 'high', stroke: light }),
            Plot.dot(ofGame, { x: columnOf, y: 'value', fill: light, fillOpacity: 0.45, r: 2 }),
          ]
        : []),
      Plot.dot(guess, { ...place, stroke: light, strokeWidth: 1.5, symbol, r: 4 }),
      Plot.dot(all, { ...place, fill: light, symbol, r: 4 }),
    ];
  });
  return {
    marginLeft: 52,
    marginRight: 24,
    marginTop: 28,
    marginBottom: 40,
    x: {
      type: 'point',
      domain: [...(measure.guess ? [UNIFORM] : []), ...dims.map(String), NON_CONTRASTIVE],
      label: 'dimension d of the vectors',
      padding: 0.3,
    },
    y: { label: measure.axis, zero: true, nice: true },
    marks: [Plot.gridY({ strokeOpacity: 0.2 }), Plot.ruleY([0], { strokeOpacity: 0.5 }), ...marks],
  };
}
