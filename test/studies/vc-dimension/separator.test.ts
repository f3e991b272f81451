import { expect, test } from 'vitest';
import { countAll } from '../../../src/studies/vc-dimension/labelings.ts';
import { Separator } from '../../../src/studies/vc-dimension/separator.ts';
import { grid } from './grid.ts';

test('exclusive or is not separable, its neighbours are', async () => {
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
