import { expect, test } from 'vitest';
import {
  type Judgements,
  membersOf,
  queriesOf,
  queryCount,
} from '../../../src/dimension/judgements/judgements.ts';
import { distinctSets } from '../../../src/dimension/predictors/distinct.ts';
import { problemOf } from '../../../src/dimension/problems/problems.ts';
import { solveProblem } from '../../../src/dimension/problems/solve.ts';

const setsOf = (judgements: Judgements) =>
  Array.from({ length: queryCount(judgements) }, (_, query) => membersOf(judgements, query).join());

test('sizes of the problems', () => {
  const size = (name: string) => {
    const judgements = problemOf(name);
    return [judgements.items, queryCount(judgements), queryCount(distinctSets(judgements))];
  };
  expect(size('limit-12')).toEqual([12, 66, 66]);
  expect(size('subsets-10-4')).toEqual([10, 210, 210]);
  expect(size('windows-16-3')).toEqual([16, 16, 16]);
  // 100 pairs of 25 cards share exactly one of two attributes: ten different sets.
  expect(size('deck-2-5')).toEqual([25, 100, 10]);
  // At most 64 subcubes of 27 cards, at most 27 single cards.
  expect(size('game-star-27')).toEqual([27, 1000, 64]);
  expect(size('game-set-27')).toEqual([27, 1000, 27]);
  expect(size('planted-100-4')[1]).toBe(1000);
});

test('every query of every problem has an item', () => {
  for (const name of [
    'game-symdiff-9',
    'deck-3-3',
    'edges-32-20',
    'neighbours-64-5',
    'random-32-50',
  ]) {
    const { starts } = problemOf(name);
    for (let query = 1; query < starts.length; query++) {
      expect(starts[query], name).toBeGreaterThan(starts[query - 1]);
    }
  }
});

test('edges are pairs, and neighbours are mutual', () => {
  expect(setsOf(problemOf('edges-32-20')).every((set) => set.split(',').length === 2)).toBe(true);
  const judgements = problemOf('neighbours-128-40');
  for (let a = 0; a < 128; a++) {
    for (const b of membersOf(judgements, a)) expect([...membersOf(judgements, b)]).toContain(a);
  }
});

test('windows wrap around, and cards match what they share', () => {
  expect(setsOf(problemOf('windows-16-3'))[15]).toBe('0,1,15');
  // Cards 00 and 01 of 2 attributes share the first: the three cards 0x.
  expect(setsOf(problemOf('deck-2-3'))[0]).toBe('0,1,2');
});

test('a problem that does not exist', () => {
  expect(() => problemOf('nothing-3')).toThrow("there is no problem 'nothing-3'");
  expect(() => problemOf('game-chess-27')).toThrow('there is no problem');
});

test('solving finds the polygon, and the product of simplices', async () => {
  const search = { steps: 200, learningRate: 0.1 };
  const circle = await solveProblem('windows-16-3', problemOf('windows-16-3'), 3, search);
  expect(circle.dExact).toBe(2);
  const star = problemOf('game-star-9');
  const few = queriesOf(
    star,
    Array.from({ length: 200 }, (_, i) => i),
  );
  const { d99, dExact, curve } = await solveProblem('game-star-9', few, 3, search);
  expect(dExact).toBeLessThanOrEqual(4);
  expect(d99).toBeLessThanOrEqual(4);
  expect(curve.map(({ d }) => d)).toEqual([...curve.map(({ d }) => d)].sort((a, b) => a - b));
});
