import { expect, test } from 'vitest';
import { lists } from '../../../src/studies/binding/experiment.ts';
import { SETTINGS } from './settings.ts';

test('lists with more roles than numbers per role have no row for the dual basis', () => {
  const dual = lists(SETTINGS).filter(({ method }) => method === 'dual');
  expect(dual.map(({ dimension, recovered }) => [dimension, recovered])).toEqual([
    [4, 1],
    [16, 1],
  ]);
});
