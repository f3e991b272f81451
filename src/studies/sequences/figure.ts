import { drawSvg, type Panel } from '../../plots/figure.ts';
import { type Style, seriesStyle } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { AMBER, BLACK, BLUE, curve, GREEN, GREY, MAGENTA } from '../drawing.ts';
import type { SequenceRun, SequencesEvidence, Variant } from './tables.ts';
import { TASKS, type Task, taskDefinitions } from './tasks.ts';

const TASK_STYLES: readonly Style[] = [
  { ...BLACK, symbol: 'circle' },
  { ...BLUE, dash: '6 4', symbol: 'square' },
  { ...MAGENTA, dash: '', symbol: 'triangle' },
  { ...AMBER, symbol: 'diamond2' },
  GREEN,
  { ...GREY, symbol: 'star' },
];

const CHANGES: readonly (readonly [Variant, string, Style])[] = [
  ['variance-1', 'reverse, N(0, 1)', seriesStyle(2)],
  ['same-query-key', 'reverse, WQ = WK', seriesStyle(3)],
  ['no-warm-up', 'reverse, no warm-up', seriesStyle(4)],
];

interface Line {
  readonly label: string;
  readonly style: Style;
  /** A curve each. */
  readonly runs: readonly SequenceRun[];
}

/** Exact match on held-out examples by step: of every task, and of `reverse` set up in other ways. */
export function sequencesFigure({ runs }: SequencesEvidence, scheme: Scheme): string {
  const tasks = TASKS.map((task, i): Line => {
    return { label: task, style: TASK_STYLES[i], runs: runsOf(runs, task, 'base') };
  });
  const variants = CHANGES.map(([variant, label, style]): Line => {
    return { label, style, runs: runsOf(runs, 'reverse', variant) };
  });
  const base = tasks.filter(({ label }) => label === 'reverse');
  return drawSvg(
    {
      title: 'A small transformer learns six toy tasks',
      subtitle: [
        '2 + 2 layers, 2 heads, encoder-decoder; share of held-out examples answered right to the last symbol, a line per seed',
        describe(TASKS.slice(0, 4)),
        describe(TASKS.slice(4)),
        'base: token vectors initialised as N(0, 1 / d_model), independent query and key matrices (WQ, WK), warm-up',
      ],
      panels: [
        curvePanel('the tasks', tasks),
        curvePanel('reverse, with one change each', [...base, ...variants]),
      ],
      legendTitle: 'tasks, changes',
      legend: [...tasks, ...variants].filter((line) => line.runs.length > 0),
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

function curvePanel(heading: string, lines: readonly Line[]): Panel {
  const marks = lines.flatMap(({ runs, style }) =>
    runs.flatMap(({ points }) => curve(points, { x: 'step', y: 'exactMatch', style, radius: 3 })),
  );
  return matchPanel(heading, '↑ exact match on held-out examples', marks);
}

/** A panel of the share of exact matches by training step. */
export function matchPanel(
  heading: string,
  label: string,
  marks: NonNullable<Panel['options']['marks']>,
): Panel {
  return {
    heading,
    options: {
      marginLeft: 50,
      marginRight: 20,
      marginTop: 28,
      marginBottom: 40,
      x: { label: 'training step →', zero: true },
      y: { label, domain: [0, 1], grid: true },
      marks,
    },
  };
}
