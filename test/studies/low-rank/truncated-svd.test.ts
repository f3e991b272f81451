import { expect, test } from 'vitest';
import { distinctQueries } from '../../../src/studies/low-rank/queries.ts';
import { truncations } from '../../../src/studies/low-rank/truncated-svd.ts';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { TWO } from './two-queries.ts';

test('truncations of a matrix with known singular values are its best approximations', () => {
  // Rows (1,1,0) and (0,0,1): singular values sqrt(2) and 1.
  const [one, two] = truncations(TWO, 3, [1, 2]);
  expect(one.residual).toBeCloseTo(1 / 3, 12);
  expect(Array.from(one.scores)).toEqual([1, 1, 0, 0, 0, 0].map((x) => expect.closeTo(x, 12)));
  expect(one.rounded).toBeCloseTo(5 / 6, 12);
  expect(two.residual).toBeCloseTo(0, 20);
  expect(two.rounded).toBe(1);
});

test('the residual is zero from the rank on and positive below it', () => {
  const queries = distinctQueries(deckOf(27));
  const found = truncations(queries, 27, [17, 18, 19, 27]);
  expect(found.map(({ residual }) => residual > 1e-12)).toEqual([true, true, false, false]);
});
