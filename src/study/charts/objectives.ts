import * as Plot from '@observablehq/plot';
import type { Figure, Panel } from '../../plots/figure.ts';
import { NEUTRAL, type Style } from '../../plots/palette.ts';
import { groupBy } from '../../tables/group-by.ts';
import type { ObjectivePoint } from '../metrics/objective-table.ts';
import { modelStyles } from './styles.ts';

/** KL along the training with both objectives, and how far apart their predictions are. */
export function objectivesFigure(points: readonly ObjectivePoint[], data: string): Figure {
  const styles = modelStyles(points.flatMap(({ dim }) => dim ?? []));
  const styleOf = ({ dim, objective }: ObjectivePoint): Style => {
    const style = styles.get(dim) ?? NEUTRAL;
    return objective === 'sampled' ? { ...style, dash: '5 4', symbol: 'diamond2' } : style;
  };
  const nameOf = ({ dim, objective }: ObjectivePoint) => `d = ${dim}, ${objective}`;
  const lines = [...groupBy(points, nameOf).values()];
  const panel = (
    heading: string,
    label: string,
    y: 'kl' | 'apart',
    shown: readonly (readonly ObjectivePoint[])[],
  ): Panel => ({
    heading,
    options: {
      marginLeft: 60,
      marginRight: 24,
      marginTop: 28,
      marginBottom: 40,
      x: { label: 'training step →', zero: true },
      y: { type: 'log', label, tickFormat: (value: number) => String(value), ticks: 5 },
      marks: [
        Plot.gridY({ strokeOpacity: 0.2, ticks: 5 }),
        ...shown.flatMap((line) => {
          const { light, dash, symbol } = styleOf(line[0]);
          return [
            Plot.line(line, {
              x: 'step',
              y,
              stroke: light,
              strokeWidth: 2,
              ...(dash && { strokeDasharray: dash }),
            }),
            Plot.dot(line, { x: 'step', y, fill: light, symbol, r: 4 }),
          ];
        }),
      ],
    },
  });
  return {
    title: 'The published, sampled objective and its expectation',
    subtitle: [
      data,
      'same models, data, steps and seed; one positive key per query, or all of them',
    ],
    panels: [
      panel('distance from the truth', '↑ mean KL, nats (log scale)', 'kl', lines),
      panel(
        'distance between the two predictions',
        '↑ mean KL(expected || sampled), nats (log scale)',
        'apart',
        lines.filter(([{ objective }]) => objective === 'expected'),
      ),
    ],
    legendTitle: 'model, objective',
    legend: lines.map(([first]) => ({ label: nameOf(first), style: styleOf(first) })),
  };
}
