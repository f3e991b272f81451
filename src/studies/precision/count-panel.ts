import * as Plot from '@observablehq/plot';
import type { Panel } from '../../plots/figure.ts';
import type { Style } from '../../plots/palette.ts';
import { AMBER, curve, MAGENTA, MARGINS } from '../drawing.ts';
import type { Arithmetic } from './arithmetic.ts';
import { exponentsOf } from './claims.ts';
import type { Kind, PrecisionEvidence, Size } from './tables.ts';

/** Powers of two that are drawn below the least that float16 keeps. */
const LEFT = 16;
/** From here on float16 has all its digits. */
const LEAST_NORMAL = -14;

interface CountOptions {
  readonly sizes: readonly Size[];
  readonly styleOf: (size: Size) => Style;
  readonly label: string;
}

/** Shares of numbers by power of two; those below `least` vanish. */
export function countPanel(
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
      ? [{ style: AMBER, rows: sharesOf(evidence, 'small', kind, 'all') }]
      : []),
  ];
  const all = series.flatMap(({ rows }) => rows);
  const from = Math.max(least - LEFT, Math.min(least - 6, ...all.map(({ exponent }) => exponent)));
  const to = Math.max(0, ...all.map(({ exponent }) => exponent + 1));
  const most = Math.max(0, ...all.map(({ share }) => share)) * 1.12;
  const zones = [
    { from, to: least, opacity: 0.16, text: 'vanish' },
    ...(kind === 'activation gradient'
      ? [{ from: least, to: LEAST_NORMAL, opacity: 0.06, text: 'lose digits' }]
      : []),
  ];
  return {
    heading,
    options: {
      ...MARGINS,
      x: { label, domain: [from, to] },
      y: { domain: [0, most], label: '↑ share of numbers', tickFormat: '%', grid: true },
      marks: [
        ...zones.map((zone) =>
          Plot.rect([zone], {
            x1: 'from',
            x2: 'to',
            y1: 0,
            y2: most,
            fill: MAGENTA.light,
            fillOpacity: zone.opacity,
          }),
        ),
        Plot.text(zones, { x: 'to', y: most, dx: -6, dy: 8, textAnchor: 'end', text: 'text' }),
        ...series.flatMap(({ style, rows }) =>
          curve(
            rows.filter(({ middle }) => middle > from),
            { x: 'middle', y: 'share', style, width: 1.5, radius: 2 },
          ),
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
