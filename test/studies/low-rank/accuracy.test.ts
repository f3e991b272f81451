import { expect, test } from 'vitest';
import { accuracyOf } from '../../../src/studies/low-rank/accuracy.ts';
import { TWO } from './two-queries.ts';

test('accuracy, overlap and KL agree with a calculation by hand', () => {
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
