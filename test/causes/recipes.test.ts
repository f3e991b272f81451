import { expect, test } from 'vitest';
import { RECIPE_CLAIMS } from '../../src/causes/recipes/claims.ts';
import { finalRuns } from '../../src/causes/recipes/evidence.ts';
import { recipesFigure } from '../../src/causes/recipes/figure.ts';
import type { VariantPoint } from '../../src/study/metrics/variant-table.ts';
import { verdicts } from '../studies/verdicts.ts';

type Change = (point: VariantPoint) => Partial<VariantPoint>;

/** Both recipes order the models alike; the published one ends higher. */
function points(change: Change = () => ({})): readonly VariantPoint[] {
  return ['union', 'shatter'].flatMap((game) =>
    ['study', 'published'].flatMap((variant) =>
      [27, 20, 8, undefined].flatMap((dim) =>
        [1, 2, 3].flatMap((seed) =>
          [100, 200].map((step): VariantPoint => {
            const geometry = dim === undefined ? 0.001 : 0.02 + 0.02 * (27 - dim);
            const kl = geometry * (variant === 'study' ? 1 : 2) * (1 + 0.02 * seed) + 1 / step ** 3;
            const point = { variant, game, dim, seed, step, kl, overlap: 1 };
            return { ...point, ...change(point) };
          }),
        ),
      ),
    ),
  );
}

const judged = (change?: Change) => verdicts(RECIPE_CLAIMS, { points: points(change) });

test('tables as predicted hold every claim', () => {
  const found = judged();
  expect(found).toEqual(Object.fromEntries(Object.keys(found).map((name) => [name, 'holds'])));
});

test('trainings are judged at their ends', () => {
  expect(new Set(finalRuns(points()).map(({ step }) => step))).toEqual(new Set([200]));
  expect(judged(({ step }) => (step === 100 ? { kl: 9 } : {}))).toEqual(judged());
});

test('another order fails, one within the seeds’ spread is undecided', () => {
  const swapped = judged(({ variant, dim }) =>
    variant === 'published' && dim === 8 ? { kl: 0.02 } : {},
  );
  expect(swapped['same-order-over-d-union']).toBe('fails');
  const near = judged(({ variant, dim, seed }) =>
    variant === 'published' && dim === 20 ? { kl: [0, 0.01, 0.05, 0.2][seed] } : {},
  );
  expect(near['same-order-over-d-union']).toBe('undecided');
});

test('a published recipe that ends lower fails the study’s', () => {
  const found = judged(({ variant, kl }) => (variant === 'published' ? { kl: kl / 5 } : {}));
  expect(found['study-recipe-ends-lower-shatter']).toBe('fails');
});

test('the figure has a panel per game and recipe', () => {
  const svg = recipesFigure({ points: points() }, 'light');
  for (const text of ['union; the study', 'shatter; published', 'non-contrastive', 'd = 8']) {
    expect(svg).toContain(text);
  }
});
