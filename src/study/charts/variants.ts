import * as Plot from '@observablehq/plot';
import type { Figure, Panel } from '../../plots/figure.ts';
import { seriesStyle } from '../../plots/palette.ts';
import { rangeOf } from '../../plots/range.ts';
import { groupBy } from '../../tables/group-by.ts';
import type { VariantPoint } from '../metrics/variant-table.ts';

const SIZE = { width: 400, height: 320 } as const;

/** KL along the training for every variant, a panel per game and dimension. */
export function variantsFigure(
  points: readonly VariantPoint[],
  title: string,
  data: string,
): Figure {
  const names = [...groupBy(points, ({ variant }) => variant).keys()];
  const places = [...groupBy(points, ({ game, dim }) => `${game}, d = ${dim}`)];
  const panels = places.map(([heading, here]): Panel => {
    const byVariant = groupBy(here, ({ variant }) => variant);
    const ticks = ticksAlong(here.map(({ kl }) => kl));
    return {
      heading,
      options: {
        marginLeft: 60,
        marginRight: 20,
        marginTop: 28,
        marginBottom: 40,
        x: { label: 'training step →', zero: true },
        y: {
          type: 'log',
          label: '↑ mean KL, nats (log scale; lower is better)',
          tickFormat: (value: number) => String(value),
          ticks: [...ticks],
        },
        marks: [
          Plot.gridY([...ticks], { strokeOpacity: 0.2 }),
          ...names.flatMap((name, i) => marksOf(byVariant.get(name) ?? [], i)),
        ],
      },
    };
  });
  return {
    title,
    subtitle: [data],
    panels,
    columns: 3,
    panelSize: SIZE,
    legendTitle: 'variant',
    legend: names.map((label, i) => ({ label, style: seriesStyle(i) })),
  };
}

/** 1, 2 and 5 times the powers of ten that values reach, or all digits times them if these are few. */
function ticksAlong(values: readonly number[]): readonly number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const reached = (digits: readonly number[]) =>
    Array.from({ length: 8 }, (_, i) => 10 ** (i - 6))
      // As printed, so that 0.3 is not 0.30000000000000004.
      .flatMap((decade) => digits.map((digit) => Number((digit * decade).toPrecision(1))))
      .filter((tick) => tick >= least && tick <= most);
  const coarse = reached([1, 2, 5]);
  return coarse.length > 2 ? coarse : reached([1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

function marksOf(points: readonly VariantPoint[], index: number) {
  const { light, dash, symbol } = seriesStyle(index);
  const stroke = { stroke: light, ...(dash && { strokeDasharray: dash }) };
  const runs = [...groupBy(points, ({ seed }) => String(seed)).values()];
  const means = [...groupBy(points, ({ step }) => String(step)).values()].map((atStep) => ({
    step: atStep[0].step,
    kl: rangeOf(atStep.map(({ kl }) => kl)).mean,
  }));
  return [
    ...(runs.length > 1
      ? runs.map((run) =>
          Plot.line(run, { x: 'step', y: 'kl', ...stroke, strokeWidth: 0.8, strokeOpacity: 0.6 }),
        )
      : []),
    Plot.line(means, { x: 'step', y: 'kl', ...stroke, strokeWidth: 2 }),
    Plot.dot(means, { x: 'step', y: 'kl', fill: light, symbol, r: 4 }),
  ];
}
