import { type Deck, keyAttributes, keyOf } from '../../study/deck/deck.ts';
import { ModularBasis } from './modular-basis.ts';
import { matchingKeys, type PairGame, type PairMatrix } from './pair-matrix.ts';

/** A rank over the rationals and the two bounds that prove it. */
export interface ExactRank {
  readonly rank: number;
  /** Rank modulo a prime: the rank is not less. */
  readonly lower: number;
  /** keys - `annihilators`: the rank is not more. */
  readonly upper: number;
  /** Independent integer vectors w with w M = 0, each checked against every column. */
  readonly annihilators: number;
}

/**
 * The rank of M over the rationals, exactly: elimination modulo a prime bounds it from below,
 * vectors that M annihilates from above, and the bounds meet.
 *
 * @throws Error if they do not, or if a vector is not annihilated
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
      if (sum !== 0) throw new Error(`column ${card} gives ${sum} where the proof needs 0`);
    }
    // With the upper bound reached the rest can only be dependent.
    if (basis.size < upper) basis.add(column);
  }
  if (basis.size !== upper) {
    throw new Error(`the rank is between ${basis.size} and ${upper}: no proof of either`);
  }
  return { rank: upper, lower: basis.size, upper, annihilators: annihilators.length };
}

/**
 * rank M in closed form. `shared`: columns are functions of fewer than A attributes at a time (the
 * two cards differ somewhere), and span all sums of such functions: all of R^(v^A) but the pure
 * interactions of A attributes, which are (v - 1)^A dimensions. `set`: every key completes a pair,
 * and each column holds a single one: full rank.
 */
export function closedForm(game: PairGame, { attributes, values, keys }: Deck): number {
  return game === 'set' ? keys : keys - (values - 1) ** attributes;
}

/** The entries of an integer vector over the keys that are not zero. */
type SignVector = readonly { readonly key: number; readonly sign: 1 | -1 }[];

/**
 * (v - 1)^A vectors that annihilate every function of fewer than A attributes: products over the
 * attributes of e_x - e_0, for x = 1 .. v - 1. Summing over an attribute that a function does not
 * look at gives zero. They are independent: among keys without a 0, each has its own single one.
 */
function contrasts(deck: Deck): readonly SignVector[] {
  return Array.from({ length: deck.keys }, (_, key) => keyAttributes(deck, key))
    .filter((own) => own.every((value) => value > 0))
    .map((own) =>
      Array.from({ length: 2 ** own.length }, (_, zeroed) => {
        const digits = own.map((value, i) => ((zeroed >> i) & 1 ? 0 : value));
        const flips = own.filter((_, i) => (zeroed >> i) & 1).length;
        return { key: keyOf(deck, digits), sign: flips % 2 === 0 ? 1 : -1 } as const;
      }),
    );
}
