import { describe, expect, test } from 'vitest';
import { entropyFigure, falseMassFigure } from '../../../src/study/charts/by-dimension.ts';
import { runs, texts } from './fixtures.ts';

describe('the entropy figure', () => {
  test('has a panel for all queries and one for those with 10 to 20 true keys', () => {
    const found = texts(entropyFigure(runs()));
    expect(found).toContain('all test queries');
    expect(found).toContain('queries with 10 to 20 true keys');
  });

  test('has one panel where no query has that many', () => {
    const found = texts(entropyFigure(runs(1, () => ({ entropyMid: undefined }))));
    expect(found).not.toContain('queries with 10 to 20 true keys');
  });
});

test('the figure of false mass has a panel for all queries and one for 10 to 20 true keys', () => {
  const found = texts(falseMassFigure(runs()));
  expect(found).toContain('all test queries');
  expect(found).toContain('queries with 10 to 20 true keys');
  expect(found).toContain('truth');
});
