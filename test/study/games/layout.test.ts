import { expect, test } from 'vitest';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { GAMES } from '../../../src/study/games/query-set.ts';
import { testQueries } from '../../../src/study/games/sampling.ts';

const request = { deck: deckOf(27), pairs: 5, count: 300, seed: 1 };

test('the layout of a query gives every game its length', () => {
  const lengths = GAMES.map((game) => testQueries({ ...request, game }).sequenceLength);
  expect(lengths).toEqual([4, 4, 16, 16, 29]);
});
