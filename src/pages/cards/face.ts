import type { Deck } from '../../study/deck/deck.ts';
import {
  ATTRIBUTES,
  type CardLook,
  type Colour,
  lookOf,
  type Shading,
  type Shape,
} from './attributes.ts';

/** Outlines of the symbols, in a box of 44 by 20. */
const OUTLINES: Readonly<Record<Shape, string>> = {
  diamond: 'M1 10L22 .5 43 10 22 19.5Z',
  oval: 'M10.5 1h23a9 9 0 0 1 0 18h-23a9 9 0 0 1 0-18Z',
  squiggle:
    'M2 14.5C-1 4 8-2 18 2.2 26 5.6 31 4.8 35.5 1.6 39.6-1.2 43.4.8 42 5.5 45 16 36 22 26 17.8 18 14.4 13 15.2 8.5 18.4 4.4 21.2.6 19.2 2 14.5Z',
};
const COLOURS = ATTRIBUTES[0].values;
const SHAPES = ATTRIBUTES[2].values;
const SHADINGS = ATTRIBUTES[3].values;
/** Lines of a striped symbol. */
const STRIPES = 17;

export const CARD_WIDTH = 60;
export const CARD_HEIGHT = 84;
const SYMBOL_HEIGHT = 20;
const STEP = 24.5;

/**
 * Colours and patterns that the faces refer to: one of these somewhere on the page. Colours of the
 * three kinds differ in brightness, too.
 */
export const CARD_PATTERNS = `<svg class="card-patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>
<linearGradient id="card-any" x1="0" x2="1" y1="0" y2="0"><stop offset=".333" stop-color="var(--card-red)"/><stop offset=".333" stop-color="var(--card-green)"/><stop offset=".667" stop-color="var(--card-green)"/><stop offset=".667" stop-color="var(--card-purple)"/></linearGradient>
${[...COLOURS.map((colour) => stripes(colour, [colour])), stripes('any', COLOURS)].join('\n')}
</defs></svg>`;

function stripes(name: string, colours: readonly Colour[]): string {
  const lines = Array.from({ length: STRIPES }, (_, i) => {
    const colour = colours[Math.floor((i * colours.length) / STRIPES)];
    return `<rect x="${(i * 44) / STRIPES}" width="1.15" height="20" fill="var(--card-${colour})"/>`;
  });
  return `<pattern id="card-stripes-${name}" width="44" height="20" patternUnits="userSpaceOnUse">${lines.join('')}</pattern>`;
}

/**
 * The face of a query card as the content of an SVG of `CARD_WIDTH` by `CARD_HEIGHT`. A wildcard shows
 * every value at once: a symbol in three colours, three outlines in one place, a second and third symbol
 * that may be there or not, an empty, a striped and a filled third.
 */
export function cardFace(deck: Deck, card: number): string {
  const look = lookOf(deck, card);
  const isFree = Object.values(look).includes(undefined);
  const count = look.number ?? 3;
  const top = (CARD_HEIGHT - SYMBOL_HEIGHT - (count - 1) * STEP) / 2;
  const symbols = Array.from({ length: count }, (_, i) => {
    const faint = look.number === undefined && i > 0 ? ` opacity="${i === 1 ? 0.45 : 0.2}"` : '';
    return `<g transform="translate(8 ${top + i * STEP})"${faint}>${symbol(look)}</g>`;
  });
  const dashes = isFree ? ' stroke-dasharray="4 2.5"' : '';
  return `<rect class="card-paper" x="1" y="1" width="58" height="82" rx="6"${dashes}/>${symbols.join('')}`;
}

function symbol({ colour, shape, shading }: CardLook): string {
  const paint = colour === undefined ? 'url(#card-any)' : `var(--card-${colour})`;
  const one = (outline: Shape) => {
    const path = `<path d="${OUTLINES[outline]}"`;
    if (shading !== undefined) {
      return `${path} fill="${filling(shading, colour)}" stroke="${paint}" stroke-width="1.8"/>`;
    }
    const thirds = SHADINGS.map((some, i) => {
      const fill = filling(some, colour);
      return `${path} fill="${fill}" clip-path="inset(-2px ${(100 * (2 - i)) / 3}% -2px ${(100 * i) / 3}%)"/>`;
    });
    return `${thirds.join('')}${path} fill="none" stroke="${paint}" stroke-width="1.8"/>`;
  };
  if (shape !== undefined) return one(shape);
  return `<g fill-opacity=".22" stroke-opacity=".8">${SHAPES.map(one).join('')}</g>`;
}

function filling(shading: Shading, colour: CardLook['colour']): string {
  if (shading === 'open') return 'none';
  if (shading === 'striped') return `url(#card-stripes-${colour ?? 'any'})`;
  return colour === undefined ? 'url(#card-any)' : `var(--card-${colour})`;
}
