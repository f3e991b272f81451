import { expect, test } from 'vitest';
import { deckOf } from '../../../src/study/deck/deck.ts';
import type { QuerySet } from '../../../src/study/games/query-set.ts';
import { testQueries, trainingQueries } from '../../../src/study/games/sampling.ts';
import { seenInTraining } from '../../../src/study/games/seen.ts';

const request = { deck: deckOf(9), pairs: 2, seed: 3, count: 300 } as const;

/** Row by row, without hashing. */
function isRowOf(values: ArrayLike<number>, row: number, width: number, among: ArrayLike<number>) {
  for (let other = 0; other < among.length / width; other++) {
    let equal = true;
    for (let i = 0; i < width; i++) equal &&= values[row * width + i] === among[other * width + i];
    if (equal) return true;
  }
  return false;
}

test.each(['set', 'union', 'shatter'] as const)(
  'queries and answer sets of %s that occur in training are found by comparing all rows',
  (game) => {
    const train: QuerySet = trainingQueries({ ...request, game });
    const tests: QuerySet = testQueries({ ...request, game, count: 60 });
    const seen = seenInTraining(tests, train);
    const rows = Array.from({ length: tests.count }, (_, i) => i);
    expect(seen.query).toEqual(
      rows.map((row) => isRowOf(tests.tokens, row, tests.sequenceLength, train.tokens)),
    );
    expect(seen.answer).toEqual(
      rows.map((row) => isRowOf(tests.keyMasks, row, tests.maskWords, train.keyMasks)),
    );
  },
);

test('an answer set is seen more often than the query that asks for it', () => {
  const game = 'union';
  const { query, answer } = seenInTraining(
    testQueries({ ...request, game }),
    trainingQueries({ ...request, game }),
  );
  query.forEach((flag, i) => {
    if (flag) expect(answer[i]).toBe(true);
  });
  expect(answer.filter(Boolean).length).toBeGreaterThan(query.filter(Boolean).length);
});
