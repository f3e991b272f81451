import * as Plot from '@observablehq/plot';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import type { Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { AMBER, BLACK, BLUE, curve, GREY, MAGENTA } from '../drawing.ts';
import { REACHED } from './ablation-claims.ts';
import { matchPanel } from './figure.ts';
import { stepsTo } from './runs.ts';
import { type AblationsEvidence, CHANGES, type Change, type ChangedRun } from './tables.ts';

/** What each panel of curves compares with the first set-up. */
const COMPARED: readonly (readonly [string, readonly (readonly [Change, Style])[]])[] = [
  [
    'positions and tables',
    [
      ['learnt positions', AMBER],
      ['learnt positions, half', BLUE],
      ['untied tables', MAGENTA],
      ['zeroed outputs', GREY],
    ],
  ],
  [
    'warm-up and batch size',
    [
      ['no warm-up', AMBER],
      ['batch 8', MAGENTA],
      ['batch 8, small steps', BLUE],
      ['batch 8, no warm-up', GREY],
    ],
  ],
];

/** Steps that every change needs, and learning curves of those that belong together. */
export function ablationsFigure({ changes }: AblationsEvidence, scheme: Scheme): string {
  const styles = COMPARED.flatMap(([, compared]) => compared);
  return drawSvg(
    {
      title: 'A transformer that turns series around: what helps its training',
      subtitle: [
        '2 + 2 layers, 2 heads, encoder-decoder; share of held-out examples answered right to the last symbol, a line per seed',
        'none: sinusoidal positions, one table for source, target and output, batches of 32, warm-up',
      ],
      panels: [
        changesPanel(changes),
        ...COMPARED.map(([heading, compared]) => curvesPanel(heading, compared, changes)),
      ],
      legendTitle: 'changes',
      legend: [
        { label: 'none', style: BASE },
        ...styles.map(([label, style]) => ({ label, style })),
      ],
    },
    scheme,
  );
}

const BASE: Style = BLACK;

function curvesPanel(
  heading: string,
  compared: readonly (readonly [Change, Style])[],
  changes: readonly ChangedRun[],
): Panel {
  const lines = [['none', BASE] as const, ...compared];
  const marks = lines.flatMap(([change, style]) =>
    changes
      .filter((run) => run.change === change)
      .flatMap(({ points }) =>
        curve(points, { x: 'step', y: 'exactMatch', style, width: 1.5, radius: 2 }),
      ),
  );
  return matchPanel(heading, '↑ exact match', marks);
}

/** Of 10 digits in rising order: another task, so set apart. */
const OTHER_TASK: Change = 'fixed order';

/** Steps that every change needs, a symbol per seed; hollow where the training ends before. */
function changesPanel(changes: AblationsEvidence['changes']): Panel {
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
