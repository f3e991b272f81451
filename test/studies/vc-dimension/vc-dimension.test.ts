import { expect, test } from 'vitest';
import { separableLabelings } from '../../../src/studies/vc-dimension/cover.ts';
import {
  countAll,
  countRandom,
  randomPoints,
} from '../../../src/studies/vc-dimension/labelings.ts';
import { Separator, SPAN } from '../../../src/studies/vc-dimension/separator.ts';
import { type LabelingRow, vcDimensions } from '../../../src/studies/vc-dimension/tables.ts';

const grid = (points: readonly (readonly number[])[]) => points.map((p) => p.map((x) => x * 1024));

test("Cover's formula counts what is known otherwise", () => {
  // Lines through the origin cut n directions into 2n arcs; up to d points every labeling is there.
  for (let n = 1; n < 12; n++) {
    expect(separableLabelings(n, 1)).toBe(2);
    expect(separableLabelings(n, 2)).toBe(n === 1 ? 2 : 2 * n);
    expect(separableLabelings(n, n)).toBe(2 ** n);
    expect(separableLabelings(n, 40)).toBe(2 ** n);
    // Half of them with twice as many points as dimensions.
    expect(separableLabelings(2 * n, n)).toBe(2 ** (2 * n - 1));
  }
});

test('its recurrence: a new point splits the labelings whose hyperplane can pass through it', () => {
  for (let n = 1; n < 15; n++) {
    for (let d = 2; d < 8; d++) {
      expect(separableLabelings(n + 1, d)).toBe(
        separableLabelings(n, d) + separableLabelings(n, d - 1),
      );
    }
  }
});

test('the exclusive or is not separable, its neighbours are', async () => {
  const square = grid([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  const separator = await Separator.of(square, true);
  expect(separator.separates([true, false, false, true])).toBe(false);
  expect(separator.separates([false, true, true, false])).toBe(false);
  expect(separator.separates([true, false, false, false])).toBe(true);
  expect(separator.separates([true, true, false, false])).toBe(true);
  separator.dispose();
  // All of them: 14 of the 16 have a line.
  expect(await countAll(square, true)).toEqual({ tried: 16, separable: 14 });
});

test('without a bias a point at the origin is on no side', async () => {
  const separator = await Separator.of(
    grid([
      [0, 0],
      [1, 2],
    ]),
    false,
  );
  expect(separator.separates([true, true])).toBe(false);
  separator.dispose();
});

test('on a line the separable labelings with a bias are those that change once: checked by hand', async () => {
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
  '%i random points of %i dimensions (bias: %s) have as many as the formula says',
  async (n, d, bias) => {
    const { separable } = await countAll(randomPoints(n, d, 5), bias);
    expect(separable).toBe(separableLabelings(n, bias ? d + 1 : d));
  },
);

test('d points are shattered without a bias and d + 1 with, and one more is not', async () => {
  const rows: LabelingRow[] = [];
  for (const bias of ['without', 'with'] as const) {
    for (let n = 1; n <= 5; n++) {
      const counted = await countAll(randomPoints(n, 3, 2), bias === 'with');
      rows.push({ d: 3, bias, n, seed: 2, labelings: 'all', ...counted, cover: 0 });
    }
  }
  expect(vcDimensions(rows)).toEqual([
    { d: 3, bias: 'without', vcDimension: 3, unshattered: 4, sets: 1 },
    { d: 3, bias: 'with', vcDimension: 4, unshattered: 5, sets: 1 },
  ]);
});

test('random labelings are reproducible, and all separable while the points are few', async () => {
  const points = randomPoints(12, 4, 1);
  const counted = await countRandom(points, false, 60, 1);
  expect(await countRandom(points, false, 60, 1)).toEqual(counted);
  expect(counted.separable).toBeLessThan(60);
  expect((await countRandom(randomPoints(4, 4, 1), false, 40, 1)).separable).toBe(40);
});

test('points are whole numbers within the span', () => {
  const all = randomPoints(20, 8, 1).flat();
  expect(all.every((x) => Number.isInteger(x) && Math.abs(x) <= SPAN)).toBe(true);
  expect(new Set(all).size).toBeGreaterThan(150);
});
