import { expect, test } from 'vitest';
import { allSubsets, answersOf, halves, queriesOf } from '../../../src/studies/ladder/subsets.ts';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { vocabulary } from '../../../src/study/deck/tokens.ts';
import { trueKeys } from '../../../src/study/games/true-keys.ts';

const deck = deckOf(9);

test('nine keys have 511 subsets, whose queries list the keys that they select', () => {
  const subsets = allSubsets(deck);
  expect(new Set(subsets).size).toBe(511);
  const answers = answersOf(subsets, deck);
  const queries = queriesOf(subsets, deck);
  expect(trueKeys(queries, deck.keys)).toEqual(answers.isTrue);
  expect(answers.isTrue.reduce((sum, bit) => sum + bit, 0)).toBe(9 * 256);
  expect(answers.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  const { start, end, pad } = vocabulary(deck);
  const row = subsets.indexOf(0b101);
  const tokens = [...queries.tokens.subarray(row * 11, (row + 1) * 11)];
  expect([tokens[0], tokens[3]]).toEqual([start, end]);
  expect(tokens.slice(4)).toEqual(new Array(7).fill(pad));
  expect(queries.pairs[row]).toBe(2);
});

test('halves are disjoint, complete, and differ by seed', () => {
  const subsets = allSubsets(deck);
  const [seen, asked] = halves(subsets, 1);
  expect([seen.length, asked.length]).toEqual([256, 255]);
  expect([...seen, ...asked].sort((a, b) => a - b)).toEqual(subsets);
  expect(halves(subsets, 2)[0]).not.toEqual(seen);
});
