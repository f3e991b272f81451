// Queries per second of one core, training and test, for every game: npm run bench:queries [-- --json]
import { performance } from 'node:perf_hooks';
import { deckOf } from '../src/study/deck/deck.ts';
import { GAMES } from '../src/study/games/query-set.ts';
import { testQueries, trainingQueries } from '../src/study/games/sampling.ts';

const COUNT = 1_000_000;
const PAIRS = 5;
const ROUNDS = 3;

const deck = deckOf(27);
const results = GAMES.flatMap((game) =>
  [trainingQueries, testQueries].map((draw) => {
    const seconds = Array.from({ length: ROUNDS }, (_, seed) => {
      const start = performance.now();
      draw({ deck, game, pairs: PAIRS, count: COUNT, seed });
      return (performance.now() - start) / 1000;
    });
    return {
      deck: deck.keys,
      game,
      queries: draw === trainingQueries ? 'train' : 'test',
      queriesPerSecond: Math.round(COUNT / Math.min(...seconds)),
    };
  }),
);

if (process.argv.includes('--json')) console.log(JSON.stringify(results, null, 2));
else console.table(results);
