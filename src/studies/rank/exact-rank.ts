import { type Deck, keyAttributes, keyOf } from '../../study/deck/deck.ts';
import { matchingKeys, type PairMatrix } from '../pair-matrix.ts';
import { ModularBasis } from './modular-basis.ts';

/** A rank over the rationals and the two bounds that prove it. */
interface ExactRank {
  readonly rank: number;
  /** Lower bound: the rank modulo a prime. */
  readonly lower: number;
  /** Upper bound: keys - `annihilators`. */
  readonly upper: number;
  /** Independent integer vectors w with w M = 0, each checked against every column. */
  readonly annihilators: number;
}

/**
 * The rank of M over the rationals, exactly: elimination modulo a prime bounds it from below,
 * integer vectors w with w M = 0 bound it from above, and the bounds meet.
 *
 * @throws Error if the bounds do not meet, or if w M is not 0
 */
export function exactRank(matrix: PairMatrix): ExactRank {
  const { game, deck, cards } = matrix;
  const annihilators = game === 'shared' ? contrasts(deck) : [];
  const upper = deck.keys - annihilators.length;
  const basis = new ModularBasis(deck.keys);
  for (const card of cards) {
    const column = matchingKeys(game, deck, card);
    for (const vector of annihilators) {
      const sum = vector.reduce((total, { key, sign }) => total + sign * column[key], 0);
      if (sum !== 0) {
        throw new Error(
          `no upper bound: the column of card ${card} times a contrast is ${sum}, not 0`,
        );
      }
    }
    // Once the upper bound is reached, all further columns are dependent.
    if (basis.size < upper) basis.add(column);
  }
  if (basis.size !== upper) {
    throw new Error(`the rank is between ${basis.size} and ${upper}: the bounds do not meet`);
  }
  return { rank: upper, lower: basis.size, upper, annihilators: annihilators.length };
}

/** The non-zero entries of an integer vector over the keys. */
type SignVector = readonly { readonly key: number; readonly sign: 1 | -1 }[];

/**
 * (v - 1)^A vectors orthogonal to every function of fewer than A attributes: products over the
 * attributes of e_x - e_0, for x = 1 .. v - 1. Summing over an attribute that a function does not
 * depend on gives zero. They are independent: each is non-zero on exactly one key without a 0, a
 * different one for each.
 */
function contrasts(deck: Deck): readonly SignVector[] {
  return Array.from({ length: deck.keys }, (_, key) => keyAttributes(deck, key))
    .filter((digits) => digits.every((value) => value > 0))
    .map((digits) =>
      Array.from({ length: 2 ** digits.length }, (_, zeroed) => {
        const corner = digits.map((value, i) => ((zeroed >> i) & 1 ? 0 : value));
        const flips = digits.filter((_, i) => (zeroed >> i) & 1).length;
        return { key: keyOf(deck, corner), sign: flips % 2 === 0 ? 1 : -1 } as const;
      }),
    );
}
