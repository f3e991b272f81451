import { z } from 'zod';
import { FREE_TABLE, type FreeRow } from '../../src/causes/evidence.ts';
import { defineStage } from '../../src/pipe/pipeline/contract.ts';
import { readDeck } from '../../src/study/deck/table.ts';
import { answerSets, setSizes } from '../../src/study/floor/answer-sets.ts';
import { optimise, startingVectors } from '../../src/study/floor/free-vectors.ts';
import { qualities } from '../../src/study/floor/quality.ts';
import { GAMES } from '../../src/study/games/query-set.ts';
import { readQuerySet } from '../../src/study/games/query-table.ts';
import { LOSSES } from '../../src/study/training/step.ts';
import { writeRows } from '../../src/tables/records.ts';

/** What free vectors of d numbers reach with a loss, from every start: searched also where theory knows the floor. */
export default defineStage({
  params: z.strictObject({
    game: z.enum(GAMES),
    dim: z.int().min(1),
    loss: z.enum(LOSSES),
    /** Number of test queries whose answer sets the vectors are fitted to. */
    queries: z.int().min(1),
    restarts: z.int().min(1),
    steps: z.int().min(1),
    learningRate: z.number().positive(),
    searchSeed: z.int().default(1),
  }),
  // The queries of the first seed serve, as for the floor.
  inputs: { deck: 'one', queries: 'many' },
  outputs: { free: 'free.arrow' },
  async run({ params, inputs, outputs, signal, progress }) {
    const { game, dim, loss, restarts, steps, learningRate, searchSeed } = params;
    const deck = readDeck(inputs.deck.path);
    const queries = readQuerySet(inputs.queries[0].path);
    const sets = answerSets(queries, deck.keys, 0, params.queries);
    const wholeDeck = setSizes(sets).reduce(
      (sum, size, set) => sum + (size === deck.keys ? sets.shares[set] : 0),
      0,
    );
    const search = {
      restarts,
      steps,
      learningRate,
      seed: searchSeed,
      signal,
      onStep: (done: number) => progress({ done, total: steps, unit: 'step' }),
    };
    const aim = loss === 'infonce' ? 'infonce' : 'kl';
    const start = startingVectors(sets, deck, dim, search);
    const vectors = await optimise(sets, dim, aim, start, search);
    writeRows(
      outputs.free,
      FREE_TABLE,
      qualities(vectors, sets, dim).map(
        (quality, restart): FreeRow => ({
          deck: deck.keys,
          game,
          dim,
          loss,
          restart,
          wholeDeck,
          ...quality,
        }),
      ),
    );
  },
});
