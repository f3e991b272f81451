import { expect, test } from 'vitest';
import { modelParameters } from '../../../src/study/models/model.ts';
import { initialise } from '../../../src/study/models/parameters.ts';
import { configuration } from './fixtures.ts';

test('the transformer encoder keeps every other parameter when a table changes its size', () => {
  const small = initialise(modelParameters(configuration()), 1);
  const wide = initialise(modelParameters(configuration({ dim: 7 })), 1);
  expect(wide['layer1.feedForward.in.weight']).toEqual(small['layer1.feedForward.in.weight']);
  expect(wide['keys.table'].shape).toEqual([9, 7]);
});
