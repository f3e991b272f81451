import * as Plot from '@observablehq/plot';
import type { Figure, LegendEntry, Panel } from '../../plots/figure.ts';
import { NEUTRAL, type Style } from '../../plots/palette.ts';
import { groupBy } from '../../tables/group-by.ts';
import type { GameFloor } from '../floor/table.ts';
import { GAMES } from '../games/query-set.ts';
import type { RunMetrics } from '../metrics/runs.ts';
import { describeRuns, GUESS } from './by-game.ts';
import { barOf, guessOf, KL, LEAST_KL, type Measure, OVERLAP } from './measures.ts';

const SIZE = { width: 330, height: 280 } as const;

const TRAINED: Style = { light: '#0b6bb0', dark: '#58b4f5', dash: '', symbol: 'circle' };
const HELD_OUT: Style = { ...NEUTRAL, dash: '6 3' };
const FITTED: Style = { ...NEUTRAL, dash: '2 2' };
const EXACT: Style = { ...NEUTRAL, symbol: 'triangle' };
const LEGEND: readonly LegendEntry[] = [
  { label: 'trained models, mean', style: TRAINED },
  { label: 'a trained model', style: TRAINED, mark: 'small symbol' },
  { label: 'best found: other sets', style: HELD_OUT, mark: 'line' },
  { label: 'best found: fitted sets', style: FITTED, mark: 'line' },
  { label: 'perfect, by theory', style: EXACT, mark: 'symbol' },
  { label: 'uniform guess', style: GUESS, mark: 'line' },
];
const TITLES = {
  kl: 'KL of trained models, and the lowest found for free vectors of d numbers',
  overlap: 'Top-K overlap of trained models, and the highest found for free vectors of d numbers',
} as const;

/** Measured models against what their dimension allows, a panel per game. */
export function floorFigure(
  runs: readonly RunMetrics[],
  floors: readonly GameFloor[],
  name: Measure['name'],
): Figure {
  const measure = name === 'kl' ? KL : OVERLAP;
  const decks = [...groupBy(runs, ({ deck }) => String(deck))];
  const panels = decks.flatMap(([deck, ofDeck]) =>
    GAMES.filter((game) => ofDeck.some((run) => run.game === game)).map((game): Panel => {
      const here = ({ deck: d, game: g }: GameFloor | RunMetrics) =>
        String(d) === deck && g === game;
      return {
        heading: decks.length > 1 ? `${deck} cards: ${game}` : game,
        options: plotOptions(runs.filter(here), floors.filter(here), measure),
      };
    }),
  );
  return {
    title: TITLES[name],
    subtitle: [
      describeRuns(runs),
      'best found: key and query vectors optimised without an encoder on sampled answer sets, then queries alone on other sets',
      ...(name === 'kl'
        ? [`KL below ${LEAST_KL}, and a floor of exactly 0, stand in a row of their own`]
        : []),
    ],
    panels,
    columns: 3,
    panelSize: SIZE,
    legendTitle: 'contrastive',
    legend: LEGEND,
  };
}

function plotOptions(
  runs: readonly RunMetrics[],
  floors: readonly GameFloor[],
  measure: Measure,
): Plot.PlotOptions {
  const { name, place, isBelow } = measure;
  const finite = runs.filter((run) => run.dim !== undefined && Number.isFinite(run[name]));
  const dims = [...new Set(runs.flatMap(({ dim }) => dim ?? []))].sort((a, b) => a - b);
  const points = dims.map((dim) => ({
    dim: String(dim),
    ...barOf(finite.filter((run) => run.dim === dim).map((run) => run[name])),
  }));
  const measured = points.filter(({ mean }) => Number.isFinite(mean));
  const exact = floors.filter(({ theory, dim }) => theory !== undefined && dim !== undefined);
  // A line ends where the floor leaves the axis: a slope down to zero would be made up.
  const found = (kind: 'fitted' | 'heldOut') =>
    dims.map((dim) => {
      const floor = floors.find((row) => row.dim === dim && row.theory === undefined);
      const value = floor?.[kind][name] ?? Number.NaN;
      return { dim: String(dim), value: isBelow(value) ? Number.NaN : value };
    });
  const ink = { x: 'dim', stroke: NEUTRAL.light, strokeWidth: 1.75 };
  const { light } = TRAINED;
  return {
    marginLeft: 62,
    marginRight: 16,
    marginTop: 28,
    marginBottom: 38,
    x: { type: 'point', domain: dims.map(String), label: 'dimension d', padding: 0.3 },
    y: {
      ...measure.scale,
      label: name === 'kl' ? '↑ mean KL, nats (log scale)' : '↑ mean Top-K overlap',
    },
    marks: [
      Plot.gridY(measure.grid ?? undefined, { strokeOpacity: 0.2 }),
      Plot.ruleY([guessOf(runs, measure)], {
        stroke: GUESS.light,
        strokeWidth: 1.5,
        strokeDasharray: GUESS.dash,
      }),
      Plot.line(found('fitted'), { ...ink, y: 'value', strokeDasharray: FITTED.dash }),
      Plot.line(found('heldOut'), { ...ink, y: 'value', strokeDasharray: HELD_OUT.dash }),
      Plot.dot(exact, {
        x: ({ dim }: GameFloor) => String(dim),
        y: (floor: GameFloor) => place(floor.fitted[name]),
        fill: EXACT.light,
        symbol: EXACT.symbol,
        r: 4,
      }),
      Plot.line(points, { x: 'dim', y: ({ mean }) => place(mean), stroke: light, strokeWidth: 2 }),
      ...(finite.length > measured.length
        ? [
            Plot.ruleX(measured, {
              x: 'dim',
              y1: ({ low }) => place(low),
              y2: ({ high }) => place(high),
              stroke: light,
              strokeWidth: 1.5,
            }),
            Plot.dot(finite, {
              x: ({ dim }) => String(dim),
              y: (run) => place(run[name]),
              fill: light,
              fillOpacity: 0.45,
              r: 2,
            }),
          ]
        : []),
      Plot.dot(
        measured.filter(({ mean }) => !isBelow(mean)),
        { x: 'dim', y: 'mean', fill: light, r: 4 },
      ),
      Plot.dot(
        measured.filter(({ mean }) => isBelow(mean)),
        {
          x: 'dim',
          y: ({ mean }) => place(mean),
          stroke: light,
          strokeWidth: 1.5,
          r: 4,
        },
      ),
    ],
  };
}
