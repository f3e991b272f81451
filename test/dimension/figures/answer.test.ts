import { expect, test } from 'vitest';
import { apart, queryLabels } from '../../../src/dimension/figures/answer.ts';

const whole = (queries: string, recall: number) => ({
  d: 50,
  method: 'as given',
  queries,
  recallFitted: recall,
  recall,
  recallError: 0.01,
  ndcg: recall,
  kl: 1,
});

test('curves with the reader’s and with the best queries are named where they end, together if they meet', () => {
  const reduced = { ...whole('own', 0.3), method: 'PCA', d: 4 };
  expect(queryLabels([whole('own', 0.1), whole('free', 1), reduced])).toEqual([
    { d: 50, recall: 1, label: 'with the best queries' },
    { d: 50, recall: 0.1, label: 'with your queries' },
  ]);
  expect(queryLabels([whole('own', 0.95), whole('free', 1)])).toEqual([
    { d: 50, recall: 0.95, label: 'with your queries, and with the best' },
  ]);
  expect(queryLabels([whole('free', 1)])).toEqual([
    { d: 50, recall: 1, label: 'with the best queries' },
  ]);
});

test('budgets are named only where the label has room', () => {
  expect(apart([8, 9, 10, 12, 64].map((total) => ({ total })))).toEqual(
    [8, 10, 64].map((total) => ({ total })),
  );
});
