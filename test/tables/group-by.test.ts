import { expect, test } from 'vitest';
import { groupBy } from '../../src/tables/group-by.ts';

test('groups are in the order in which their keys first appear, and items in their own order', () => {
  const groups = groupBy(['pear', 'apple', 'plum', 'avocado'], ([letter]) => letter);
  expect([...groups]).toEqual([
    ['p', ['pear', 'plum']],
    ['a', ['apple', 'avocado']],
  ]);
});
