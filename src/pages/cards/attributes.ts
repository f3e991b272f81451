import { cardAttributes, type Deck, plainCards } from '../../study/deck/deck.ts';

/** What the attributes of a deck show, the first of the deck first. Smaller decks lack the last ones. */
export const ATTRIBUTES = [
  { name: 'colour', values: ['red', 'green', 'purple'] },
  { name: 'number', values: ['one', 'two', 'three'] },
  { name: 'shape', values: ['diamond', 'oval', 'squiggle'] },
  { name: 'shading', values: ['solid', 'striped', 'open'] },
] as const;

export type Colour = (typeof ATTRIBUTES)[0]['values'][number];
export type Shape = (typeof ATTRIBUTES)[2]['values'][number];
export type Shading = (typeof ATTRIBUTES)[3]['values'][number];

/** What a query card shows; undefined where any value will do. */
export interface CardLook {
  readonly colour: Colour | undefined;
  readonly number: 1 | 2 | 3 | undefined;
  readonly shape: Shape | undefined;
  readonly shading: Shading | undefined;
}

/** What a query card of a deck shows. Cards without shape are diamonds, those without shading are solid. */
export function lookOf(deck: Deck, card: number): CardLook {
  const digits = cardAttributes(deck, card);
  const valueAt = <T>(place: number, values: readonly T[]): T | undefined =>
    values[place < digits.length ? digits[place] : 0];
  return {
    colour: valueAt(0, ATTRIBUTES[0].values),
    number: valueAt(1, [1, 2, 3] as const),
    shape: valueAt(2, ATTRIBUTES[2].values),
    shading: valueAt(3, ATTRIBUTES[3].values),
  };
}

/** A card in words: `two red ovals`, `any number of striped diamonds of any colour`. */
export function cardWords(deck: Deck, card: number): string {
  const { colour, number, shape, shading } = lookOf(deck, card);
  const many = number !== 1;
  const noun = shape === undefined ? 'symbol' : shape;
  const free = [
    ...(colour === undefined ? ['colour'] : []),
    ...(shape === undefined ? ['shape'] : []),
    ...(shading === undefined ? ['shading'] : []),
  ];
  const words = [
    number === undefined ? 'any number of' : ATTRIBUTES[1].values[number - 1],
    ...(deck.attributes > 3 && shading !== undefined ? [shading] : []),
    ...(colour === undefined ? [] : [colour]),
    many ? `${noun}s` : noun,
    ...(free.length === 0 ? [] : [`of any ${listed(free)}`]),
  ];
  return words.join(' ');
}

/** A key in words. */
export function keyWords(deck: Deck, key: number): string {
  return cardWords(deck, plainCards(deck)[key]);
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
