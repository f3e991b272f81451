import { cardAttributes, type Deck, keyAttributes } from '../../study/deck/deck.ts';
import { pairCard } from '../../study/deck/subcubes.ts';
import type { PairGame } from '../../study/games/layout.ts';
import type { Game } from '../../study/games/query-set.ts';

/** Which queries a model reads. */
export interface Rules {
  readonly deck: Deck;
  readonly game: Game;
  /** Pairs of a query; 0 for `shatter`, whose queries list keys. */
  readonly pairs: number;
}

export type Operator = 'union' | 'symdiff';

/** Two query cards, and how the keys they select join those of the pairs before. */
export interface Pair {
  /** Without a meaning for the first pair. */
  readonly operator: Operator;
  /** A query card without wildcards. */
  readonly first: number;
  readonly second: number;
}

/** A query as a reader makes it. */
export type Query =
  | { readonly game: PairGame; readonly pairs: readonly Pair[] }
  | {
      readonly game: 'shatter' /** In the order they are listed. */;
      readonly members: readonly number[];
    };

/** The keys that a query card matches. // [K], 1 at those */
export function keysOfCard(deck: Deck, card: number): Uint8Array {
  const shown = cardAttributes(deck, card);
  return Uint8Array.from({ length: deck.keys }, (_, key) => {
    const attributes = keyAttributes(deck, key);
    return Number(shown.every((value, i) => value === deck.values || value === attributes[i]));
  });
}

/** The keys that a query selects: those of its pairs, joined from left to right. // [K], 1 at those */
export function trueKeysOf(deck: Deck, query: Query): Uint8Array {
  const isTrue = new Uint8Array(deck.keys);
  if (query.game === 'shatter') {
    for (const key of query.members) isTrue[key] = 1;
    return isTrue;
  }
  query.pairs.forEach(({ operator, first, second }, i) => {
    const selected = keysOfCard(deck, pairCard(deck, first, second));
    const differ = i > 0 && operator === 'symdiff';
    selected.forEach((bit, key) => {
      isTrue[key] = differ ? isTrue[key] ^ bit : isTrue[key] | bit;
    });
  });
  return isTrue;
}
