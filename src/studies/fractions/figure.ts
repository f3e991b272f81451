import * as Plot from '@observablehq/plot';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import type { Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { AMBER, BLUE, curve, GREY, MARGINS } from '../drawing.ts';
import { ROLES } from './expressions.ts';
import { accuracyAt, runsOf } from './runs.ts';
import { BINDINGS, type Binding, type FractionRun, type FractionsEvidence } from './tables.ts';

const STYLES: Readonly<Record<Binding, Style>> = { attention: BLUE, roles: AMBER };
const LABELS: Readonly<Record<Binding, string>> = {
  attention: 'standard attention',
  roles: 'bound to roles (TP)',
};
const UNTRAINED: Style = GREY;
const CHANCE = 1 / 4;

/** Accuracy by depth, by the number of letters one level deeper, and of the probes by role. */
export function fractionsFigure({ runs, deepest }: FractionsEvidence, scheme: Scheme): string {
  const sizes = BINDINGS.flatMap((binding) =>
    runsOf(runs, binding)
      .slice(0, 1)
      .map(({ parameters }) => `${LABELS[binding]} ${parameters}`),
  );
  return drawSvg(
    {
      title: 'Nested divisions, simplified: one level deeper than trained',
      subtitle: [
        `trained on depths 1 to ${deepest}, asked up to ${deepest + 1}; share of held-out expressions answered right to the last symbol, a line per seed`,
        `2 + 2 layers, 2 heads; parameters: ${sizes.join(', ')}`,
        'probes read the letter in a role from the hidden vector at the main division: nn is the numerator of the numerator, dn its denominator',
      ],
      panels: [depthPanel(runs, deepest), leavesPanel(runs, deepest), probePanel(runs, deepest)],
      legendTitle: 'models',
      legend: [
        ...BINDINGS.map((binding) => ({ label: LABELS[binding], style: STYLES[binding] })),
        { label: 'before training', style: UNTRAINED },
      ],
    },
    scheme,
  );
}

const SHARE = { domain: [0, 1], grid: true } as const;

function depthPanel(runs: readonly FractionRun[], deepest: number): Panel {
  const depths = Array.from({ length: deepest + 1 }, (_, i) => i + 1);
  return {
    heading: 'accuracy by depth; right of the line: never trained on',
    options: {
      ...MARGINS,
      x: { label: 'depth →', ticks: depths, tickFormat: String, domain: [0.8, deepest + 1.2] },
      y: { ...SHARE, label: '↑ exact match' },
      marks: [
        Plot.ruleX([deepest + 0.5], { strokeDasharray: '4 3', strokeOpacity: 0.6 }),
        ...BINDINGS.flatMap((binding) =>
          runsOf(runs, binding).flatMap((run) =>
            curve(
              depths.map((depth) => ({ depth, accuracy: accuracyAt(run, depth) })),
              { x: 'depth', y: 'accuracy', style: STYLES[binding], radius: 4 },
            ),
          ),
        ),
      ],
    },
  };
}

/** Seeds together: of some lengths there are few. */
function leavesPanel(runs: readonly FractionRun[], deepest: number): Panel {
  const marks = BINDINGS.flatMap((binding) =>
    [deepest, deepest + 1].flatMap((depth) => {
      const answers = runsOf(runs, binding).flatMap((run) =>
        run.answers.filter((answer) => answer.depth === depth),
      );
      const counts = [...new Set(answers.map(({ leaves }) => leaves))].sort((a, b) => a - b);
      const rows = counts.map((leaves) => {
        const some = answers.filter((answer) => answer.leaves === leaves);
        const right = some.filter((answer) => answer.right === 1);
        return { leaves, accuracy: right.length / some.length };
      });
      return [
        ...curve(rows, { x: 'leaves', y: 'accuracy', style: STYLES[binding], radius: 3 }),
        Plot.text(rows.slice(-1), {
          x: 'leaves',
          y: 'accuracy',
          text: () => `depth ${depth}`,
          dy: -9,
        }),
      ];
    }),
  );
  return {
    heading: 'accuracy by the number of letters in the expression',
    options: {
      ...MARGINS,
      x: { label: 'letters →', tickFormat: String },
      y: { ...SHARE, label: '↑ exact match' },
      marks,
    },
  };
}

function probePanel(runs: readonly FractionRun[], deepest: number): Panel {
  const dots = [deepest, deepest + 1].flatMap((depth) =>
    runs.flatMap(({ binding, probes }) =>
      probes
        .filter((row) => row.depth === depth)
        .map(({ role, model, accuracy }) => ({
          place: `${role}, depth ${depth}`,
          accuracy,
          style: model === 'trained' ? STYLES[binding] : UNTRAINED,
        })),
    ),
  );
  return {
    heading: 'letters in roles, read by linear maps from the trained depth',
    options: {
      ...MARGINS,
      marginLeft: 90,
      x: { ...SHARE, label: 'accuracy of the probe →' },
      y: {
        type: 'band',
        label: null,
        domain: [deepest, deepest + 1].flatMap((depth) =>
          ROLES.map((role) => `${role}, depth ${depth}`),
        ),
      },
      marks: [
        Plot.ruleX([CHANCE], { strokeDasharray: '4 3', strokeOpacity: 0.6 }),
        ...[...Object.values(STYLES), UNTRAINED].map((style) =>
          Plot.dot(
            dots.filter((dot) => dot.style === style),
            { x: 'accuracy', y: 'place', fill: style.light, symbol: style.symbol, r: 4 },
          ),
        ),
      ],
    },
  };
}
