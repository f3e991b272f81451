// Exact counts of reachable key subsets and the seconds they take: npm run bench:subset-counts
import { performance } from 'node:perf_hooks';
import { deckOf } from '../src/study/deck/deck.ts';
import { SubsetCounter } from '../src/study/games/count-subsets.ts';
import { OPERATORS } from '../src/study/games/reachable-subsets.ts';

const PAIRS = 8;
const counter = new SubsetCounter(PAIRS);
const results = [27, 81].flatMap((keys) =>
  OPERATORS.map((operators) => {
    const start = performance.now();
    const levels = counter.levels(deckOf(keys), operators);
    const seconds = (performance.now() - start) / 1000;
    return { deck: keys, operators, seconds: Number(seconds.toFixed(3)), levels };
  }),
);

if (process.argv.includes('--json')) console.log(JSON.stringify(results, null, 2));
else {
  for (const { deck, operators, seconds, levels } of results) {
    console.log(`${deck} keys, ${operators}: ${seconds} s`);
    for (const { pairs, subsets, method } of levels) {
      console.log(`  ${pairs} pairs  ${String(subsets).padStart(16)}  ${method}`);
    }
  }
  const total = results.reduce((sum, { seconds }) => sum + seconds, 0);
  console.log(`all: ${total.toFixed(2)} s`);
}
