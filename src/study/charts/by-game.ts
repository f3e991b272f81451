import * as Plot from '@observablehq/plot';
import type { Figure, LegendEntry, Panel } from '../../plots/figure.ts';
import { NEUTRAL, type Style } from '../../plots/palette.ts';
import { groupBy } from '../../tables/group-by.ts';
import { GAMES } from '../games/query-set.ts';
import type { SubsetsOf } from '../games/subset-counts-table.ts';
import { modelName, type RunMetrics } from '../metrics/runs.ts';
import { barOf, describeSeeds, guessOf, KL, LEAST_KL, type Measure, OVERLAP } from './measures.ts';
import { modelStyles } from './styles.ts';

/** How a prediction that is uniform over all keys is drawn. */
export const GUESS: Style = { ...NEUTRAL, dash: '1 3' };

/** Share of a game's place on the axis that its models take. */
const SPAN = 0.8;

/** Mean KL of every model on every game: the first published figure. */
export function klFigure(runs: readonly RunMetrics[], subsets: SubsetsOf): Figure {
  return figure(runs, [KL], subsets);
}

/** Mean Top-K overlap of every model on every game: the second published figure. */
export function overlapFigure(runs: readonly RunMetrics[], subsets: SubsetsOf): Figure {
  return figure(runs, [OVERLAP], subsets);
}

/** Mean KL and Top-K overlap side by side. */
export function overviewFigure(runs: readonly RunMetrics[], subsets: SubsetsOf): Figure {
  return {
    ...figure(runs, [KL, OVERLAP], subsets),
    title: 'Contrastive models of falling dimension d, and a half-size non-contrastive model',
  };
}

function figure(
  runs: readonly RunMetrics[],
  measures: readonly Measure[],
  subsets: SubsetsOf,
): Figure {
  const decks = [...groupBy(runs, ({ deck }) => String(deck))];
  const panels = decks.flatMap(([deck, ofDeck]) =>
    measures.map((measure): Panel => {
      const heading = measures.length > 1 ? measure.title : '';
      return {
        heading: decks.length > 1 ? `${deck} cards ${heading}` : heading,
        options: plotOptions(ofDeck, measure, (game) => subsets(Number(deck), game)),
      };
    }),
  );
  return {
    title: measures[0].title,
    subtitle: [
      describeRuns(runs),
      'models of a game from left to right as in the legend; under the games: how many subsets of the cards their queries select',
      ...notesOn(runs, measures),
    ],
    panels,
    legendTitle: 'model',
    legend: [...legendOf(runs), { label: 'uniform guess', style: GUESS, mark: 'line' }],
  };
}

/** What the figure is based on: cards, test queries, seeds. */
export function describeRuns(runs: readonly RunMetrics[]): string {
  const list = (values: readonly number[]) =>
    [...new Set(values)].sort((a, b) => a - b).join(', ') || 'no';
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  return (
    `${list(runs.map(({ deck }) => deck))} cards; ${list(runs.map(({ queries }) => queries))} test ` +
    `queries per game; ${describeSeeds(seeds)}`
  );
}

/** Values that the figure cannot show: those below the axis, and those that are not finite. */
function notesOn(runs: readonly RunMetrics[], measures: readonly Measure[]): readonly string[] {
  const isBelow = measures.includes(KL) && runs.some(({ kl }) => kl < LEAST_KL);
  return [
    ...(isBelow ? [`hollow: KL below ${LEAST_KL}, in a row of its own`] : []),
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

/** Models, the widest first and the non-contrastive one last. */
function modelsOf(runs: readonly RunMetrics[]): readonly RunMetrics[] {
  const models = [...groupBy(runs, modelName).values()].map(([run]) => run);
  return models.sort((a, b) => (b.dim ?? 0) - (a.dim ?? 0));
}

function legendOf(runs: readonly RunMetrics[]): readonly LegendEntry[] {
  const styles = stylesOf(runs);
  return modelsOf(runs).flatMap((run) => {
    const style = styles.get(run.dim);
    return style === undefined ? [] : [{ label: modelName(run), style, mark: 'symbol' as const }];
  });
}

/** Styles of the models of some runs, by dimension. */
function stylesOf(runs: readonly RunMetrics[]) {
  return modelStyles(runs.flatMap(({ dim }) => (dim === undefined ? [] : [dim])));
}

function plotOptions(
  runs: readonly RunMetrics[],
  measure: Measure,
  subsetsOf: (game: string) => string | undefined,
): Plot.PlotOptions {
  const games = GAMES.filter((game) => runs.some((run) => run.game === game));
  const models = modelsOf(runs).map(modelName);
  // Games have no order on a scale: each is a place of its own, in which the models stand side by side.
  const place = (game: string, model: string) =>
    games.indexOf(game as (typeof games)[number]) +
    SPAN * ((models.indexOf(model) + 0.5) / models.length - 0.5);
  const finite = runs.filter((run) => Number.isFinite(run[measure.name]));
  const marks = [...groupBy(finite, ({ game }) => game)].flatMap(([game, ofGame]) => [
    ...modelMarks(ofGame, measure, (model) => place(game, model), stylesOf(runs)),
    guessMark(games.indexOf(game as (typeof games)[number]), guessOf(ofGame, measure)),
  ]);
  return {
    marginLeft: 62,
    marginRight: 24,
    marginTop: 28,
    marginBottom: 56,
    x: {
      type: 'linear',
      domain: [-0.5, games.length - 0.5],
      ticks: games.map((_, i) => i),
      tickFormat: (i: number) => [games[i], subsetsOf(games[i])].filter(Boolean).join('\n'),
      tickSize: 0,
      label: 'game, from easy to hard, and its subsets',
      labelAnchor: 'center',
      labelArrow: 'none',
    },
    y: { ...measure.scale, label: measure.axis },
    marks: [
      Plot.gridY(measure.grid ?? undefined, { strokeOpacity: 0.2 }),
      Plot.ruleX(
        games.slice(1).map((_, i) => i + 0.5),
        { strokeOpacity: 0.15 },
      ),
      ...marks,
    ],
  };
}

/** Means, bars and runs of the models of one game. */
function modelMarks(
  runs: readonly RunMetrics[],
  { name, place, isBelow }: Measure,
  x: (model: string) => number,
  styles: ReturnType<typeof stylesOf>,
): readonly Plot.Markish[] {
  return [...groupBy(runs, modelName)].flatMap(([model, ofModel]) => {
    const style = styles.get(ofModel[0].dim) ?? NEUTRAL;
    const { mean, low, high } = barOf(ofModel.map((run) => run[name]));
    const [at, stroke] = [x(model), style.light];
    const spread = [
      Plot.ruleX([at], { y1: place(low), y2: place(high), stroke, strokeWidth: 1.5 }),
      Plot.dot(ofModel, {
        x: at,
        y: (run) => place(run[name]),
        fill: stroke,
        fillOpacity: 0.45,
        r: 2,
      }),
    ];
    return [
      ...(ofModel.length > 1 ? spread : []),
      Plot.dot([mean], {
        x: at,
        y: place(mean),
        symbol: style.symbol,
        r: 4,
        ...(isBelow(mean) ? { stroke, strokeWidth: 1.5 } : { fill: stroke }),
      }),
    ];
  });
}

function guessMark(game: number, guess: number): Plot.Markish {
  return Plot.ruleY([guess], {
    x1: game - 0.45,
    x2: game + 0.45,
    stroke: GUESS.light,
    strokeWidth: 1.5,
    strokeDasharray: GUESS.dash,
  });
}
