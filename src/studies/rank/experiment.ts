import type { Deck } from '../../study/deck/deck.ts';
import { closedFormRank, type PairGame, pairMatrix } from '../pair-matrix.ts';
import { exactRank } from './exact-rank.ts';
import { PRIME } from './modular-basis.ts';
import type { ProofRow, RankRow } from './tables.ts';

/** The exact rank of a game's matrix on a deck, and the bounds that prove it. */
export function proveRank(
  game: PairGame,
  deck: Deck,
): { readonly rank: RankRow; readonly proof: ProofRow } {
  const { attributes, values, keys } = deck;
  const matrix = pairMatrix(game, deck);
  const { rank, lower, upper, annihilators } = exactRank(matrix);
  return {
    rank: { game, attributes, values, queries: matrix.queries, keys, rank },
    proof: {
      game,
      attributes,
      values,
      distinctColumns: matrix.cards.length,
      prime: PRIME,
      lower,
      annihilators,
      upper,
      closedForm: closedFormRank(game, deck),
    },
  };
}
