import * as Plot from '@observablehq/plot';
import type { Style } from '../plots/palette.ts';

// What the studies' figures share: styles of series without order, margins of panels, curves.

export const BLUE: Style = { light: '#0b6bb0', dark: '#58b4f5', dash: '', symbol: 'circle' };
export const AMBER: Style = { light: '#a06a00', dark: '#e0a83c', dash: '2 3', symbol: 'triangle' };
export const MAGENTA: Style = { light: '#b3246b', dark: '#f277b1', dash: '8 3', symbol: 'square' };
export const GREY: Style = { light: '#7a8794', dark: '#9aa7b4', dash: '1 4', symbol: 'cross' };
export const BLACK: Style = { light: '#22262b', dark: '#f2f4f7', dash: '', symbol: 'diamond2' };
export const GREEN: Style = { light: '#00795f', dark: '#3fe0b5', dash: '8 3', symbol: 'cross' };

export const MARGINS = {
  marginLeft: 54,
  marginRight: 20,
  marginTop: 24,
  marginBottom: 40,
} as const;

/** How a curve is read from its rows and drawn. */
interface CurveOptions<Row> {
  readonly x: keyof Row | ((row: Row) => unknown);
  readonly y: keyof Row | ((row: Row) => unknown);
  readonly style: Style;
  readonly width?: number;
  /** Of the symbols. */
  readonly radius: number;
}

/** A line through the rows in their order, and a symbol at each. */
export function curve<Row>(
  rows: readonly Row[],
  { x, y, style, width = 2, radius }: CurveOptions<Row>,
): readonly Plot.Markish[] {
  const { light, dash, symbol } = style;
  const position = { x, y } as Pick<Plot.LineYOptions, 'x' | 'y'>;
  const line = { ...position, stroke: light, strokeWidth: width };
  return [
    Plot.line(rows, dash === '' ? line : { ...line, strokeDasharray: dash }),
    Plot.dot(rows, { ...position, fill: light, symbol, r: radius }),
  ];
}
