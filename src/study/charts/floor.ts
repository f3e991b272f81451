import * as Plot from '@observablehq/plot';
import type { Figure, LegendEntry, Panel } from '../../plots/figure.ts';
import { NEUTRAL, type Style } from '../../plots/palette.ts';
import { rangeOf } from '../../plots/range.ts';
import { groupBy } from '../../tables/group-by.ts';
import type { GameFloor } from '../floor/table.ts';
import { GAMES } from '../games/query-set.ts';
import type { RunMetrics } from '../metrics/runs.ts';
import { DECADES, describeRuns, KL_FLOOR, legendOf, stylesOf } from './by-game.ts';

type Measure = 'kl' | 'overlap';

const SIZE = { width: 330, height: 270 } as const;

const HELD_OUT: Style = { ...NEUTRAL, dash: '6 3' };
const FITTED: Style = { ...NEUTRAL, dash: '1 3' };
const TITLES: Readonly<Record<Measure, string>> = {
  kl: 'KL of trained models, and the lowest found for free vectors of d numbers',
  overlap: 'Top-K overlap of trained models, and the highest found for free vectors of d numbers',
};

/** Measured models against what their dimension allows, a panel per game. */
export function floorFigure(
  runs: readonly RunMetrics[],
  floors: readonly GameFloor[],
  measure: Measure,
): Figure {
  const decks = [...groupBy(runs, ({ deck }) => String(deck))];
  const panels = decks.flatMap(([deck, ofDeck]) =>
    GAMES.filter((game) => ofDeck.some((run) => run.game === game)).map((game): Panel => {
      const here = ({ deck: d, game: g }: GameFloor | RunMetrics) =>
        String(d) === deck && g === game;
      const place = floors.filter(here);
      return {
        heading: decks.length > 1 ? `${deck} cards: ${game}` : game,
        options: plotOptions(runs.filter(here), place, measure, runs),
      };
    }),
  );
  const models = legendOf(runs.filter(({ dim }) => dim !== undefined));
  const lines: readonly LegendEntry[] = [
    { label: 'best found: other sets', style: HELD_OUT, isLine: true },
    { label: 'best found: fitted sets', style: FITTED, isLine: true },
  ];
  return {
    title: TITLES[measure],
    subtitle: [
      describeRuns(runs),
      'best found: key and query vectors optimised without an encoder on sampled answer sets (dotted), then queries alone on other sets (dashed)',
      ...(measure === 'kl'
        ? [`KL below ${KL_FLOOR}, and a best that is exactly 0, are drawn at ${KL_FLOOR}`]
        : []),
    ],
    panels,
    columns: 3,
    panelSize: SIZE,
    legendTitle: 'model',
    legend: [...models, ...lines],
  };
}

function plotOptions(
  runs: readonly RunMetrics[],
  floors: readonly GameFloor[],
  measure: Measure,
  all: readonly RunMetrics[],
): Plot.PlotOptions {
  const place = (value: number) => (measure === 'kl' ? Math.max(value, KL_FLOOR) : value);
  const dims = [...new Set(all.flatMap(({ dim }) => dim ?? []))].sort((a, b) => a - b);
  const styles = stylesOf(all);
  const finite = runs.filter((run) => run.dim !== undefined && Number.isFinite(run[measure]));
  const points = dims.map((dim) => {
    const values = finite.filter((run) => run.dim === dim).map((run) => run[measure]);
    return { dim: String(dim), ...rangeOf(values) };
  });
  const measured = points.filter(({ mean }) => Number.isFinite(mean));
  const floorAt = dims.flatMap((dim) => {
    const floor = floors.find((row) => row.dim === dim);
    if (floor === undefined) return [];
    return [{ dim: String(dim), fitted: floor.fitted[measure], heldOut: floor.heldOut[measure] }];
  });
  const hasSeeds = finite.length > measured.length;
  const ink = { stroke: NEUTRAL.light, strokeWidth: 1.75 };
  return {
    marginLeft: 56,
    marginRight: 16,
    marginTop: 28,
    marginBottom: 38,
    x: { type: 'point', domain: dims.map(String), label: 'dimension d', padding: 0.3 },
    y:
      measure === 'kl'
        ? {
            type: 'log',
            domain: [KL_FLOOR, 2],
            ticks: [...DECADES],
            tickFormat: (x: number) => String(x),
            label: '↑ mean KL, nats (log scale)',
          }
        : { label: '↑ mean Top-K overlap', nice: true },
    marks: [
      Plot.gridY(measure === 'kl' ? [...DECADES] : undefined, { strokeOpacity: 0.2 }),
      Plot.line(floorAt, {
        ...ink,
        x: 'dim',
        y: ({ fitted }) => place(fitted),
        strokeDasharray: FITTED.dash,
      }),
      Plot.line(floorAt, {
        ...ink,
        x: 'dim',
        y: ({ heldOut }) => place(heldOut),
        strokeDasharray: HELD_OUT.dash,
      }),
      Plot.line(points, {
        x: 'dim',
        y: ({ mean }) => place(mean),
        stroke: 'currentColor',
        strokeOpacity: 0.35,
        strokeWidth: 1.5,
      }),
      ...measured.flatMap((point) => {
        const style = styles.get(Number(point.dim)) ?? NEUTRAL;
        const own = finite.filter(({ dim }) => String(dim) === point.dim);
        return [
          ...(hasSeeds
            ? [
                Plot.ruleX([point], {
                  x: 'dim',
                  y1: ({ low }) => place(low),
                  y2: ({ high }) => place(high),
                  stroke: style.light,
                  strokeWidth: 1.5,
                }),
                Plot.dot(own, {
                  x: ({ dim }) => String(dim),
                  y: (run) => place(run[measure]),
                  fill: style.light,
                  fillOpacity: 0.45,
                  r: 2,
                }),
              ]
            : []),
          Plot.dot([point], {
            x: 'dim',
            y: ({ mean }) => place(mean),
            fill: style.light,
            symbol: style.symbol,
            r: 4,
          }),
        ];
      }),
    ],
  };
}
