import { expect, test } from 'vitest';
import {
  leaveOneOut,
  predict,
  rankCorrelation,
  regress,
  typicalFactor,
} from '../../../src/dimension/prediction/regression.ts';
import { fc } from '../../properties.ts';

test('a power law is found exactly', () => {
  const x = [1, 2, 4, 8, 16].map((value) => [Math.log(value)]);
  const y = [3, 6 * 2 ** 0.5, 12 * 2, 24 * 2 ** 1.5, 48 * 4];
  const { weights } = regress(x, y, 0);
  expect(weights[0]).toBeCloseTo(Math.log(3), 9);
  expect(weights[1]).toBeCloseTo(1.5, 9);
  expect(typicalFactor(leaveOneOut(x, y, 0), y)).toBeCloseTo(1, 9);
});

test('a row does not influence its own prediction', () => {
  const numbers = fc.array(
    fc.tuple(fc.double({ min: 0, max: 5, noNaN: true }), fc.integer({ min: 1, max: 99 })),
    {
      minLength: 4,
      maxLength: 12,
    },
  );
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 999 }), (rows, other) => {
      const features = rows.map(([x]) => [x]);
      const y = rows.map(([, value]) => value);
      const [before] = leaveOneOut(features, y, 0.1);
      const [after] = leaveOneOut(features, [other, ...y.slice(1)], 0.1);
      expect(after).toBe(before);
      expect(predict(regress(features.slice(1), y.slice(1), 0.1), features[0])).toBe(before);
    }),
  );
});

test('factors and rank correlations by hand', () => {
  expect(typicalFactor([2, 8], [4, 4])).toBeCloseTo(2, 12);
  expect(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 40])).toBeCloseTo(1, 12);
  // 1 - 6 Σ d² / n (n² - 1) = 1 - 6 (4 + 0 + 4) / (3 * 8).
  expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
  expect(rankCorrelation([1, 2, 3, 4], [2, 1, 4, 3])).toBeCloseTo(1 - (6 * 4) / (4 * 15), 12);
  // Equal values share their rank: (0.5, 0.5, 2) against (0, 1, 2).
  expect(rankCorrelation([5, 5, 9], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(1.5 * 2), 12);
});
