import * as Plot from '@observablehq/plot';
import type { Figure } from '../../plots/figure.ts';
import type { Style } from '../../plots/palette.ts';
import type { SequenceRun, Variant } from './points.ts';
import { TASKS, taskDefinitions } from './tasks.ts';

const STYLES: readonly Style[] = [
  { light: '#22262b', dark: '#f2f4f7', dash: '', symbol: 'circle' },
  { light: '#0b6bb0', dark: '#58b4f5', dash: '6 4', symbol: 'square' },
  { light: '#b3246b', dark: '#f277b1', dash: '', symbol: 'triangle' },
  { light: '#a06a00', dark: '#e0a83c', dash: '2 3', symbol: 'diamond2' },
  { light: '#00795f', dark: '#3fe0b5', dash: '8 3', symbol: 'cross' },
  { light: '#7a8794', dark: '#9aa7b4', dash: '1 4', symbol: 'star' },
];

interface Line {
  readonly label: string;
  readonly style: Style;
  readonly runs: readonly SequenceRun[];
}

/** Exact match on held-out examples against steps, a line per task and seed. */
export function tasksFigure(runs: readonly SequenceRun[]): Figure {
  const lines = TASKS.map((task, i) => ({
    label: task,
    style: STYLES[i],
    runs: runs.filter((run) => run.task === task && run.variant === 'base'),
  }));
  return curves('A small transformer learns six toy tasks', lines, [
    '2 + 2 layers, 2 heads, encoder-decoder; share of held-out examples answered right to the last symbol',
    ...TASKS.map((task) => `${task}: ${taskDefinitions[task].description}`),
  ]);
}

/** The same for one change of the start against the base, a line per seed. */
export function ablationFigure(runs: readonly SequenceRun[], variant: Variant): Figure {
  const changed = runs.filter((run) => run.variant === variant);
  const tasks = [...new Set(changed.map(({ task }) => task))];
  const base = runs.filter((run) => run.variant === 'base' && tasks.includes(run.task));
  const titles: Readonly<Record<Variant, string>> = {
    base: 'The base',
    'variance-1': 'Token vectors that start as N(0, 1 / d_model) or as N(0, 1)',
    'same-query-key': 'Attention that starts with equal or with independent query and key matrices',
    'no-warm-up': 'Learning with and without warm-up',
  };
  const labels: Readonly<Record<Variant, string>> = {
    base: 'base',
    'variance-1': 'N(0, 1)',
    'same-query-key': 'WQ = WK',
    'no-warm-up': 'no warm-up',
  };
  const lines: readonly Line[] = [
    { label: 'base', style: STYLES[0], runs: base },
    { label: labels[variant], style: STYLES[2], runs: changed },
  ];
  return curves(titles[variant], lines, [
    `task ${tasks.join(', ')}; a line per seed; all else equal; base: N(0, 1 / d_model), independent matrices, warm-up`,
  ]);
}

function curves(title: string, lines: readonly Line[], subtitle: readonly string[]): Figure {
  return {
    title,
    subtitle,
    panels: [
      {
        heading: '',
        options: {
          marginLeft: 50,
          marginRight: 20,
          marginTop: 28,
          marginBottom: 40,
          x: { label: 'training step →', zero: true },
          y: { label: '↑ exact match on held-out examples', domain: [0, 1], grid: true },
          marks: lines.flatMap(({ runs, style }) =>
            runs.flatMap(({ points }) => [
              Plot.line(points, {
                x: 'step',
                y: 'exactMatch',
                stroke: style.light,
                strokeWidth: 2,
                ...(style.dash && { strokeDasharray: style.dash }),
              }),
              Plot.dot(points, {
                x: 'step',
                y: 'exactMatch',
                fill: style.light,
                symbol: style.symbol,
                r: 3,
              }),
            ]),
          ),
        },
      },
    ],
    legendTitle: '',
    legend: lines
      .filter(({ runs }) => runs.length > 0)
      .map(({ label, style }) => ({ label, style })),
  };
}
