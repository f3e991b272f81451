import * as Plot from '@observablehq/plot';
import type { Figure, Panel } from '../../plots/figure.ts';
import { seriesStyle } from '../../plots/palette.ts';
import { groupBy } from '../../tables/group-by.ts';
import type { VariantPoint } from '../metrics/variant-table.ts';
import { barOf } from './measures.ts';

/** Trainings that differ in one thing. */
export interface Ablation {
  readonly title: string;
  readonly points: readonly VariantPoint[];
}

const SIZE = { width: 470, height: 210 } as const;
/** Part of a row over which the games are spread. */
const SPREAD = 0.5;
/** Factor between the outermost values and the panel's edges. */
const ROOM = 1.3;
/** Powers of ten: a logarithmic axis labels no others for sure. */
const TICKS = [0.001, 0.01, 0.1, 1];

/** KL at the end of every training: a panel per ablation, a row per variant, a symbol per game and dimension. */
export function ablationsFigure(ablations: readonly Ablation[]): Figure {
  const finals = ablations.map(({ title, points }) => ({ title, points: lastOf(points) }));
  const all = finals.flatMap(({ points }) => points);
  const places = [...new Set(all.map(placeOf))];
  const seeds = new Set(all.map(({ seed }) => seed)).size;
  return {
    title: 'Ablations on a small deck: KL at the end of the training',
    subtitle: [
      'large symbols: means; small dots: a training each; rows from the study’s own choice down, as listed',
      ...(seeds === 1 ? ['one seed: the order of near values means nothing'] : []),
    ],
    panels: finals.map(({ title, points }) => panelOf(title, points, places, domainOf(all))),
    columns: 2,
    panelSize: SIZE,
    legendTitle: 'game, d',
    legend: places.map((label, i) => ({ label, style: seriesStyle(i), mark: 'symbol' as const })),
  };
}

/** The same for all panels, so that they can be compared. */
function domainOf(points: readonly VariantPoint[]): readonly [number, number] {
  const values = points.map(({ kl }) => kl);
  return [Math.min(...values) / ROOM, Math.max(...values) * ROOM];
}

function placeOf({ game, dim }: VariantPoint): string {
  return `${game}, d = ${dim}`;
}

/** The last point of every training. */
function lastOf(points: readonly VariantPoint[]): readonly VariantPoint[] {
  const trainings = groupBy(points, ({ variant, game, dim, seed }) =>
    [variant, game, dim, seed].join('\n'),
  );
  return [...trainings.values()].map((training) =>
    training.reduce((last, point) => (point.step > last.step ? point : last)),
  );
}

function panelOf(
  heading: string,
  points: readonly VariantPoint[],
  places: readonly string[],
  domain: readonly [number, number],
): Panel {
  const variants = [...new Set(points.map(({ variant }) => variant))];
  const here = places.filter((place) => points.some((point) => placeOf(point) === place));
  const y = (point: VariantPoint) =>
    variants.indexOf(point.variant) +
    SPREAD * ((here.indexOf(placeOf(point)) + 0.5) / here.length - 0.5);
  const ticks = TICKS.filter((tick) => tick >= domain[0] && tick <= domain[1]);
  const marks = [...groupBy(points, (point) => `${point.variant}\n${placeOf(point)}`).values()];
  return {
    heading,
    options: {
      marginLeft: 190,
      marginRight: 24,
      marginTop: 12,
      marginBottom: 38,
      x: {
        type: 'log',
        domain: [...domain],
        label: 'mean KL, nats (log scale) →',
        tickFormat: String,
        ticks,
      },
      y: {
        domain: [variants.length - 0.5, -0.5],
        ticks: variants.map((_, i) => i),
        tickFormat: (i: number) => variants[i],
        tickSize: 0,
        label: null,
      },
      marks: [
        Plot.gridX(ticks, { strokeOpacity: 0.2 }),
        ...marks.flatMap((ofOne) => {
          const { light, symbol } = seriesStyle(places.indexOf(placeOf(ofOne[0])));
          const { mean } = barOf(ofOne.map(({ kl }) => kl));
          return [
            Plot.dot(ofOne, { x: 'kl', y, fill: light, fillOpacity: 0.45, r: 2 }),
            Plot.dot([ofOne[0]], { x: mean, y, fill: light, symbol, r: 4 }),
          ];
        }),
      ],
    },
  };
}
