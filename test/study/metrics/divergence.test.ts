import { expect, test } from 'vitest';
import { predictionDivergence } from '../../../src/study/metrics/divergence.ts';

test('the divergence of two predictions is sum p (ln p - ln q), row by row', () => {
  // softmax([ln 3, 0]) = [3/4, 1/4]; softmax([0, 0]) = [1/2, 1/2]
  const a = Float32Array.of(Math.log(3), 0, 5, 5);
  const b = Float32Array.of(0, 0, -1, -1);
  const [first, second] = predictionDivergence(a, b, 2, 2);
  expect(first).toBeCloseTo(0.75 * Math.log(1.5) + 0.25 * Math.log(0.5), 6);
  expect(second).toBeCloseTo(0, 9);
});
