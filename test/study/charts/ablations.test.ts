import { expect, test } from 'vitest';
import { seriesStyle } from '../../../src/plots/palette.ts';
import { ablationsFigure } from '../../../src/study/charts/ablations.ts';
import { svgOf, texts } from './fixtures.ts';

test('ablations are drawn by the end of every training, a panel each and a row per variant', () => {
  const points = ['ours', 'theirs'].flatMap((variant) =>
    ['star', 'union'].flatMap((game) =>
      [1, 2].flatMap((seed) =>
        [10, 20].map((step) => ({
          ...{ variant, game, dim: 9, seed, step },
          kl: (variant === 'ours' ? 0.1 : 0.4) / step,
          overlap: 1,
        })),
      ),
    ),
  );
  const figure = ablationsFigure([{ title: 'first', points }]);
  const found = texts(figure);
  for (const text of ['first', 'ours', 'theirs', 'star, d = 9', 'union, d = 9']) {
    expect(found).toContain(text);
  }
  const colour = seriesStyle(1).light;
  const marks = [...svgOf(figure).querySelectorAll('g[aria-label="dot"]')].filter(
    (group) => group.getAttribute('fill') === colour,
  );
  // Of `union`: two trainings and their mean, for each variant.
  expect(marks.map((group) => group.children.length)).toEqual([2, 1, 2, 1]);
  const [ours, , theirs] = marks.map((group) => Number(group.children[0].getAttribute('cx')));
  expect(theirs).toBeGreaterThan(ours);
});
