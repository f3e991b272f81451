import * as Plot from '@observablehq/plot';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import { rampStyles, type Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { BLUE, MAGENTA, MARGINS } from '../drawing.ts';
import { separableLabelings } from './cover.ts';
import type { LabelingRow, VcDimensionEvidence, VcDimensionRow } from './tables.ts';

const WITH: Style = BLUE;
const WITHOUT: Style = MAGENTA;

/** Shares of separable labelings against Cover's formula, and VC dimensions by d. */
export function vcDimensionFigure(
  { labelings, vcDimensions }: VcDimensionEvidence,
  scheme: Scheme,
): string {
  const random = labelings.filter((row) => row.labelings === 'random');
  const dims = [...new Set(random.map(({ d }) => d))].sort((a, b) => b - a);
  const styles = rampStyles(dims);
  const styleOf = (d: number): Style => styles.get(d) ?? WITH;
  const tries = Math.max(0, ...random.map(({ tried }) => tried));
  return drawSvg(
    {
      title: 'What a hyperplane can separate',
      subtitle: [
        'n random points in d dimensions; a linear program decides each labeling, each separation is verified in integers',
        `lines: Cover's formula; dots: share of ${tries} random labelings, with 95 % intervals`,
      ],
      panels: [
        sharePanel('labelings separable through the origin', random, 'without', styleOf),
        sharePanel('labelings separable with a bias', random, 'with', styleOf),
        vcDimensionPanel(vcDimensions),
      ],
      legendTitle: 'dimensions, bias',
      legend: [
        ...dims.map((d) => ({ label: `d = ${d}`, style: styleOf(d) })),
        { label: 'with bias', style: WITH },
        { label: 'without', style: WITHOUT },
      ],
    },
    scheme,
  );
}

function sharePanel(
  heading: string,
  random: readonly LabelingRow[],
  bias: LabelingRow['bias'],
  styleOf: (d: number) => Style,
): Panel {
  const rows = random.filter((row) => row.bias === bias);
  const most = Math.max(2, ...rows.map(({ n }) => n));
  const ns = Array.from({ length: most }, (_, i) => i + 1);
  return {
    heading,
    options: {
      ...MARGINS,
      x: { label: 'points n →', domain: [1, most] },
      y: { label: '↑ share separable', domain: [0, 1], grid: true },
      marks: [...new Set(rows.map(({ d }) => d))].flatMap((d) => {
        const ofDim = rows.filter((row) => row.d === d);
        const stroke = styleOf(d).light;
        const share = (n: number) => separableLabelings(n, bias === 'with' ? d + 1 : d) / 2 ** n;
        const interval = (sign: 1 | -1) => (row: LabelingRow) => wilson(row, sign);
        return [
          Plot.line(ns, { x: (n: number) => n, y: share, stroke, strokeWidth: 1.5 }),
          Plot.ruleX(ofDim, { x: 'n', y1: interval(-1), y2: interval(1), stroke }),
          Plot.dot(ofDim, {
            x: 'n',
            y: ({ separable, tried }: LabelingRow) => separable / tried,
            fill: stroke,
            symbol: styleOf(d).symbol,
            r: 3.5,
          }),
        ];
      }),
    },
  };
}

/** An end of Wilson's 95 % interval of a share. */
function wilson({ separable, tried }: LabelingRow, sign: 1 | -1): number {
  const z = 1.96;
  const share = separable / tried;
  const middle = share + z ** 2 / (2 * tried);
  const half = z * Math.sqrt((share * (1 - share)) / tried + z ** 2 / (4 * tried ** 2));
  return (middle + sign * half) / (1 + z ** 2 / tried);
}

function vcDimensionPanel(vcDimensions: readonly VcDimensionRow[]): Panel {
  const most = Math.max(1, ...vcDimensions.map(({ d }) => d));
  return {
    heading: 'VC dimension: most points with all labelings separable',
    options: {
      ...MARGINS,
      x: { label: 'dimensions d →', domain: [0.5, most + 0.5], ticks: most },
      y: { label: '↑ points', domain: [0, most + 2], ticks: most + 2, grid: true },
      marks: (
        [
          ['with', WITH, 1],
          ['without', WITHOUT, 0],
        ] as const
      ).flatMap(([bias, { light, dash, symbol }, more]) => [
        Plot.line(
          [1, most].map((d) => [d, d + more]),
          { stroke: light, strokeDasharray: dash },
        ),
        Plot.dot(
          vcDimensions.filter((row) => row.bias === bias),
          { x: 'd', y: 'vcDimension', fill: light, symbol, r: 5 },
        ),
      ]),
    },
  };
}
