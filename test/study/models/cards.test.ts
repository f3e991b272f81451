import { expect, test } from 'vitest';
import { modelParameters } from '../../../src/study/models/model.ts';
import { initialise } from '../../../src/study/models/parameters.ts';
import { configuration } from './fixtures.ts';

test('the transformer encoder starts cards that agree in an attribute alike', () => {
  const { values } = initialise(modelParameters(configuration()), 1)['tokens.table'];
  const vector = (card: number) => values.subarray(card * 8, (card + 1) * 8);
  const difference = (a: number, b: number) => [...vector(a)].map((x, i) => x - vector(b)[i]);
  // Cards 0 = (0, 0), 1 = (0, 1), 4 = (1, 0), 5 = (1, 1): the second attribute's change is the same.
  const own = difference(0, 1).map((x, i) => x - difference(4, 5)[i]);
  expect(Math.hypot(...own)).toBeLessThan(0.3 * Math.hypot(...difference(0, 1)));
});
