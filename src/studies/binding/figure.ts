import * as Plot from '@observablehq/plot';
import { drawSvg, type LegendEntry, type Panel } from '../../plots/figure.ts';
import { rampStyles, type Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { groupBy } from '../../tables/group-by.ts';
import { AMBER, BLACK, BLUE, curve, GREEN, GREY, MAGENTA, MARGINS } from '../drawing.ts';
import type { BindingEvidence, Method, ReconstructionRow, RecoveryRow } from './tables.ts';

const LIST_STYLES: readonly (readonly [Method, string, Style])[] = [
  ['dual', 'dual basis', BLUE],
  ['self, orthogonal', 'self, orthogonal roles', AMBER],
  ['self', 'self, random roles', MAGENTA],
];

const CODE_STYLES: readonly (readonly [Method, string, Style])[] = [
  ['hadamard', 'signs, multiplied', BLACK],
  ['holographic, unitary', 'convolution, unitary roles', BLUE],
  ['holographic', 'convolution, normal roles', AMBER],
  ['spatter', 'bits, majority at the end', MAGENTA],
  ['spatter, nested', 'bits, majority at every level', GREEN],
];

const ENCODER_STYLES: readonly (readonly [string, string, Style])[] = [
  ['bag', 'pairs as bags', GREY],
  ['bound', 'pairs bound by place', BLUE],
  ['random', 'pairs at random', MAGENTA],
];

interface Line extends LegendEntry {
  readonly rows: readonly RecoveryRow[];
}

/** Recovery of lists by the length of roles, and of Hadamard trees by n and depth. */
export function bindingFigure(
  { rows, fillers, fillerLength, bindings, trials, reconstructions, primitives }: BindingEvidence,
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
  const depth = comparedDepth(trees);
  const codeLines = CODE_STYLES.map(
    ([method, label, style]): Line => ({
      label,
      style,
      rows: rows.filter((row) => row.method === method && row.depth === depth),
    }),
  );
  const expected = (lines: readonly Line[]) =>
    lines.map((line) =>
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
        `lists: ${bindings} bindings, tensor products of ${fillerLength} numbers per filler; thin dotted lines: expected share`,
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
            marks: [...expected(treeLines), ...marks(treeLines)],
          },
        },
        {
          heading: `binary trees of depth ${depth} by every code`,
          options: {
            ...common,
            x: {
              label: 'n, numbers or bits per tree →',
              type: 'log',
              base: 2,
              ticks: [...new Set(trees.map(({ dimension }) => dimension))],
              tickFormat: String,
            },
            marks: [...expected(codeLines), ...marks(codeLines)],
          },
        },
        reconstructionPanel(reconstructions, primitives),
      ],
      columns: 2,
      legendTitle: 'lists, trees, codes, pairs',
      legend: [
        ...listLines,
        ...treeLines,
        ...codeLines,
        ...ENCODER_STYLES.map(([, label, style]) => ({ label, style })),
      ],
    },
    scheme,
  );
}

/** The middle one of the depths that have noise: in flat trees all codes do well, in deep ones none. */
function comparedDepth(trees: readonly RecoveryRow[]): number {
  const depths = [...new Set(trees.map(({ depth }) => depth))].sort((a, b) => a - b);
  return depths[Math.floor(depths.length / 2)];
}

/** The error of open compositions on fitted and on other pairs, and of the two kinds of addition. */
function reconstructionPanel(rows: readonly ReconstructionRow[], primitives: number): Panel {
  const named = [
    ['addition', 'addition'],
    ['addition by place', 'by place'],
  ] as const;
  return {
    heading: `tree reconstruction error of the pairs of ${primitives} parts, by composition`,
    options: {
      ...MARGINS,
      x: { label: 'free vectors, of the pairs that they are fitted to →', domain: [0, 1.02] },
      y: { label: '↑ error (upper, thin: on other pairs)', domain: [0, 1.6], grid: true },
      marks: [
        ...named.flatMap(([composition, label], i) => {
          const [one] = rows.filter((row) => row.composition === composition);
          if (one === undefined) return [];
          return [
            Plot.ruleX([one.free], { strokeOpacity: 0.3, strokeDasharray: '3 3' }),
            Plot.text([one], {
              x: 'free',
              y: 1.55 - 0.09 * i,
              text: () => label,
              textAnchor: 'start',
              dx: 4,
            }),
          ];
        }),
        Plot.text([0.6], { x: (x: number) => x, y: 1.55, text: () => 'left open' }),
        ...ENCODER_STYLES.flatMap(([encoder, , style]) => {
          const own = rows.filter((row) => row.encoder === encoder);
          const open = own.filter(({ composition }) => composition === 'open');
          const added = own.filter(({ composition }) => composition !== 'open');
          const { light: fill, symbol } = style;
          return [
            ...curve(open, { x: 'free', y: 'error', style, radius: 3 }),
            Plot.line(open, { x: 'free', y: 'unseen', stroke: fill, strokeWidth: 1, clip: true }),
            Plot.dot(added, { x: 'free', y: 'error', fill, symbol, r: 7 }),
          ];
        }),
      ],
    },
  };
}
