import * as Plot from '@observablehq/plot';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import type { Style } from '../../plots/palette.ts';
import { rangeOf } from '../../plots/range.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { modelStyles } from '../../study/charts/styles.ts';
import type { VariantPoint } from '../../study/metrics/variant-table.ts';
import { groupBy } from '../../tables/group-by.ts';
import { dimName, type RecipeEvidence } from './evidence.ts';

const TITLES: Readonly<Record<string, string>> = {
  study: 'the study: expected positives, Muon',
  published: 'published: a sampled positive, Adam',
};

/** KL along the training of every model, a panel per game and recipe. */
export function recipesFigure({ points }: RecipeEvidence, scheme: Scheme): string {
  const styles = modelStyles(points.flatMap(({ dim }) => dim ?? []));
  const styleOf = (dim: number | undefined): Style => styles.get(dim) ?? [...styles.values()][0];
  const dims = [...new Set(points.map(({ dim }) => dim))];
  const seeds = new Set(points.map(({ seed }) => seed)).size;
  const kls = points.map(({ kl }) => Math.max(LEAST, kl));
  const panels = [...groupBy(points, ({ game }) => game)].flatMap(([game, ofGame]) =>
    [...groupBy(ofGame, ({ variant }) => variant)].map(([recipe, here]) =>
      panel(`${game}; ${TITLES[recipe] ?? recipe}`, here, styleOf, [
        Math.min(...kls),
        Math.max(...kls),
      ]),
    ),
  );
  return drawSvg(
    {
      title: 'Learning curves of the study’s recipe and of the published one',
      subtitle: [
        `thin: each of ${seeds} seeds, thick: their mean; KL below ${LEAST} is drawn at ${LEAST}`,
      ],
      panels,
      columns: 2,
      panelSize: { width: 430, height: HEIGHT },
      legendTitle: 'model',
      legend: dims.map((dim) => ({ label: dimName(dim), style: styleOf(dim) })),
    },
    scheme,
  );
}

/** Powers of ten, and three times them, in a range. */
function decades([least, most]: readonly [number, number]): number[] {
  return [1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1].filter(
    (tick) => tick >= least && tick <= most,
  );
}

/** Nats. */
const LEAST = 1e-4;
const HEIGHT = 330;
const PLACE = { x: 'step', y: 'kl' } as const;
const MARGINS = { marginTop: 24, marginBottom: 40 };
/** Share of the axis between two labels that do not touch. */
const LINE = 14 / (HEIGHT - MARGINS.marginTop - MARGINS.marginBottom);

function panel(
  heading: string,
  points: readonly VariantPoint[],
  styleOf: (dim: number | undefined) => Style,
  range: readonly [number, number],
): Panel {
  const drawn = points.map((point) => ({ ...point, kl: Math.max(LEAST, point.kl) }));
  const models = [...groupBy(drawn, ({ dim }) => dim)].map(([dim, ofModel]) => ({
    dim,
    ofModel,
    means: [...groupBy(ofModel, ({ step }) => step)].map(([step, atStep]) => ({
      step,
      kl: rangeOf(atStep.map(({ kl }) => kl)).mean,
    })),
  }));
  const ends = models.flatMap(({ dim, means }) => means.slice(-1).map((end) => ({ ...end, dim })));
  const share = (a: number, b: number) => Math.abs(Math.log(a / b)) / Math.log(range[1] / range[0]);
  // The legend names the others too.
  const named = ends.filter((end) =>
    ends.every((other) => other === end || share(other.kl, end.kl) > LINE),
  );
  return {
    heading,
    options: {
      marginLeft: 60,
      marginRight: 100,
      ...MARGINS,
      x: { label: 'training step', labelAnchor: 'center', zero: true, ticks: 5 },
      y: {
        type: 'log',
        domain: [...range],
        label: '↑ mean KL, nats (log scale)',
        ticks: decades(range),
        tickFormat: '~g',
        grid: true,
      },
      marks: [
        ...models.flatMap(({ dim, ofModel, means }) => {
          const { light, symbol } = styleOf(dim);
          return [
            Plot.line(ofModel, { ...PLACE, z: 'seed', stroke: light, strokeWidth: 0.8 }),
            Plot.line(means, { ...PLACE, stroke: light, strokeWidth: 2 }),
            Plot.dot(means, { ...PLACE, fill: light, symbol, r: 3.5 }),
          ];
        }),
        Plot.text(named, {
          ...PLACE,
          text: ({ dim }) => dimName(dim),
          textAnchor: 'start',
          dx: 8,
          fill: ({ dim }) => styleOf(dim).light,
        }),
      ],
    },
  };
}
