import { describe, expect, test } from 'vitest';
import { deckOf, keyAttributes } from '../../../src/study/deck/deck.ts';
import { subcubes } from '../../../src/study/deck/subcubes.ts';
import { answerSets } from '../../../src/study/floor/answer-sets.ts';
import { exactFloor } from '../../../src/study/floor/theory.ts';
import type { Game } from '../../../src/study/games/query-set.ts';
import { testQueries } from '../../../src/study/games/sampling.ts';

const setsFrom = (game: Game, keys: number, count = 400) => {
  const deck = deckOf(keys);
  return answerSets(testQueries({ deck, game, pairs: 5, count, seed: 1 }), keys, 0, count);
};

const theory = (game: Game, keys: number, dim: number | undefined) =>
  exactFloor(game, deckOf(keys), setsFrom(game, keys), dim);

describe('the exact floor', () => {
  test.each([
    ['shatter', 27, undefined, 'no vectors'],
    ['shatter', 27, 26, 'simplex'],
    ['shatter', 27, 25, undefined],
    ['union', 81, 80, 'simplex'],
    ['star', 27, 6, 'product of simplices'],
    ['star', 27, 5, undefined],
    ['star', 9, 4, 'product of simplices'],
    ['set', 27, 4, 'polygon'],
    ['set', 27, 1, undefined],
    ['union', 27, 20, undefined],
  ] as const)('of %s with %d keys and d = %s is known by: %s', (game, keys, dim, reason) => {
    expect(theory(game, keys, dim)).toBe(reason);
  });

  test('of sets of at most d/2 keys is known by the cyclic polytope; all keys together are free', () => {
    const sets = {
      count: 2,
      keys: 9,
      isTrue: Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1),
      shares: Float64Array.of(0.5, 0.5),
    };
    expect(exactFloor('union', deckOf(9), sets, 4)).toBe('cyclic polytope');
    expect(exactFloor('union', deckOf(9), sets, 3)).toBeUndefined();
  });
});

describe('the theory behind it', () => {
  test('on the moment curve in d dimensions every d/2 points are a face', () => {
    // -prod (t - t_i)^2 over a set of d/2 points is a polynomial of degree d in t: a linear function
    // of (t, t^2, ..., t^d), and 0 on the set and below 0 elsewhere.
    const points = Array.from({ length: 9 }, (_, key) => key);
    for (const a of points) {
      for (const b of points.filter((other) => other > a)) {
        const highest = points.filter((t) => -((t - a) ** 2) * (t - b) ** 2 === 0);
        expect(highest).toEqual([a, b]);
      }
    }
  });

  test.each([9, 27])('with a simplex per attribute every subcube of %d keys is a face', (keys) => {
    const deck = deckOf(keys);
    // Barycentric coordinates: attribute by attribute one-hot, which spans A (v - 1) dimensions.
    for (const mask of subcubes(deck)) {
      const members = Array.from({ length: keys }, (_, key) => key).filter(
        (key) => (mask >>> key) & 1,
      );
      const allowed = Array.from(
        { length: deck.attributes },
        (_, attribute) => new Set(members.map((key) => keyAttributes(deck, key)[attribute])),
      );
      const score = (key: number) =>
        keyAttributes(deck, key).filter((value, attribute) => allowed[attribute].has(value)).length;
      const scores = Array.from({ length: keys }, (_, key) => score(key));
      const most = Math.max(...scores);
      expect(scores.flatMap((s, key) => (s === most ? [key] : []))).toEqual(members);
    }
  });
});
