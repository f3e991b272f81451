// How many keys the answers of each game have: npm run bench:answer-sizes [-- --json]
import { deckOf } from '../src/study/deck/deck.ts';
import { maskSize } from '../src/study/deck/masks.ts';
import { GAMES, type QuerySet } from '../src/study/games/query-set.ts';
import { testQueries, trainingQueries } from '../src/study/games/sampling.ts';

const COUNT = 200_000;
const PAIRS = 5;

function sizesOf(queries: QuerySet): Int32Array {
  const { count, keyMasks, maskWords, pairs, game } = queries;
  const rows = Array.from({ length: count }, (_, row) => row);
  // Shorter training queries belong to the curriculum, not to the game.
  const full = game === 'union' || game === 'symdiff' ? PAIRS : 0;
  return Int32Array.from(
    rows.filter((row) => full === 0 || pairs[row] === full),
    (row) => maskSize(keyMasks, row * maskWords, maskWords),
  ).sort();
}

const results = [9, 27, 81].flatMap((keys) =>
  GAMES.map((game) => {
    const request = { deck: deckOf(keys), game, pairs: PAIRS, count: COUNT, seed: 1 };
    const test = sizesOf(testQueries(request));
    const train = sizesOf(trainingQueries(request));
    const mean = (sizes: Int32Array) =>
      Number((sizes.reduce((sum, size) => sum + size, 0) / sizes.length).toFixed(2));
    const between = test.filter((size) => size >= 10 && size <= 20).length / test.length;
    return {
      keys,
      game,
      testMean: mean(test),
      testMedian: test[test.length >> 1],
      'test10-20': Number(between.toFixed(3)),
      trainMean: mean(train),
      trainMedian: train[train.length >> 1],
    };
  }),
);

if (process.argv.includes('--json')) console.log(JSON.stringify(results, null, 2));
else console.table(results);
