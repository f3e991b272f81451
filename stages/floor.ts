import { z } from 'zod';
import { defineStage } from '../src/pipe/pipeline/contract.ts';
import { readDeck } from '../src/study/deck/table.ts';
import { answerSets } from '../src/study/floor/answer-sets.ts';
import { findFloor } from '../src/study/floor/floor.ts';
import { writeFloor } from '../src/study/floor/table.ts';
import { exactFloor } from '../src/study/floor/theory.ts';
import { GAMES } from '../src/study/games/query-set.ts';
import { readQuerySet } from '../src/study/games/query-table.ts';

/** The best KL and overlap that vectors of d numbers reach: by theory, or optimised without an encoder. */
export default defineStage({
  params: z.strictObject({
    game: z.enum(GAMES),
    /** d; absent for a model without vectors, whose floor is zero. */
    dim: z.int().min(1).optional(),
    /** Number of test queries whose answer sets the vectors are fitted to, and of those held out. */
    queries: z.int().min(1),
    heldOut: z.int().min(1),
    restarts: z.int().min(1),
    steps: z.int().min(1),
    learningRate: z.number().positive(),
    searchSeed: z.int().default(1),
  }),
  // The queries of the first seed serve: the floor belongs to the game, not to a seed.
  inputs: { deck: 'one', queries: 'many' },
  outputs: { floor: 'floor.arrow' },
  async run({ params, inputs, outputs, signal, progress }) {
    const { game, dim, restarts, steps, learningRate, searchSeed } = params;
    const deck = readDeck(inputs.deck.path);
    const [{ path }] = inputs.queries;
    const queries = readQuerySet(path);
    const wanted = params.queries + params.heldOut;
    if (queries.count < wanted) {
      throw new RangeError(
        `${path} has ${queries.count} queries, but ${wanted} are to be fitted or held out: ` +
          'lower queries and heldOut of floor, or raise testQueries of build-queries',
      );
    }
    const fit = answerSets(queries, deck.keys, 0, params.queries);
    const heldOut = answerSets(queries, deck.keys, params.queries, wanted);
    const sizes = { fittedSets: fit.count, heldOutSets: heldOut.count };
    const theory = exactFloor(game, deck, fit, dim);
    if (theory !== undefined || dim === undefined) {
      const exact = { kl: 0, overlap: 1 };
      return writeFloor(outputs.floor, {
        theory,
        ...sizes,
        fitted: exact,
        heldOut: exact,
        worstKl: 0,
      });
    }
    const floor = await findFloor(fit, heldOut, deck, dim, {
      restarts,
      steps,
      learningRate,
      seed: searchSeed,
      signal,
      onStep: (done) => progress({ done, total: steps, unit: 'step' }),
    });
    writeFloor(outputs.floor, { theory, ...sizes, ...floor });
  },
});
