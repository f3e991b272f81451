import { expect, test } from 'vitest';
import { exampleQueries } from '../../../src/study/metrics/examples.ts';

const KEYS = 3;

const isTrue = Uint8Array.of(1, 1, 0, 0, 0, 1, 0, 1, 1, 1, 0, 0);

const sizes = Uint16Array.of(2, 1, 2, 1);

const scores = Float32Array.from([0, 0, 0, 0, 0, Math.log(2), 5, 5, 5, 9, 9, 9]);

test('examples are the first query of each number of true keys, with the softmax of its scores', () => {
  const [one, two] = exampleQueries(scores, isTrue, sizes, KEYS);
  expect(one).toMatchObject({ query: 1, trueKeys: 1, isTrue: Uint8Array.of(0, 0, 1) });
  expect([...one.mass].map((p) => p.toFixed(4))).toEqual(['0.2500', '0.2500', '0.5000']);
  expect(two).toMatchObject({ query: 0, trueKeys: 2, isTrue: Uint8Array.of(1, 1, 0) });
  expect(two.mass.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
});
