import { expect, test } from 'vitest';
import { recallAtK } from '../../../src/studies/retrieval/recall.ts';

test('recall counts the relevant documents among the k best, with ties against them', () => {
  const relevance = [
    [0, 1],
    [1, 2],
  ];
  // Second query: document 2 is second, document 1 last.
  expect(recallAtK(relevance, 3, [3, 2, 1, 9, 0, 5])).toBe(3 / 4);
  expect(recallAtK(relevance, 3, [3, 2, 2, 0, 1, 1])).toBe(3 / 4);
  expect(recallAtK([[0], [1]], 2, [1, 0, 0, 1])).toBe(1);
  expect(recallAtK([[0], [1]], 2, [1, 1, 1, 1])).toBe(0);
});
