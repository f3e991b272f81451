import { expect, test } from 'vitest';
import { seriesStyle } from '../../../src/plots/palette.ts';
import { variantsFigure } from '../../../src/study/charts/variants.ts';
import { svgOf, texts } from './fixtures.ts';

test('the figure of variants draws every run thin and the mean thick, a panel per game and d', () => {
  const points = ['a', 'b'].flatMap((variant) =>
    [4, 8].flatMap((dim) =>
      [1, 2].flatMap((seed) =>
        [10, 20].map((step) => ({
          variant,
          game: 'star',
          dim,
          seed,
          step,
          kl: 1 / step,
          overlap: 1,
        })),
      ),
    ),
  );
  const figure = variantsFigure(points, 'Title', 'data');
  expect(texts(figure)).toEqual(expect.arrayContaining(['star, d = 4', 'star, d = 8', 'a', 'b']));
  const lines = svgOf(figure).querySelectorAll(
    `g[aria-label="line"][stroke="${seriesStyle(1).light}"]`,
  );
  // Two seeds and their mean, in two panels.
  expect(lines).toHaveLength(6);
});
