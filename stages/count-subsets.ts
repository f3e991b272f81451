import { z } from 'zod';
import { defineStage, type GatheredArtifact } from '../src/pipe/pipeline/contract.ts';
import { deckOf } from '../src/study/deck/deck.ts';
import {
  type BuiltQueries,
  checkJoinedAnswers,
  checkSimpleAnswers,
  deckOfMetadata,
} from '../src/study/games/check-answers.ts';
import { SubsetCounter } from '../src/study/games/count-subsets.ts';
import { MOST_PAIRS } from '../src/study/games/layout.ts';
import { readQuerySet } from '../src/study/games/query-table.ts';
import { writeSubsetCounts } from '../src/study/games/subset-counts-table.ts';
import { readTable } from '../src/tables/read.ts';

export default defineStage({
  params: z.strictObject({
    /** Numbers of keys to count the subsets of; three values per attribute. */
    decks: z.array(z.literal([3, 9, 27, 81])).min(1),
    /** Subsets are counted for 1, 2, ... up to this many pairs. */
    maxPairs: z.int().min(1).max(MOST_PAIRS),
  }),
  inputs: { queries: 'many' },
  outputs: { 'subset-counts': 'subset-counts.arrow' },
  run({ params, inputs, outputs, progress, log }) {
    const built = inputs.queries.map(readBuilt);
    built.forEach(checkSimpleAnswers);
    let checked = 0;
    const longest = built.flatMap(({ queries }) =>
      queries.game === 'union' || queries.game === 'symdiff' ? [Math.max(...queries.pairs)] : [],
    );
    const counter = new SubsetCounter(
      Math.max(params.maxPairs, ...longest),
      (deck, operators, level) => {
        for (const set of built) checked += checkJoinedAnswers(set, deck, operators, level);
      },
    );
    const counts = params.decks.flatMap((keys, done) => {
      progress({ done, total: params.decks.length, unit: 'deck' });
      return counter.count(deckOf(keys), params.maxPairs);
    });
    writeSubsetCounts(outputs['subset-counts'], counts);
    log(`${checked} answers of joined pairs are among the subsets counted`);
  },
});

function readBuilt({ path, axes }: GatheredArtifact): BuiltQueries {
  const table = readTable(path, 'build-queries');
  const name = Object.entries(axes)
    .map(([axis, value]) => `${axis}=${value}`)
    .join(',');
  return {
    name: `build-queries[${name}]`,
    deck: deckOfMetadata(table.note('attributes'), table.note('values')),
    queries: readQuerySet(path),
  };
}
