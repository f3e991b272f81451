import { expect, test } from 'vitest';
import { accuracyOf } from '../../../src/studies/low-rank/accuracy.ts';
import { type DistinctQueries, distinctQueries } from '../../../src/studies/low-rank/queries.ts';
import type { LowRankRow } from '../../../src/studies/low-rank/tables.ts';
import { thresholds } from '../../../src/studies/low-rank/thresholds.ts';
import { trainedScores } from '../../../src/studies/low-rank/train.ts';
import { truncations } from '../../../src/studies/low-rank/truncated-svd.ts';
import { deckOf } from '../../../src/study/deck/deck.ts';

/** Two queries over three keys: the first matches keys 0 and 1, the second key 2. */
const TWO: DistinctQueries = {
  count: 2,
  matching: [[0, 1], [2]],
  matrix: Float32Array.from([1, 1, 0, 0, 0, 1]),
};

test('queries that match the same keys are one, and those without a key are none', () => {
  const queries = distinctQueries(deckOf(9));
  // One attribute shared, two attributes of three values: a row or a column of the 3 x 3 keys.
  expect(queries.count).toBe(6);
  expect(queries.matching).toContainEqual([0, 1, 2]);
  expect(queries.matching).toContainEqual([1, 4, 7]);
  expect(queries.matrix.reduce((sum, x) => sum + x, 0)).toBe(18);
  expect(distinctQueries(deckOf(27)).count).toBe(36);
});

test('accuracy, overlap and KL by hand', () => {
  const right = accuracyOf(TWO, 3, Float64Array.of(2, 1, 0, 0, 0, 5));
  expect(right).toMatchObject({ accuracy: 1, overlap: 1 });
  // The first query has key 2 between its own; the second is right.
  const half = accuracyOf(TWO, 3, Float64Array.of(2, 0, 1, 0, 0, 5));
  expect(half).toMatchObject({ accuracy: 0.5, overlap: 0.75 });
  const flat = accuracyOf(TWO, 3, Float64Array.of(0, 0, 0, 0, 0, 0));
  // What guessing gives: two of three keys for the first, one of three for the second.
  expect(flat.accuracy).toBe(0);
  expect(flat.overlap).toBeCloseTo(1 / 2, 12);
  expect(flat.kl).toBeCloseTo((Math.log(3 / 2) + Math.log(3)) / 2, 12);
});

test('truncations are the best approximations: a matrix with known singular values', () => {
  // Rows (1,1,0) and (0,0,1): singular values sqrt(2) and 1.
  const [one, two] = truncations(TWO, 3, [1, 2]);
  expect(one.residual).toBeCloseTo(1 / 3, 12);
  expect(Array.from(one.scores)).toEqual([1, 1, 0, 0, 0, 0].map((x) => expect.closeTo(x, 12)));
  expect(one.rounded).toBeCloseTo(5 / 6, 12);
  expect(two.residual).toBeCloseTo(0, 20);
  expect(two.rounded).toBe(1);
});

test('the residual is zero from the rank on and not before', () => {
  const queries = distinctQueries(deckOf(27));
  const found = truncations(queries, 27, [17, 18, 19, 27]);
  expect(found.map(({ residual }) => residual > 1e-12)).toEqual([true, true, false, false]);
});

test('four dimensions learn every query of two attributes, three do not, reproducibly', async () => {
  const deck = deckOf(25, 5);
  const queries = distinctQueries(deck);
  const task = { queries, keys: deck.keys, steps: 500, learningRate: 0.05, seed: 1 };
  const four = await trainedScores({ ...task, d: 4 });
  expect(accuracyOf(queries, deck.keys, four).accuracy).toBe(1);
  expect(await trainedScores({ ...task, d: 4 })).toEqual(four);
  const three = await trainedScores({ ...task, d: 3 });
  expect(accuracyOf(queries, deck.keys, three).accuracy).toBeLessThan(0.5);
});

test('thresholds say from which dimension on, not where it happened to work', () => {
  const row = (d: number, accuracy: number, kl: number, svdRounded: number): LowRankRow => ({
    attributes: 2,
    values: 3,
    keys: 9,
    queries: 6,
    rank: 5,
    d,
    accuracy,
    bestAccuracy: accuracy,
    overlap: 0,
    kl,
    svdAccuracy: 0,
    svdRounded,
    svdResidual: 0,
  });
  const rows = [
    row(3, 0.5, 0.2, 0.9),
    row(1, 1, 0.5, 0.5),
    row(2, 0.2, 0.005, 1),
    row(4, 1, 0.001, 0.99),
    row(5, 1, 0.001, 0.99),
  ];
  expect(thresholds(rows)).toEqual([
    { attributes: 2, values: 3, rank: 5, firstExact: 1, alwaysExact: 4, predicts: 4 },
  ]);
});
