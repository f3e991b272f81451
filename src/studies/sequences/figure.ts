import * as Plot from '@observablehq/plot';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import { type Style, seriesStyle } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { AMBER, BLACK, BLUE, curve, GREEN, GREY, MAGENTA } from '../drawing.ts';
import { stepsTo } from './runs.ts';
import {
  CHANGES,
  type Change,
  type SequenceRun,
  type SequencesEvidence,
  type Variant,
} from './tables.ts';
import { TASKS, type Task, taskDefinitions } from './tasks.ts';

const TASK_STYLES: readonly Style[] = [
  { ...BLACK, symbol: 'circle' },
  { ...BLUE, dash: '6 4', symbol: 'square' },
  { ...MAGENTA, dash: '', symbol: 'triangle' },
  { ...AMBER, symbol: 'diamond2' },
  GREEN,
  { ...GREY, symbol: 'star' },
];

const VARIANT_STYLES: readonly (readonly [Variant, string, Style])[] = [
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
export function sequencesFigure({ runs, changes }: SequencesEvidence, scheme: Scheme): string {
  const tasks = TASKS.map((task, i): Line => {
    return { label: task, style: TASK_STYLES[i], runs: runsOf(runs, task, 'base') };
  });
  const variants = VARIANT_STYLES.map(([variant, label, style]): Line => {
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
        changesPanel(changes),
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
  return {
    heading,
    options: {
      marginLeft: 50,
      marginRight: 20,
      marginTop: 28,
      marginBottom: 40,
      x: { label: 'training step →', zero: true },
      y: { label: '↑ exact match on held-out examples', domain: [0, 1], grid: true },
      marks: lines.flatMap(({ runs, style }) =>
        runs.flatMap(({ points }) =>
          curve(points, { x: 'step', y: 'exactMatch', style, radius: 3 }),
        ),
      ),
    },
  };
}

/** Exact match that changes are compared by. */
const REACHED = 0.9;
/** Of 10 digits in rising order: another task, so set apart. */
const OTHER_TASK: Change = 'fixed order';

/** Steps that every change needs, a symbol per seed; hollow where the training ends before. */
function changesPanel(changes: SequencesEvidence['changes']): Panel {
  const points = changes.map(({ change, seed, points: curvePoints }) => {
    const end = curvePoints[curvePoints.length - 1]?.step ?? 0;
    const steps = stepsTo(curvePoints, REACHED);
    return { change, seed, steps: steps ?? end, isReached: steps !== undefined };
  });
  const base = points.filter(({ change }) => change === 'none');
  const styled = (isReached: boolean) => points.filter((point) => point.isReached === isReached);
  const position = { x: 'steps', y: 'change' } as const;
  return {
    heading: `reverse, smaller batches: steps to ${REACHED}, by change (hollow: not reached)`,
    options: {
      marginLeft: 150,
      marginRight: 20,
      marginTop: 28,
      marginBottom: 40,
      x: { label: 'training steps →', zero: true, grid: true },
      y: { label: null, domain: CHANGES },
      marks: [
        Plot.ruleX(base, { x: 'steps', strokeOpacity: 0.35, strokeDasharray: '3 3' }),
        Plot.dot(styled(true), {
          ...position,
          fill: ({ change }: { change: Change }) =>
            change === OTHER_TASK ? AMBER.light : BLUE.light,
          r: 5,
        }),
        Plot.dot(styled(false), { ...position, stroke: MAGENTA.light, strokeWidth: 2, r: 5 }),
      ],
    },
  };
}
