import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { closedForm, exactRank } from '../../src/studies/rank/exact-rank.ts';
import { PRIME } from '../../src/studies/rank/modular-basis.ts';
import { PAIR_GAMES, pairMatrix } from '../../src/studies/rank/pair-matrix.ts';
import {
  RANK_PROOF,
  RANK_TABLE,
  type RankProof,
  type RankRow,
} from '../../src/studies/rank/tables.ts';
import { deckOf } from '../../src/study/deck/deck.ts';
import { writeRows } from '../../src/tables/records.ts';

/** The exact rank of query-key matrices, deck by deck. */
export default defineStage({
  params: z.strictObject({
    decks: z
      .array(
        z
          .strictObject({
            game: z.enum(PAIR_GAMES),
            /** A: at least 2, or two distinct cards share nothing. */
            attributes: z.int().min(2),
            values: z.int().min(2),
          })
          .refine(({ game, values }) => game !== 'set' || values % 2 === 1, {
            path: ['values'],
            message: 'a pair has a third value only among an odd number of values',
          }),
      )
      .min(1),
  }),
  inputs: {},
  outputs: { 'rank-table': 'rank-table.arrow', 'rank-proof': 'rank-proof.arrow' },
  run({ params, outputs, progress }) {
    const ranks: RankRow[] = [];
    const proofs: RankProof[] = [];
    for (const { game, attributes, values } of params.decks) {
      progress({ done: ranks.length, total: params.decks.length, unit: 'deck' });
      const deck = deckOf(values ** attributes, values);
      const matrix = pairMatrix(game, deck);
      const { queries, cards } = matrix;
      const { rank, lower, upper, annihilators } = exactRank(matrix);
      ranks.push({ game, attributes, values, queries, keys: deck.keys, rank });
      proofs.push({
        game,
        attributes,
        values,
        distinctColumns: cards.length,
        prime: PRIME,
        lower,
        annihilators,
        upper,
        closedForm: closedForm(game, deck),
      });
    }
    writeRows(outputs['rank-table'], RANK_TABLE, ranks);
    writeRows(outputs['rank-proof'], RANK_PROOF, proofs);
  },
});
