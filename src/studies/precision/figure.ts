import * as Plot from '@observablehq/plot';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import { rampStyles, type Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { AMBER, BLACK, BLUE, curve, GREEN, MAGENTA, MARGINS } from '../drawing.ts';
import { ARITHMETICS, type Arithmetic } from './arithmetic.ts';
import { endOf, exponentsOf, sizesIn } from './claims.ts';
import {
  type Kind,
  type Knob,
  type MeanRow,
  type PrecisionEvidence,
  SIZES,
  type Size,
  type SweepRow,
} from './tables.ts';

const EXACT = BLACK;
const ALL = BLUE;
const WITHOUT = MAGENTA;
const BFLOAT16 = GREEN;
const SCALED = AMBER;
/** Losses this many times float32's are drawn at the edge. */
const MOST = 100;

/** How well each set of techniques trains; what vanishes without each of them; when each is needed. */
export function precisionFigure(evidence: PrecisionEvidence, scheme: Scheme): string {
  const { curves, sweeps, means } = evidence;
  const sizes = sizesIn(curves);
  const ramp = rampStyles(SIZES.map((_, i) => i));
  const styleOf = (size: Size): Style => ramp.get(SIZES.indexOf(size)) ?? BLACK;
  return drawSvg(
    {
      title: 'Which technique of mixed precision is needed when?',
      subtitle: [
        'perceptrons of two hidden layers on drawn digits; everything in float16 but for what a technique keeps in float32',
        'above: loss at the end; middle: numbers of a float32 training by size, at its end; below: where each technique begins to matter',
      ],
      panels: [
        ...sizes.map((size) => endPanel(evidence, size)),
        countPanel('master weights: updates η g, against their weight', evidence, 'update', -11, {
          sizes,
          styleOf,
          label: 'power of two of the update, less that of its weight →',
        }),
        countPanel('loss scaling: gradients of activations', evidence, 'activation gradient', -25, {
          sizes,
          styleOf,
          label: 'power of two of the gradient →',
        }),
        countPanel('float32 losses: errors 1 − p of the true class', evidence, 'error', -12, {
          sizes,
          styleOf,
          label: 'power of two of the error →',
        }),
        sweepPanel('smaller steps need master weights', sweeps, 'learning rate', {
          'scaling, losses': WITHOUT,
          label: '← learning rate',
        }),
        sweepPanel('smaller gradients need loss scaling', sweeps, 'loss weight', {
          'master, losses': WITHOUT,
          label: '← factor of the loss, as a power of two',
        }),
        meanPanel(means),
      ],
      columns: 3,
      panelSize: { width: 420, height: 300 },
      legendTitle: 'perceptron, arithmetic',
      legend: [
        ...sizes.map((size) => ({
          label: `${size}, ${millions(evidence, size)} M`,
          style: styleOf(size),
        })),
        { label: 'small, scaled', style: SCALED },
        { label: 'float32', style: EXACT },
        { label: 'all three', style: ALL },
        { label: 'without the one', style: WITHOUT },
        { label: 'bfloat16', style: BFLOAT16 },
      ],
    },
    scheme,
  );
}

function millions({ curves }: PrecisionEvidence, size: Size): string {
  const parameters = curves.find(({ mlp }) => mlp === size)?.parameters ?? Number.NaN;
  return String(Number((parameters / 1e6).toPrecision(3)));
}

function endPanel(evidence: PrecisionEvidence, size: Size): Panel {
  const at = (arithmetic: Arithmetic) => endOf(evidence.curves, size, arithmetic)?.loss;
  const exact = at('float32') ?? Number.NaN;
  const rows = ARITHMETICS.flatMap((arithmetic) => {
    const loss = at(arithmetic);
    if (loss === undefined) return [];
    // A loss that is no number has no place.
    const times = Number.isNaN(loss) ? MOST : Math.min(MOST, loss / exact);
    return [{ arithmetic, times, style: styleOfArithmetic(arithmetic) }];
  });
  const most = Math.max(1.25, ...rows.map(({ times }) => times * 1.03));
  const least = Math.min(0.9, ...rows.map(({ times }) => times / 1.03));
  return {
    heading: `${millions(evidence, size)} M parameters: loss, as a multiple of float32's`,
    options: {
      ...MARGINS,
      marginLeft: 118,
      x: {
        type: 'log',
        domain: [least, most],
        ticks: 5,
        tickFormat: (x: number) => `${x}`,
        grid: true,
        label: null,
      },
      y: { type: 'band', domain: ARITHMETICS, label: null, tickSize: 0 },
      marks: [
        Plot.ruleX([1], { strokeDasharray: '4 3' }),
        ...rows.flatMap((row) => [
          Plot.ruleY([row], {
            x1: 1,
            x2: 'times',
            y: 'arithmetic',
            stroke: row.style.light,
            strokeWidth: 2,
          }),
          Plot.dot([row], {
            x: 'times',
            y: 'arithmetic',
            fill: row.style.light,
            symbol: row.style.symbol,
            r: 4.5,
          }),
        ]),
      ],
    },
  };
}

function styleOfArithmetic(arithmetic: Arithmetic): Style {
  if (arithmetic === 'float32') return EXACT;
  if (arithmetic === 'engine bfloat16') return BFLOAT16;
  return arithmetic === 'all' || arithmetic === 'engine float16' ? ALL : WITHOUT;
}

interface CountOptions {
  readonly sizes: readonly Size[];
  readonly styleOf: (size: Size) => Style;
  readonly label: string;
}

/** Shares of numbers by power of two; those below `least` vanish. */
function countPanel(
  heading: string,
  evidence: PrecisionEvidence,
  kind: Kind,
  least: number,
  { sizes, styleOf, label }: CountOptions,
): Panel {
  const series = [
    ...sizes.map((size) => ({
      style: styleOf(size),
      rows: sharesOf(evidence, size, kind, 'float32'),
    })),
    ...(kind === 'activation gradient'
      ? [{ style: SCALED, rows: sharesOf(evidence, 'small', kind, 'all') }]
      : []),
  ];
  const all = series.flatMap(({ rows }) => rows);
  const lowest = Math.min(least - 6, ...all.map(({ exponent }) => exponent));
  const most = Math.max(0, ...all.map(({ share }) => share)) * 1.12;
  return {
    heading,
    options: {
      ...MARGINS,
      x: {
        label,
        domain: [
          Math.max(lowest, least - 16),
          Math.max(0, ...all.map(({ exponent }) => exponent + 1)),
        ],
      },
      y: { domain: [0, most], label: '↑ share of numbers', tickFormat: '%', grid: true },
      marks: [
        Plot.rect([least], {
          x1: Math.max(lowest, least - 16),
          x2: least,
          y1: 0,
          y2: most,
          fill: MAGENTA.light,
          fillOpacity: 0.12,
        }),
        Plot.text([least], {
          x: least,
          y: most,
          dx: -6,
          dy: 8,
          textAnchor: 'end',
          text: () => 'vanish in float16',
        }),
        ...series.flatMap(({ style, rows }) =>
          curve(rows, { x: 'middle', y: 'share', style, width: 1.5, radius: 2 }),
        ),
      ],
    },
  };
}

function sharesOf(evidence: PrecisionEvidence, size: Size, kind: Kind, arithmetic: Arithmetic) {
  const rows = exponentsOf(evidence, size, kind, 'end', arithmetic);
  const exponents = [...new Set(rows.map(({ exponent }) => exponent))].sort((a, b) => a - b);
  const total = rows.reduce((sum, { count }) => sum + count, 0);
  return exponents.map((exponent) => {
    const own = rows.filter((row) => row.exponent === exponent);
    return {
      exponent,
      middle: exponent + 0.5,
      share: own.reduce((sum, { count }) => sum + count, 0) / total,
    };
  });
}

function sweepPanel(
  heading: string,
  sweeps: readonly SweepRow[],
  knob: Knob,
  { label, ...without }: { readonly label: string } & Partial<Record<Arithmetic, Style>>,
): Panel {
  const styles: Partial<Record<Arithmetic, Style>> = {
    float32: EXACT,
    'engine bfloat16': BFLOAT16,
    ...without,
    all: ALL,
  };
  const own = sweeps.filter((row) => row.knob === knob && Number.isFinite(row.loss));
  return {
    heading,
    options: {
      ...MARGINS,
      x: {
        type: 'log',
        base: 2,
        reverse: true,
        label,
        tickFormat: (x: number) => (knob === 'loss weight' ? String(Math.log2(x)) : String(x)),
        ticks: [...new Set(own.map(({ value }) => value))],
      },
      y: {
        type: 'log',
        label: '↑ loss at the end',
        grid: true,
        ticks: 5,
        tickFormat: (y: number) => `${y}`,
      },
      marks: (Object.entries(styles) as [Arithmetic, Style][]).flatMap(([arithmetic, style]) =>
        curve(
          own.filter((row) => row.arithmetic === arithmetic),
          { x: 'value', y: 'loss', style, radius: 4 },
        ),
      ),
    },
  };
}

function meanPanel(means: readonly MeanRow[]): Panel {
  const finite = means.filter(({ mean }) => Number.isFinite(mean));
  const of = (order: MeanRow['order']) => finite.filter((row) => row.order === order);
  const ends = [of('one by one'), of('in pairs')].flatMap((rows) => rows.slice(-1));
  return {
    heading: 'longer sums need float32: the mean of n losses of ln 10',
    options: {
      ...MARGINS,
      marginRight: 84,
      x: {
        type: 'log',
        base: 2,
        label: 'n, as a power of two →',
        tickFormat: (x: number) => String(Math.log2(x)),
        ticks: 7,
      },
      y: { domain: [0, 2.6], label: '↑ mean in float16', grid: true },
      marks: [
        Plot.ruleY([Math.LN10], { strokeDasharray: '4 3' }),
        ...curve(of('one by one'), { x: 'terms', y: 'mean', style: WITHOUT, radius: 3 }),
        ...curve(of('in pairs'), { x: 'terms', y: 'mean', style: SCALED, radius: 3 }),
        Plot.text(ends, {
          x: 'terms',
          y: 'mean',
          dx: 8,
          textAnchor: 'start',
          text: ({ order }: MeanRow) => (order === 'in pairs' ? 'in pairs;\nthen infinite' : order),
        }),
      ],
    },
  };
}
