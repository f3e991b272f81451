import { expect, test } from 'vitest';
import { separableLabelings } from '../../../src/studies/vc-dimension/cover.ts';
import {
  countAll,
  countRandom,
  randomPoints,
} from '../../../src/studies/vc-dimension/labelings.ts';
import { SPAN } from '../../../src/studies/vc-dimension/separator.ts';
import { grid } from './grid.ts';

test('on a line the separable labelings with a bias are those that change at most once', async () => {
  const xs = [-7, -2, 1, 3, 8, 9];
  const { separable } = await countAll(grid(xs.map((x) => [x])), true);
  const changes = (labels: readonly boolean[]) =>
    labels.slice(1).filter((label, i) => label !== labels[i]).length;
  const byHand = Array.from({ length: 2 ** xs.length }, (_, index) =>
    xs.map((_, i) => ((index >> i) & 1) === 1),
  );
  expect(separable).toBe(byHand.filter((labels) => changes(labels) <= 1).length);
});

test.each([
  [5, 2, false],
  [5, 2, true],
  [6, 3, false],
  [6, 3, true],
  [7, 4, true],
])(
  '%i random points in %i dimensions (bias: %s) have as many separable labelings as the formula says',
  async (n, d, bias) => {
    const { separable } = await countAll(randomPoints(n, d, 5), bias);
    expect(separable).toBe(separableLabelings(n, bias ? d + 1 : d));
  },
);

test('random labelings are reproducible, and all separable for few points', async () => {
  const points = randomPoints(12, 4, 1);
  const counted = await countRandom(points, false, 60, 1);
  expect(await countRandom(points, false, 60, 1)).toEqual(counted);
  expect(counted.separable).toBeLessThan(60);
  expect((await countRandom(randomPoints(4, 4, 1), false, 40, 1)).separable).toBe(40);
});

test('points are integers within the span', () => {
  const all = randomPoints(20, 8, 1).flat();
  expect(all.every((x) => Number.isInteger(x) && Math.abs(x) <= SPAN)).toBe(true);
  expect(new Set(all).size).toBeGreaterThan(150);
});
