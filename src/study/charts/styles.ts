import { NEUTRAL, rampStyles, type Style } from '../../plots/palette.ts';

/** Styles of contrastive models by dimension, and of the non-contrastive one under `undefined`. */
export function modelStyles(dims: readonly number[]): ReadonlyMap<number | undefined, Style> {
  return new Map<number | undefined, Style>([
    ...rampStyles(dims),
    [undefined, { light: '#00795f', dark: '#3fe0b5', dash: '6 4', symbol: 'diamond2' }],
  ]);
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
  return GAME_STYLES[game] ?? NEUTRAL;
}
