import type { Deck } from './deck.ts';

/** Token ids. A query card's id is its index; these follow. */
interface Vocabulary {
  readonly union: number;
  readonly symdiff: number;
  readonly start: number;
  readonly end: number;
  readonly pad: number;
  /** Number of different tokens. */
  readonly size: number;
}

/** The tokens of a deck's queries: one per query card, then operators and marks. */
export function vocabulary({ cards }: Deck): Vocabulary {
  return {
    union: cards,
    symdiff: cards + 1,
    start: cards + 2,
    end: cards + 3,
    pad: cards + 4,
    size: cards + 5,
  };
}
