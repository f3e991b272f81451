import * as Plot from '@observablehq/plot';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import { type Style, seriesStyle } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { AMBER, BLUE, curve, MAGENTA, MARGINS } from '../drawing.ts';
import { operationsOf } from './claims.ts';
import type { AutodiffEvidence, CheckRow, PointRow, StepRow } from './tables.ts';

const ZERO: Style = AMBER;
const ONE: Style = BLUE;
const DIFFERENCE: Style = MAGENTA;
/** Of the points only so many are drawn. */
const DRAWN = 300;
/** Step size at which the two kinds of differences are named. */
const NAMED = 1e-3;

/** Errors of differences by step size, the line as it turns, and the two trainings. */
export function autodiffFigure(
  { checks, steps, points }: AutodiffEvidence,
  scheme: Scheme,
): string {
  return drawSvg(
    {
      title: 'Automatic differentiation from scratch',
      subtitle: [
        'three operations with gradients written by hand, checked by differences of their values',
        `logistic regression on two classes, ${steps.length} steps written out, against the engine's own`,
      ],
      panels: [checkPanel(checks), linePanel(points, steps), trainingPanel(steps)],
      legendTitle: 'operations, classes',
      legend: [
        ...operationsOf(checks).map((label, i) => ({ label, style: seriesStyle(i) })),
        { label: 'class 0', style: ZERO },
        { label: 'class 1', style: ONE },
      ],
    },
    scheme,
  );
}

function checkPanel(checks: readonly CheckRow[]): Panel {
  const powers = { type: 'log', tickFormat: (x: number) => x.toExponential(0), ticks: 6 } as const;
  const at = (operation: string, difference: CheckRow['difference']) =>
    checks.filter(
      (row) =>
        row.operation === operation && row.difference === difference && row.epsilon === NAMED,
    );
  const name = (rows: readonly CheckRow[], textAnchor: 'start' | 'end') =>
    Plot.text(rows, {
      x: 'epsilon',
      y: 'error',
      text: 'difference',
      textAnchor,
      dx: textAnchor === 'start' ? 8 : -8,
      dy: textAnchor === 'start' ? -8 : 8,
    });
  return {
    heading: 'differences of values against the gradient: too large a step, too small a step',
    options: {
      ...MARGINS,
      x: { ...powers, label: 'step size ε →', reverse: true },
      // A difference that is exact has no place on the axis.
      y: { ...powers, label: '↑ relative error', grid: true },
      marks: [
        ...operationsOf(checks).flatMap((operation, i) =>
          (['forward', 'central'] as const).flatMap((difference) =>
            curve(
              checks.filter(
                (row) =>
                  row.operation === operation && row.difference === difference && row.error > 0,
              ),
              { x: 'epsilon', y: 'error', style: seriesStyle(i), width: 1.5, radius: 2.5 },
            ),
          ),
        ),
        name(at('cross-entropy', 'forward'), 'start'),
        name(at('all together', 'central'), 'end'),
      ],
    },
  };
}

function linePanel(points: readonly PointRow[], steps: readonly StepRow[]): Panel {
  const drawn = points.slice(0, DRAWN);
  const at = [1, 10, steps.length];
  const lines = at.flatMap((step) => steps.filter((row) => row.step === step));
  const edge = 4.2;
  const yAt = ({ w1, w2, bias }: StepRow, x: number) => -(bias + w1 * x) / w2;
  const ends = lines.map((row) => ({ step: row.step, x: (row.w2 * edge - row.bias) / row.w1 }));
  return {
    heading: 'other points, and the line p = 1/2 after so many steps',
    options: {
      ...MARGINS,
      x: { domain: [-edge, edge], label: null },
      y: { domain: [-edge, edge], label: null },
      marks: [
        ...[ZERO, ONE].map((style, own) =>
          Plot.dot(
            drawn.filter((point) => point.own === own),
            {
              x: 'x',
              y: 'y',
              fill: style.light,
              symbol: style.symbol,
              r: 2.5,
              fillOpacity: 0.6,
              clip: true,
            },
          ),
        ),
        ...lines.map((row, i) =>
          Plot.line(
            [-edge, edge].map((x) => ({ x, y: yAt(row, x) })),
            {
              x: 'x',
              y: 'y',
              stroke: 'currentColor',
              strokeWidth: i === lines.length - 1 ? 2.5 : 1,
              strokeOpacity: 0.3 + (0.7 * i) / Math.max(1, lines.length - 1),
              clip: true,
            },
          ),
        ),
        Plot.text(apart(ends), {
          x: 'x',
          y: -edge,
          text: ({ step }: { step: number }) => String(step),
          dy: -8,
          dx: 12,
        }),
      ],
    },
  };
}

/** The last lines whose labels have room. */
function apart<P extends { readonly x: number }>(ends: readonly P[]): readonly P[] {
  const kept: P[] = [];
  for (const end of [...ends].reverse()) {
    if (kept.every(({ x }) => Math.abs(x - end.x) > 0.35)) kept.push(end);
  }
  return kept;
}

function trainingPanel(steps: readonly StepRow[]): Panel {
  const gaps = steps.filter(({ difference }) => difference > 0);
  return {
    heading: 'largest difference of a weight between the two trainings',
    options: {
      ...MARGINS,
      x: { label: 'step →' },
      y: {
        type: 'log',
        domain: [1e-9, 1e-4],
        tickFormat: (x: number) => x.toExponential(0),
        ticks: 5,
        grid: true,
        label: '↑ difference',
      },
      marks: [
        Plot.ruleY([1e-5], { strokeDasharray: '4 3', strokeOpacity: 0.6 }),
        Plot.text([1e-5], {
          y: (y: number) => y,
          text: () => '1e-5',
          frameAnchor: 'right',
          dy: -8,
        }),
        Plot.line(gaps, { x: 'step', y: 'difference', stroke: DIFFERENCE.light, strokeWidth: 1.5 }),
      ],
    },
  };
}
