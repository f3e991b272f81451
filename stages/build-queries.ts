import { z } from 'zod';
import { defineStage } from '../src/pipe/pipeline/contract.ts';
import { readDeck } from '../src/study/deck/table.ts';
import { MOST_PAIRS } from '../src/study/games/layout.ts';
import { GAMES } from '../src/study/games/query-set.ts';
import { writeQuerySet } from '../src/study/games/query-table.ts';
import { testQueries, trainingQueries } from '../src/study/games/sampling.ts';
import { seenInTraining, writeSeen } from '../src/study/games/seen.ts';

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
  outputs: { train: 'train.arrow', test: 'test.arrow', seen: 'seen.arrow' },
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
    writeSeen(outputs.seen, seenInTraining(test, train));
  },
});
