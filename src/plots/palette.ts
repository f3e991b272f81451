/** How one series is drawn: never by colour alone. */
export interface Style {
  readonly light: string;
  readonly dark: string;
  /** SVG dash pattern; empty for a solid line. */
  readonly dash: string;
  readonly symbol: Symbol;
}

/** Names of Observable Plot's symbols. */
export type Symbol = 'circle' | 'diamond2' | 'square' | 'triangle' | 'star' | 'cross';

/** What is neither a model nor a game. */
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
const MODEL_SYMBOLS = ['circle', 'square', 'triangle', 'star', 'cross'] as const;

/**
 * Styles of models by dimension: the ramp's dark end is the widest. The contrast with the page
 * falls with the dimension, on a light page as on a dark one.
 */
export function modelStyles(dims: readonly number[]): ReadonlyMap<number | undefined, Style> {
  const falling = [...new Set(dims)].sort((a, b) => b - a);
  const styles = new Map<number | undefined, Style>();
  for (const [i, dim] of falling.entries()) {
    const t = falling.length > 1 ? i / (falling.length - 1) : 0;
    styles.set(dim, {
      light: plasma(0.82 * t),
      dark: plasma(0.97 - 0.6 * t),
      dash: '',
      symbol: MODEL_SYMBOLS[i % MODEL_SYMBOLS.length],
    });
  }
  styles.set(undefined, { light: '#00795f', dark: '#3fe0b5', dash: '6 4', symbol: 'diamond2' });
  return styles;
}

const GAME_STYLES: Readonly<Record<string, Style>> = {
  set: { light: '#7a8794', dark: '#9aa7b4', dash: '1 4', symbol: 'cross' },
  star: { light: '#a06a00', dark: '#e0a83c', dash: '2 3', symbol: 'triangle' },
  union: { light: '#0b6bb0', dark: '#58b4f5', dash: '', symbol: 'circle' },
  symdiff: { light: '#b3246b', dark: '#f277b1', dash: '8 3', symbol: 'square' },
  shatter: { light: '#22262b', dark: '#f2f4f7', dash: '', symbol: 'diamond2' },
};

/** A game looks the same in every figure. */
export function gameStyle(game: string): Style {
  return GAME_STYLES[game] ?? { light: '#22262b', dark: '#f2f4f7', dash: '', symbol: 'star' };
}

/** Variants of a training: neither models nor games, told apart by colour, dash and shape. */
const VARIANT_STYLES: readonly Style[] = [
  { light: '#1b1f3b', dark: '#f4f5fb', dash: '', symbol: 'circle' },
  { light: '#0072b2', dark: '#56b4e9', dash: '7 3', symbol: 'square' },
  { light: '#b4480a', dark: '#f08a4b', dash: '2 3', symbol: 'triangle' },
  { light: '#5f8f00', dark: '#a9d957', dash: '9 3 2 3', symbol: 'star' },
  { light: '#a3539b', dark: '#dd92d6', dash: '4 2', symbol: 'cross' },
];

/** Style of the variant at a place of its list. */
export function variantStyle(index: number): Style {
  return VARIANT_STYLES[index % VARIANT_STYLES.length];
}
