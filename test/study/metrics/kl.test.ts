import { describe, expect, test } from 'vitest';
import { klDivergence } from '../../../src/study/metrics/kl.ts';
import { fc } from '../../properties.ts';

// p = (1/2, 1/4, 1/8, 1/8)
const SCORES = [3, 2, 1, 1].map((power) => power * Math.LN2);

describe('KL', () => {
  test('is that of the definition on a distribution worked by hand', () => {
    // True keys 0 and 1: 1/2 log(1/2 / 1/2) + 1/2 log(1/2 / 1/4) = 1/2 log 2
    expect(klDivergence(SCORES, [1, 1, 0, 0])).toBeCloseTo(0.5 * Math.LN2, 12);
    // One true key: -log p
    expect(klDivergence(SCORES, [0, 0, 0, 1])).toBeCloseTo(3 * Math.LN2, 12);
  });

  test('is 0 for a uniform prediction over exactly the true keys and log(K / n) for one over all', () => {
    expect(klDivergence([900, -900, 900], [1, 0, 1])).toBeCloseTo(0, 12);
    expect(klDivergence([5, 5, 5, 5], [1, 0, 0, 0])).toBeCloseTo(Math.log(4), 12);
  });

  test('is never negative and does not change when all scores move together', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.boolean()), {
          minLength: 1,
          maxLength: 30,
        }),
        fc.double({ min: -100, max: 100, noNaN: true }),
        (pairs, shift) => {
          const scores = pairs.map(([score]) => score);
          const isTrue = pairs.map(([, truth], i) => Number(truth || i === 0));
          const kl = klDivergence(scores, isTrue);
          expect(kl).toBeGreaterThanOrEqual(-1e-9);
          expect(
            klDivergence(
              scores.map((s) => s + shift),
              isTrue,
            ),
          ).toBeCloseTo(kl, 8);
        },
      ),
    );
  });
});
