import { z } from 'zod';
import { GAMES } from '../src/games/query-set.ts';
import { MOST_PAIRS, testQueries, trainingQueries } from '../src/games/sampling.ts';
import { defineStage } from '../src/pipeline/contract.ts';
import { readDeck } from '../src/tables/deck.ts';
import { writeQuerySet } from '../src/tables/queries.ts';

export default defineStage({
  params: z.strictObject({
    game: z.enum(GAMES),
    seed: z.int(),
    /** N: pairs that a query of `union` or `symdiff` joins. */
    pairs: z.int().min(1).max(MOST_PAIRS),
    trainQueries: z.int().min(1),
    testQueries: z.int().min(1),
  }),
  inputs: { deck: 'one' },
  outputs: { train: 'train.arrow', test: 'test.arrow' },
  run({ params, inputs, outputs }) {
    const deck = readDeck(inputs.deck.path);
    const { game, seed, pairs } = params;
    const metadata = {
      attributes: String(deck.attributes),
      values: String(deck.values),
      pairs: String(pairs),
    };
    const request = { deck, game, pairs, seed };
    const train = trainingQueries({ ...request, count: params.trainQueries });
    writeQuerySet(outputs.train, train, { ...metadata, split: 'train' });
    const test = testQueries({ ...request, count: params.testQueries });
    writeQuerySet(outputs.test, test, { ...metadata, split: 'test' });
  },
});
