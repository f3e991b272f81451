import { expect, test } from 'vitest';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { vocabulary } from '../../../src/study/deck/tokens.ts';

test('a deck has its tokens in a fixed order: cards, operators, marks', () => {
  expect(vocabulary(deckOf(27))).toEqual({
    union: 64,
    symdiff: 65,
    start: 66,
    end: 67,
    pad: 68,
    size: 69,
  });
});
