import type * as Plot from '@observablehq/plot';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import type { Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { BLUE, curve, GREY } from '../drawing.ts';
import type { PointRow, SequenceRun, SequencesEvidence, Variant } from './tables.ts';
import { TASKS, type Task, taskDefinitions } from './tasks.ts';

/** How one training may differ from the base, and what a panel calls it. */
const CHANGES: readonly (readonly [Variant, string])[] = [
  ['variance-1', 'reverse, token vectors from N(0, 1)'],
  ['same-query-key', 'reverse, WQ = WK at the start'],
  ['no-warm-up', 'reverse, no warm-up'],
];

const TRAINING: Style = { ...BLUE, dash: '' };
/** What a change is compared with. */
const BASE: Style = { ...GREY, dash: '' };

/** Exact match on held-out examples by step: a panel per task, and per change to `reverse`. */
export function sequencesFigure({ runs }: SequencesEvidence, scheme: Scheme): string {
  const base = runsOf(runs, 'reverse', 'base');
  const panels = [
    ...TASKS.map((task) => ({ heading: task, shown: runsOf(runs, task, 'base'), base: [] })),
    ...CHANGES.map(([variant, heading]) => {
      return { heading, shown: runsOf(runs, 'reverse', variant), base };
    }),
  ];
  return drawSvg(
    {
      title: 'A small transformer learns six toy tasks',
      subtitle: [
        '2 + 2 layers, 2 heads, encoder-decoder; share of held-out examples answered right to the last symbol, a line per seed',
        describe(TASKS.slice(0, 4)),
        describe(TASKS.slice(4)),
        'base: token vectors initialised as N(0, 1 / d_model), independent query and key matrices (WQ, WK), warm-up',
      ],
      panels: panels
        .filter(({ shown }) => shown.length > 0)
        .map(({ heading, shown, base }) =>
          matchPanel(heading, [...curvesOf(base, BASE), ...curvesOf(shown, TRAINING)]),
        ),
      columns: 3,
      panelSize: MATCH_SIZE,
      legendTitle: 'trainings',
      legend: [
        { label: 'a seed', style: TRAINING },
        { label: 'reverse, base', style: BASE },
      ],
    },
    scheme,
  );
}

function describe(tasks: readonly Task[]): string {
  return tasks.map((task) => `${task}: ${taskDefinitions[task].description}`).join('; ');
}

function runsOf(
  runs: readonly SequenceRun[],
  task: string,
  variant: Variant,
): readonly SequenceRun[] {
  return runs.filter((run) => run.task === task && run.variant === variant);
}

/** Learning curves, one per training. */
export function curvesOf(
  trainings: readonly { readonly points: readonly PointRow[] }[],
  style: Style,
): readonly Plot.Markish[] {
  return trainings.flatMap(({ points }) =>
    curve(points, { x: 'step', y: 'exactMatch', style, width: 1.5, radius: 2 }),
  );
}

export const MATCH_SIZE = { width: 330, height: 230 } as const;

/** A panel of the share of exact matches by training step. */
export function matchPanel(heading: string, marks: readonly Plot.Markish[]): Panel {
  return {
    heading,
    options: {
      marginLeft: 46,
      marginRight: 20,
      marginTop: 26,
      marginBottom: 38,
      x: { label: 'training step →', zero: true, ticks: 5 },
      y: { label: '↑ exact match', domain: [0, 1], grid: true, ticks: 5 },
      marks: [...marks],
    },
  };
}
