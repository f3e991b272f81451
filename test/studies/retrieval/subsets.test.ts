import { expect, test } from 'vitest';
import { limitSmall, relevanceMatrix, subsetsOf } from '../../../src/studies/retrieval/subsets.ts';

test('subsets come in lexicographic order, each once', () => {
  expect(subsetsOf(4, 2)).toEqual([
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 2],
    [1, 3],
    [2, 3],
  ]);
  expect(subsetsOf(6, 3)).toHaveLength(20);
  expect(subsetsOf(3, 0)).toEqual([[]]);
});

test('LIMIT-small has the first 1,000 of the 1,035 pairs of 46 documents', () => {
  const pairs = limitSmall();
  expect(pairs).toHaveLength(1000);
  expect(subsetsOf(46, 2)).toHaveLength(1035);
  // 1,035 pairs end with the 36 of the last nine documents, of which one remains.
  expect(pairs.at(-1)).toEqual([37, 38]);
  expect(
    Array.from(
      relevanceMatrix(
        [
          [0, 2],
          [1, 2],
        ],
        3,
      ),
    ),
  ).toEqual([1, 0, 1, 0, 1, 1]);
});
