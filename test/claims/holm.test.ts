import { expect, test } from 'vitest';
import { holm } from '../../src/claims/holm.ts';
import { fc } from '../properties.ts';

test('the most certain of m is multiplied by m, the next by m - 1, and none is below a more certain one', () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((p, i) => {
    expect(adjusted[i]).toBeCloseTo(p, 12);
  });
  expect(holm([])).toEqual([]);
});

test('lies between no correction and Bonferroni’s', () => {
  const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });
  fc.assert(
    fc.property(values, (ps) => {
      holm(ps).forEach((p, i) => {
        expect(p).toBeGreaterThanOrEqual(ps[i]);
        expect(p).toBeLessThanOrEqual(Math.min(1, ps.length * ps[i]) + 1e-12);
      });
    }),
  );
});
