/** How one series is drawn: its colour is never the only thing that tells it from others. */
export interface Style {
  /** Colour on a light page, `#rrggbb`. */
  readonly light: string;
  /** Colour on a dark page. */
  readonly dark: string;
  /** SVG dash pattern; empty for a solid line. */
  readonly dash: string;
  readonly symbol: Symbol;
}

/** Names of Observable Plot's symbols. */
export type Symbol = 'circle' | 'diamond2' | 'square' | 'triangle' | 'star' | 'cross';

/** For what belongs to no series. */
export const NEUTRAL: Style = { light: '#22262c', dark: '#e6e9ed', dash: '', symbol: 'circle' };

// Matplotlib's plasma (CC0): perceptually uniform, and ordered in greyscale.
const PLASMA = [
  '#0d0887',
  '#46039f',
  '#7201a8',
  '#9c179e',
  '#bd3786',
  '#d8576b',
  '#ed7953',
  '#fb9f3a',
  '#fdca26',
  '#f0f921',
] as const;

/** Point of the ramp, t in [0, 1]. */
function plasma(t: number): string {
  const at = Math.min(Math.max(t, 0), 1) * (PLASMA.length - 1);
  const i = Math.min(Math.floor(at), PLASMA.length - 2);
  const channel = (hex: string, k: number) => Number.parseInt(hex.slice(1 + 2 * k, 3 + 2 * k), 16);
  const mixed = [0, 1, 2].map((k) => {
    const from = channel(PLASMA[i], k);
    const to = channel(PLASMA[i + 1], k);
    return Math.round(from + (to - from) * (at - i))
      .toString(16)
      .padStart(2, '0');
  });
  return `#${mixed.join('')}`;
}

/** Neighbours in the ramp differ in shape too; the sixth is far enough in brightness from the first. */
const RAMP_SYMBOLS = ['circle', 'square', 'triangle', 'star', 'cross'] as const;

/**
 * Styles of series that are ordered by a number: the ramp's dark end is the largest. The contrast
 * with the page falls with the number, on a light page as on a dark one.
 */
export function rampStyles(values: readonly number[]): ReadonlyMap<number, Style> {
  const falling = [...new Set(values)].sort((a, b) => b - a);
  const last = Math.max(1, falling.length - 1);
  return new Map(
    falling.map((value, i): [number, Style] => [
      value,
      {
        light: plasma(0.82 * (i / last)),
        dark: plasma(0.97 - 0.6 * (i / last)),
        dash: '',
        symbol: RAMP_SYMBOLS[i % RAMP_SYMBOLS.length],
      },
    ]),
  );
}

const SERIES_STYLES: readonly Style[] = [
  { light: '#1b1f3b', dark: '#f4f5fb', dash: '', symbol: 'circle' },
  { light: '#0072b2', dark: '#56b4e9', dash: '7 3', symbol: 'square' },
  { light: '#b4480a', dark: '#f08a4b', dash: '2 3', symbol: 'triangle' },
  { light: '#5f8f00', dark: '#a9d957', dash: '9 3 2 3', symbol: 'star' },
  { light: '#a3539b', dark: '#dd92d6', dash: '4 2', symbol: 'cross' },
];

/** Style of the series at a place of a list without order: colour, dash and shape differ. */
export function seriesStyle(index: number): Style {
  return SERIES_STYLES[index % SERIES_STYLES.length];
}
