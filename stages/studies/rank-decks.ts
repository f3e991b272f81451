import { z } from 'zod';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { PAIR_GAMES } from '../../src/studies/pair-matrix.ts';
import { proveRank } from '../../src/studies/rank/experiment.ts';
import { PROOF_TABLE, RANK_TABLE } from '../../src/studies/rank/tables.ts';
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
            /** A; with one attribute, two distinct cards share nothing. */
            attributes: z.int().min(2),
            values: z.int().min(2),
          })
          .refine(({ game, values }) => game !== 'set' || values % 2 === 1, {
            path: ['values'],
            message:
              'SET needs an odd number of values: with an even one a pair has no third value',
          }),
      )
      .min(1),
  }),
  inputs: {},
  outputs: { ranks: 'ranks.arrow', proofs: 'proofs.arrow' },
  run({ params: { decks }, outputs, progress }) {
    const proved = decks.map(({ game, attributes, values }, done) => {
      progress({ done, total: decks.length, unit: 'deck' });
      return proveRank(game, deckOf(values ** attributes, values));
    });
    writeRows(
      outputs.ranks,
      RANK_TABLE,
      proved.map(({ rank }) => rank),
    );
    writeRows(
      outputs.proofs,
      PROOF_TABLE,
      proved.map(({ proof }) => proof),
    );
  },
});
