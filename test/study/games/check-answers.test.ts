import { expect, test } from 'vitest';
import { deckOf } from '../../../src/study/deck/deck.ts';
import {
  type BuiltQueries,
  checkJoinedAnswers,
  checkSimpleAnswers,
} from '../../../src/study/games/check-answers.ts';
import type { Game } from '../../../src/study/games/query-set.ts';
import { reachableSubsets } from '../../../src/study/games/reachable-subsets.ts';
import { trainingQueries } from '../../../src/study/games/sampling.ts';

const deck = deckOf(9);
const PAIRS = 3;
const COUNT = 60;

function built(game: Game): BuiltQueries {
  const queries = trainingQueries({ deck, game, pairs: PAIRS, count: COUNT, seed: 1 });
  return { name: `${game}/train`, deck, queries };
}

test.each(['set', 'star', 'shatter'] as const)(
  'the answers of %s pass, and one that no query has is named',
  (game) => {
    const own = built(game);
    expect(() => checkSimpleAnswers(own)).not.toThrow();
    own.queries.keyMasks[7] = 0;
    expect(() => checkSimpleAnswers(own)).toThrow(`query 7 of ${game}/train has the answer 0 (`);
  },
);

test('the answer of a query that names a set is a single key', () => {
  const own = built('set');
  own.queries.keyMasks[3] = 0b111;
  expect(() => checkSimpleAnswers(own)).toThrow('query 3 of set/train has the answer 7 (');
});

test.each([
  ['union', 'union'],
  ['symdiff', 'both'],
] as const)(
  'each answer of %s is looked for among the subsets of its number of pairs',
  (game, operators) => {
    const own = built(game);
    const checked = Array.from(reachableSubsets(deck, operators, PAIRS), (level) =>
      checkJoinedAnswers(own, deck, operators, level),
    );
    expect(checked).toEqual([COUNT / 3, COUNT / 3, COUNT / 3]);
  },
);

test('an answer that as many pairs cannot select is named', () => {
  const own = built('union');
  const at = own.queries.pairs.indexOf(2);
  // A union selects some key.
  own.queries.keyMasks[at] = 0;
  const [, second] = reachableSubsets(deck, 'union', PAIRS);
  expect(() => checkJoinedAnswers(own, deck, 'union', second)).toThrow(
    `query ${at} of union/train has the answer 0 (a mask over 9 keys), which no 'union' query of 2 pairs`,
  );
});

test('a level of other operators or of another deck says nothing about an answer', () => {
  const own = built('union');
  own.queries.keyMasks.fill(0);
  const [both] = reachableSubsets(deck, 'both', 1);
  expect(checkJoinedAnswers(own, deck, 'both', both)).toBe(0);
  const [smaller] = reachableSubsets(deckOf(3), 'union', 1);
  expect(checkJoinedAnswers(own, deckOf(3), 'union', smaller)).toBe(0);
});
