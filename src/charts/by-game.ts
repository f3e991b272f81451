import * as Plot from '@observablehq/plot';
import type { Figure, LegendEntry, Panel } from './figure.ts';
import { modelStyles } from './palette.ts';
import { GAME_ORDER, groupBy, modelName, type RunMetrics, spreadOf } from './summary.ts';

/** KL is drawn on a logarithmic axis from here; what is smaller stands at the edge. Nats. */
export const KL_FLOOR = 1e-4;

const DECADES = [1e-4, 1e-3, 1e-2, 0.1, 1];

interface Measure {
  readonly name: 'kl' | 'overlap';
  readonly title: string;
  readonly axis: string;
  readonly scale: Plot.ScaleOptions;
  readonly grid?: readonly number[];
  /** Where a value is drawn. */
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
export const klFigure = (runs: readonly RunMetrics[]): Figure => figure(runs, [KL]);

/** Mean Top-K overlap against game, one line per model: the second published figure. */
export const overlapFigure = (runs: readonly RunMetrics[]): Figure => figure(runs, [OVERLAP]);

/** Both side by side. */
export const overviewFigure = (runs: readonly RunMetrics[]): Figure => ({
  ...figure(runs, [KL, OVERLAP]),
  title: 'Contrastive models of falling dimension d, and a half-size non-contrastive model',
});

function figure(runs: readonly RunMetrics[], measures: readonly Measure[]): Figure {
  const decks = [...groupBy(runs, ({ deck }) => String(deck))];
  const panels = decks.flatMap(([deck, ofDeck]) =>
    measures.map((measure): Panel => {
      const heading = measures.length > 1 ? measure.title : 'games, from easy to hard';
      return {
        heading: decks.length > 1 ? `${deck} cards: ${heading}` : heading,
        options: plotOptions(ofDeck, measure),
      };
    }),
  );
  return {
    title: measures[0].title,
    subtitle: [describeRuns(runs), ...(measures.includes(KL) ? klNotes(runs) : [])],
    panels,
    legendTitle: 'model',
    legend: legendOf(runs),
  };
}

/** What the figure rests on: cards, test queries, seeds. */
export function describeRuns(runs: readonly RunMetrics[]): string {
  const list = (values: readonly number[]) =>
    [...new Set(values)].sort((a, b) => a - b).join(', ') || 'no';
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  return (
    `${list(runs.map(({ deck }) => deck))} cards; ${list(runs.map(({ queries }) => queries))} test ` +
    `queries per game; ${seeds} ${seeds === 1 ? 'seed' : 'seeds: runs as dots, mean and 95 % interval'}`
  );
}

function klNotes(runs: readonly RunMetrics[]): readonly string[] {
  const notFinite = runs.filter(({ kl }) => !Number.isFinite(kl));
  const notes = runs.some(({ kl }) => kl < KL_FLOOR)
    ? [`KL below ${KL_FLOOR} is drawn at ${KL_FLOOR}`]
    : [];
  if (notFinite.length > 0) {
    const names = notFinite.map((run) => `${modelName(run)} on ${run.game}`);
    notes.push(`not a finite number, left out: ${names.join(', ')}`);
  }
  return notes;
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

function stylesOf(runs: readonly RunMetrics[]) {
  return modelStyles(runs.flatMap(({ dim }) => (dim === undefined ? [] : [dim])));
}

function plotOptions(runs: readonly RunMetrics[], measure: Measure): Plot.PlotOptions {
  const games = GAME_ORDER.filter((game) => runs.some((run) => run.game === game));
  const finite = runs.filter((run) => Number.isFinite(run[measure.name]));
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const styles = stylesOf(runs);
  const marks = [...groupBy(finite, modelName).values()].flatMap((ofModel) => {
    const style = styles.get(ofModel[0].dim);
    if (style === undefined) return [];
    const points = [...groupBy(ofModel, ({ game }) => game)].map(([game, ofGame]) => ({
      game,
      ...spreadOf(ofGame.map((run) => run[measure.name])),
    }));
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
            Plot.ruleX(points, {
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
      Plot.dot(points, {
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
    x: { type: 'point', domain: [...games], label: null, padding: 0.3 },
    y: { ...measure.scale, label: measure.axis, nice: measure.name === 'overlap' },
    marks: [Plot.gridY(measure.grid ?? undefined, { strokeOpacity: 0.2 }), ...marks],
  };
}
