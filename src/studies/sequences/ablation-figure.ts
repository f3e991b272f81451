import * as Plot from '@observablehq/plot';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import type { Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { AMBER, BLUE, GREY, MAGENTA } from '../drawing.ts';
import { REACHED } from './ablation-claims.ts';
import { curvesOf, MATCH_SIZE, matchPanel } from './figure.ts';
import { stepsTo } from './runs.ts';
import { type AblationsEvidence, CHANGES, type Change } from './tables.ts';

/** Trainings with the change of a panel. */
const CHANGED: Style = { ...BLUE, dash: '' };
/** Trainings without any. */
const BASE: Style = { ...GREY, dash: '' };

/** Steps that every change needs, and its learning curves over those without a change. */
export function ablationsFigure({ changes }: AblationsEvidence, scheme: Scheme): string {
  const of = (change: Change) => changes.filter((run) => run.change === change);
  const compared = CHANGES.filter((change) => change !== 'none' && change !== OTHER_TASK);
  return drawSvg(
    {
      title: 'A transformer that turns series around: what helps its training',
      subtitle: [
        '2 + 2 layers, 2 heads, encoder-decoder; share of held-out examples answered right to the last symbol, a line per seed',
        'none: sinusoidal positions, one table for source, target and output, batches of 32, warm-up',
      ],
      panels: [
        changesPanel(changes),
        ...compared.map((change) =>
          matchPanel(change, [...curvesOf(of('none'), BASE), ...curvesOf(of(change), CHANGED)]),
        ),
      ],
      columns: 3,
      panelSize: MATCH_SIZE,
      legendTitle: 'changes',
      legend: [
        { label: 'with the change', style: CHANGED },
        { label: 'none', style: BASE },
        { label: 'not reached', style: MISSED, mark: 'hollow symbol' },
        { label: 'rising digits', style: EASIER, mark: 'symbol' },
      ],
    },
    scheme,
  );
}

/** Of 10 digits in rising order: another task, so set apart. */
const OTHER_TASK: Change = 'fixed order';
const EASIER: Style = { ...AMBER, symbol: 'circle' };
const MISSED: Style = { ...MAGENTA, symbol: 'circle' };

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
    heading: `steps to an exact match of ${REACHED}`,
    options: {
      marginLeft: 140,
      marginRight: 20,
      marginTop: 20,
      marginBottom: 38,
      x: { label: 'training steps →', zero: true, grid: true, ticks: 4 },
      y: { label: null, domain: CHANGES },
      marks: [
        Plot.ruleX(base, { x: 'steps', strokeOpacity: 0.35, strokeDasharray: '3 3' }),
        Plot.dot(styled(true), {
          ...position,
          fill: ({ change }: { change: Change }) =>
            (change === OTHER_TASK ? EASIER : CHANGED).light,
          r: 4,
        }),
        Plot.dot(styled(false), { ...position, stroke: MISSED.light, strokeWidth: 2, r: 4 }),
      ],
    },
  };
}
