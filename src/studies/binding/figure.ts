import * as Plot from '@observablehq/plot';
import { drawSvg, type LegendEntry } from '../../plots/figure.ts';
import { rampStyles, type Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { groupBy } from '../../tables/group-by.ts';
import { AMBER, BLUE, curve, MAGENTA } from '../drawing.ts';
import type { BindingEvidence, Method, RecoveryRow } from './tables.ts';

const LIST_STYLES: readonly (readonly [Method, string, Style])[] = [
  ['dual', 'dual basis', BLUE],
  ['self, orthogonal', 'self, orthogonal roles', AMBER],
  ['self', 'self, random roles', MAGENTA],
];

interface Line extends LegendEntry {
  readonly rows: readonly RecoveryRow[];
}

/** Recovery of lists by the length of roles, and of Hadamard trees by n and depth. */
export function bindingFigure(
  { rows, fillers, fillerLength, bindings, trials }: BindingEvidence,
  scheme: Scheme,
): string {
  const trees = rows.filter(({ method }) => method === 'hadamard');
  // The palette's darkest colour is that of the largest number: the deepest tree gets the palest.
  const styles = rampStyles(trees.map(({ depth }) => -depth));
  const styleOf = (depth: number): Style => {
    const style = styles.get(-depth);
    if (style === undefined) throw new Error(`no style for depth ${depth}`);
    return style;
  };
  const share = {
    label: '↑ share of fillers recovered',
    domain: [0, 1],
    grid: true,
  };
  const common = { marginLeft: 50, marginRight: 20, marginTop: 28, marginBottom: 40, y: share };
  const listLines = LIST_STYLES.map(
    ([method, label, style]): Line => ({
      label,
      style,
      rows: rows.filter((row) => row.method === method),
    }),
  );
  const treeLines = [...groupBy(trees, ({ depth }) => String(depth)).values()].map(
    (ofDepth): Line => {
      const [{ depth, held }] = ofDepth;
      const label = `depth ${depth}, ${held} ${held === 1 ? 'leaf' : 'leaves'}`;
      return { label, style: styleOf(depth), rows: ofDepth };
    },
  );
  const marks = (lines: readonly Line[]) =>
    lines.flatMap(({ rows, style }) =>
      curve(rows, { x: 'dimension', y: 'recovered', style, radius: 4 }),
    );
  const expected = treeLines.map((line) =>
    Plot.line(line.rows, {
      x: 'dimension',
      y: 'expected',
      stroke: 'currentColor',
      strokeOpacity: 0.55,
      strokeDasharray: '2 3',
    }),
  );
  return drawSvg(
    {
      title: 'Binding fillers to roles: how many are recovered',
      subtitle: [
        `${fillers} fillers to choose from; ${trials} random structures per point`,
        `lists: ${bindings} bindings, tensor products of ${fillerLength} numbers per filler; trees: Hadamard products, thin dotted lines: expected share`,
      ],
      panels: [
        {
          heading: `lists of ${bindings} bindings, tensor product`,
          options: {
            ...common,
            x: {
              label: 'numbers per role →',
              type: 'log',
              base: 2,
              ticks: [...new Set(listLines[2].rows.map(({ dimension }) => dimension))],
              tickFormat: String,
            },
            marks: [
              Plot.ruleX([bindings], { strokeOpacity: 0.4, strokeDasharray: '3 3' }),
              ...marks(listLines),
            ],
          },
        },
        {
          heading: 'binary trees, Hadamard approximation',
          options: {
            ...common,
            x: {
              label: 'n, numbers per tree →',
              type: 'log',
              base: 2,
              ticks: [...new Set(trees.map(({ dimension }) => dimension))],
              tickFormat: String,
            },
            marks: [...expected, ...marks(treeLines)],
          },
        },
      ],
      legendTitle: 'lists, trees',
      legend: [...listLines, ...treeLines],
    },
    scheme,
  );
}
