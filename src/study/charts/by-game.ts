import * as Plot from '@observablehq/plot';
import type { Figure, LegendEntry, Panel } from '../../plots/figure.ts';
import { rangeOf } from '../../plots/range.ts';
import { groupBy } from '../../tables/group-by.ts';
import { GAMES } from '../games/query-set.ts';
import { modelName, type RunMetrics } from '../metrics/runs.ts';
import { modelStyles } from './styles.ts';

/** Smallest KL of the logarithmic axis, nats; smaller values are drawn at the edge. */
export const KL_FLOOR = 1e-5;

/** Grid of the logarithmic axis. */
export const DECADES = [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1];

interface Measure {
  readonly name: 'kl' | 'overlap';
  readonly title: string;
  readonly axis: string;
  readonly scale: Plot.ScaleOptions;
  readonly grid?: readonly number[];
  /** Where a value is drawn on the axis. */
  readonly place: (value: number) => number;
}

const KL: Measure = {
  name: 'kl',
  title: 'KL divergence from the true keys to the prediction',
  axis: '↑ mean KL, nats (log scale; lower is better)',
  scale: { type: 'log', ticks: DECADES, tickFormat: (x: number) => String(x) },
  grid: DECADES,
  place: (value) => Math.max(value, KL_FLOOR),
};

const OVERLAP: Measure = {
  name: 'overlap',
  title: 'Top-K overlap of the prediction with the true keys',
  axis: '↑ mean Top-K overlap (higher is better)',
  scale: { type: 'linear' },
  place: (value) => value,
};

/** Mean KL against game, one line per model: the first published figure. */
export function klFigure(runs: readonly RunMetrics[]): Figure {
  return figure(runs, [KL]);
}

/** Mean Top-K overlap against game, one line per model: the second published figure. */
export function overlapFigure(runs: readonly RunMetrics[]): Figure {
  return figure(runs, [OVERLAP]);
}

/** Mean KL and Top-K overlap side by side. */
export function overviewFigure(runs: readonly RunMetrics[]): Figure {
  return {
    ...figure(runs, [KL, OVERLAP]),
    title: 'Contrastive models of falling dimension d, and a half-size non-contrastive model',
  };
}

function figure(runs: readonly RunMetrics[], measures: readonly Measure[]): Figure {
  const decks = [...groupBy(runs, ({ deck }) => String(deck))];
  const panels = decks.flatMap(([deck, ofDeck]) =>
    measures.map((measure): Panel => {
      const heading = measures.length > 1 ? measure.title : '';
      return {
        heading: decks.length > 1 ? `${deck} cards ${heading}` : heading,
        options: plotOptions(ofDeck, measure),
      };
    }),
  );
  return {
    title: measures[0].title,
    subtitle: [describeRuns(runs), ...notesOn(runs, measures)],
    panels,
    legendTitle: 'model',
    legend: legendOf(runs),
  };
}

/** What the figure is based on: cards, test queries, seeds. */
export function describeRuns(runs: readonly RunMetrics[]): string {
  const list = (values: readonly number[]) =>
    [...new Set(values)].sort((a, b) => a - b).join(', ') || 'no';
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  return (
    `${list(runs.map(({ deck }) => deck))} cards; ${list(runs.map(({ queries }) => queries))} test ` +
    `queries per game; ${seeds} ${seeds === 1 ? 'seed' : 'seeds (lines and symbols: means; small dots: runs; bars: range)'}`
  );
}

/** Values that the figure cannot show: those below the floor, and those that are not finite. */
function notesOn(runs: readonly RunMetrics[], measures: readonly Measure[]): readonly string[] {
  const belowFloor = measures.includes(KL) && runs.some(({ kl }) => kl < KL_FLOOR);
  return [
    ...(belowFloor ? [`KL below ${KL_FLOOR} is drawn at ${KL_FLOOR}`] : []),
    ...measures.flatMap(({ name }) => notFiniteNote(runs, name, (run) => run[name])),
  ];
}

/** Names the runs whose value is not finite. */
export function notFiniteNote(
  runs: readonly RunMetrics[],
  measure: string,
  value: (run: RunMetrics) => number,
): readonly string[] {
  const names = runs
    .filter((run) => !Number.isFinite(value(run)))
    .map((run) => `${modelName(run)} on ${run.game}`);
  return names.length > 0 ? [`not shown, since ${measure} is not finite: ${names.join(', ')}`] : [];
}

export function legendOf(runs: readonly RunMetrics[]): readonly LegendEntry[] {
  const styles = stylesOf(runs);
  const models = [...groupBy(runs, modelName).values()].map(([run]) => run);
  const widestFirst = models.sort((a, b) => (b.dim ?? 0) - (a.dim ?? 0));
  return widestFirst.flatMap((run) => {
    const style = styles.get(run.dim);
    return style === undefined ? [] : [{ label: modelName(run), style }];
  });
}

/** Styles of the models of some runs, by dimension. */
export function stylesOf(runs: readonly RunMetrics[]) {
  return modelStyles(runs.flatMap(({ dim }) => (dim === undefined ? [] : [dim])));
}

function plotOptions(runs: readonly RunMetrics[], measure: Measure): Plot.PlotOptions {
  const games = GAMES.filter((game) => runs.some((run) => run.game === game));
  const finite = runs.filter((run) => Number.isFinite(run[measure.name]));
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const styles = stylesOf(runs);
  const marks = [...groupBy(finite, modelName).values()].flatMap((ofModel) => {
    const style = styles.get(ofModel[0].dim);
    if (style === undefined) return [];
    // A game without a run has a point without a value: the line breaks there.
    const points = games.map((game) => {
      const values = ofModel.filter((run) => run.game === game).map((run) => run[measure.name]);
      return { game, ...rangeOf(values) };
    });
    const measured = points.filter(({ mean }) => Number.isFinite(mean));
    const stroke = style.light;
    return [
      Plot.line(points, {
        x: 'game',
        y: ({ mean }) => measure.place(mean),
        stroke,
        strokeWidth: 2,
        ...(style.dash && { strokeDasharray: style.dash }),
      }),
      ...(seeds > 1
        ? [
            Plot.ruleX(measured, {
              x: 'game',
              y1: ({ low }) => measure.place(low),
              y2: ({ high }) => measure.place(high),
              stroke,
              strokeWidth: 1.5,
            }),
            Plot.dot(ofModel, {
              x: 'game',
              y: (run) => measure.place(run[measure.name]),
              fill: stroke,
              fillOpacity: 0.45,
              r: 2,
            }),
          ]
        : []),
      Plot.dot(measured, {
        x: 'game',
        y: ({ mean }) => measure.place(mean),
        fill: stroke,
        symbol: style.symbol,
        r: 4,
      }),
    ];
  });
  return {
    marginLeft: 52,
    marginRight: 24,
    marginTop: 28,
    marginBottom: 40,
    x: { type: 'point', domain: [...games], label: 'game, from easy to hard →', padding: 0.3 },
    y: { ...measure.scale, label: measure.axis, nice: measure.name === 'overlap' },
    marks: [Plot.gridY(measure.grid ?? undefined, { strokeOpacity: 0.2 }), ...marks],
  };
}
