import type { Style } from '../../../plots/palette.ts';
import { gameStyle, modelStyles } from '../../../study/charts/styles.ts';
import type { StoryData } from '../../story-data.ts';

/** How a series is drawn. */
export interface Swatch {
  readonly name: string;
  /** Light or dark as the page is. */
  readonly colour: string;
  readonly dash: string;
  readonly symbol: Style['symbol'];
}

/** How the models are drawn, in their order; as in the figures of the stage `plot`. */
export function modelSwatches({ models }: StoryData): readonly Swatch[] {
  const styles = modelStyles(models.flatMap(({ dim }) => dim ?? []));
  return models.flatMap(({ name, dim }) => {
    const style = styles.get(dim ?? undefined);
    return style === undefined ? [] : [swatchOf(name, style)];
  });
}

export function gameSwatches({ games }: StoryData): readonly Swatch[] {
  return games.map((game) => swatchOf(game, gameStyle(game)));
}

function swatchOf(name: string, { light, dark, dash, symbol }: Style): Swatch {
  return { name, colour: `light-dark(${light}, ${dark})`, dash, symbol };
}

/** Colours as style sheet variables, which Plot takes for colours: `var(--series-0)` is the first. */
export function colourVariables(series: readonly Swatch[]): Readonly<Record<string, string>> {
  return Object.fromEntries(series.map(({ colour }, i) => [`--series-${i}`, colour]));
}

export function seriesColour(i: number): string {
  return `var(--series-${i})`;
}
