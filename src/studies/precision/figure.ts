import * as Plot from '@observablehq/plot';
import { drawSvg, type Panel } from '../../plots/figure.ts';
import { rampStyles, type Style } from '../../plots/palette.ts';
import type { Scheme } from '../../plots/sheet.ts';
import { AMBER, BLACK, BLUE, curve, GREEN, MAGENTA, MARGINS } from '../drawing.ts';
import { ARITHMETICS, type Arithmetic } from './arithmetic.ts';
import { endOf, sizesIn } from './claims.ts';
import { countPanel } from './count-panel.ts';
import {
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
          label: `${size}, ${parametersOf(evidence, size)}`,
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

function parametersOf({ curves }: PrecisionEvidence, size: Size): string {
  const parameters = curves.find(({ mlp }) => mlp === size)?.parameters ?? Number.NaN;
  const [unit, name] = parameters < 1e5 ? [1e3, 'thousand'] : [1e6, 'M'];
  return `${Number((parameters / unit).toPrecision(3))} ${name}`;
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
  const most = Math.max(1.06, ...rows.map(({ times }) => times * 1.01));
  const least = Math.min(0.98, ...rows.map(({ times }) => times / 1.01));
  return {
    heading: `${parametersOf(evidence, size)} parameters: loss, as a multiple of float32's`,
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

function sweepPanel(
  heading: string,
  sweeps: readonly SweepRow[],
  knob: Knob,
  { label, ...without }: { readonly label: string } & Partial<Record<Arithmetic, Style>>,
): Panel {
  const styles: Partial<Record<Arithmetic, Style>> = {
    'engine bfloat16': BFLOAT16,
    ...without,
    all: ALL,
  };
  const own = sweeps.filter((row) => row.knob === knob && Number.isFinite(row.loss));
  const exact = new Map(
    own.filter(({ arithmetic }) => arithmetic === 'float32').map((row) => [row.value, row]),
  );
  const fall = ({ start, loss }: SweepRow) => start - loss;
  const points = own.flatMap((row) => {
    const other = exact.get(row.value);
    return other === undefined ? [] : [{ ...row, share: fall(row) / fall(other) }];
  });
  const least = Math.min(0, ...points.map(({ share }) => share));
  return {
    heading,
    options: {
      ...MARGINS,
      marginRight: 34,
      x: {
        type: 'log',
        base: 2,
        reverse: true,
        label,
        tickFormat: (x: number) =>
          knob === 'loss weight' ? String(Math.log2(x)) : String(Number(x.toPrecision(2))),
        ticks: [...new Set(own.map(({ value }) => value))],
      },
      y: {
        domain: [least - 0.05, 1.1],
        label: '↑ fall of the loss, as a share of float32’s',
        tickFormat: '%',
        grid: true,
      },
      marks: (Object.entries(styles) as [Arithmetic, Style][]).flatMap(([arithmetic, style]) =>
        curve(
          points.filter((row) => row.arithmetic === arithmetic),
          { x: 'value', y: 'share', style, radius: 4 },
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
        // One above its line and one below: they may end in the same place.
        ...ends.map((end) =>
          Plot.text([end], {
            x: 'terms',
            y: 'mean',
            dx: 8,
            dy: end.order === 'in pairs' ? -6 : 6,
            lineAnchor: end.order === 'in pairs' ? 'bottom' : 'top',
            textAnchor: 'start',
            text: () => labelOf(end.order, means),
          }),
        ),
      ],
    },
  };
}

function labelOf(order: MeanRow['order'], means: readonly MeanRow[]): string {
  const overflows = means.some((row) => row.order === order && !Number.isFinite(row.mean));
  return overflows ? `${order};\nthen infinite` : order;
}
