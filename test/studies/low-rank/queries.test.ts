import { expect, test } from 'vitest';
import { distinctQueries } from '../../../src/studies/low-rank/queries.ts';
import { deckOf } from '../../../src/study/deck/deck.ts';

test('queries that match the same keys count once, those that match none are left out', () => {
  const queries = distinctQueries(deckOf(9));
  // One attribute shared, two attributes of three values: a row or a column of the 3 x 3 keys.
  expect(queries.count).toBe(6);
  expect(queries.matching).toContainEqual([0, 1, 2]);
  expect(queries.matching).toContainEqual([1, 4, 7]);
  expect(queries.matrix.reduce((sum, x) => sum + x, 0)).toBe(18);
  expect(distinctQueries(deckOf(27)).count).toBe(36);
});
