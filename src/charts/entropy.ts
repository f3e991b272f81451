import * as Plot from '@observablehq/plot';
import { GAMES } from '../games/query-set.ts';
import type { RunMetrics } from '../metrics/runs.ts';
import { spreadOf } from '../metrics/spread.ts';
import { describeRuns, notFiniteNote } from './by-game.ts';
import type { Figure, Panel } from './figure.ts';
import { gameStyle } from './palette.ts';
import { groupBy } from './summary.ts';

const NON_CONTRASTIVE = 'non-c.';

interface Measure {
  readonly heading: string;
  readonly value: (run: RunMetrics) => number | undefined;
}

const ALL: Measure = { heading: 'all test queries', value: ({ entropy }) => entropy };
const MID: Measure = {
  heading: 'queries with 10 to 20 true keys',
  value: ({ entropyMid }) => entropyMid,
};

/** Mean entropy of the prediction against the dimension, one line per game. */
export function entropyFigure(runs: readonly RunMetrics[]): Figure {
  const hasMid = runs.some(({ entropyMid }) => entropyMid !== undefined);
  const decks = [...groupBy(runs, ({ deck }) => String(deck))];
  const panels = decks.flatMap(([deck, ofDeck]) =>
    (hasMid ? [ALL, MID] : [ALL]).map(
      ({ heading, value }): Panel => ({
        heading: decks.length > 1 ? `${deck} cards: ${heading}` : heading,
        options: plotOptions(ofDeck, value),
      }),
    ),
  );
  return {
    title: 'Entropy of the prediction against the dimension of the vectors',
    subtitle: [
      describeRuns(runs),
      'the prediction is the softmax of the scores over all keys; dotted: uniform over them; non-c.: the non-contrastive model',
      ...notFiniteNote(runs, 'entropy', ({ entropy }) => entropy),
    ],
    panels,
    legendTitle: 'game',
    legend: GAMES.filter((game) => runs.some((run) => run.game === game)).map((game) => ({
      label: game,
      style: gameStyle(game),
    })),
  };
}

function plotOptions(runs: readonly RunMetrics[], value: Measure['value']): Plot.PlotOptions {
  const dims = [...new Set(runs.flatMap(({ dim }) => dim ?? []))].sort((a, b) => a - b);
  const columns = [...dims.map(String), NON_CONTRASTIVE];
  const columnOf = ({ dim }: RunMetrics) => (dim === undefined ? NON_CONTRASTIVE : String(dim));
  const measured = runs.flatMap((run) => {
    const entropy = value(run);
    return entropy === undefined || !Number.isFinite(entropy) ? [] : [{ ...run, entropy }];
  });
  const marks = [...groupBy(measured, ({ game }) => game)].flatMap(([game, ofGame]) => {
    const style = gameStyle(game);
    // A dimension without a run has a point without a value: the line breaks there.
    const points = columns.map((column) => {
      const values = ofGame.filter((run) => columnOf(run) === column).map((run) => run.entropy);
      return { column, ...spreadOf(values) };
    });
    const ordered = points.filter(({ mean }) => Number.isFinite(mean));
    return [
      Plot.line(
        points.filter(({ column }) => column !== NON_CONTRASTIVE),
        {
          x: 'column',
          y: 'mean',
          stroke: style.light,
          strokeWidth: 2,
          ...(style.dash && { strokeDasharray: style.dash }),
        },
      ),
      Plot.ruleX(ordered, { x: 'column', y1: 'low', y2: 'high', stroke: style.light }),
      ...(ofGame.length > ordered.length
        ? [
            Plot.dot(ofGame, {
              x: columnOf,
              y: 'entropy',
              fill: style.light,
              fillOpacity: 0.45,
              r: 2,
            }),
          ]
        : []),
      Plot.dot(ordered, {
        x: 'column',
        y: 'mean',
        fill: style.light,
        symbol: style.symbol,
        r: 4,
      }),
    ];
  });
  const uniform = Math.log(runs[0]?.deck ?? 1);
  return {
    marginLeft: 52,
    marginRight: 24,
    marginTop: 28,
    marginBottom: 40,
    x: { type: 'point', domain: columns, label: 'dimension d of the vectors', padding: 0.3 },
    y: { label: '↑ mean prediction entropy, nats', zero: true, nice: true },
    marks: [
      Plot.gridY({ strokeOpacity: 0.2 }),
      Plot.ruleY([uniform], { stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '2 4' }),
      ...marks,
    ],
  };
}
