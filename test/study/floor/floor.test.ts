import { describe, expect, test } from 'vitest';
import { type Deck, deckOf } from '../../../src/study/deck/deck.ts';
import type { AnswerSets } from '../../../src/study/floor/answer-sets.ts';
import { findFloor } from '../../../src/study/floor/floor.ts';

const SEARCH = { restarts: 8, steps: 400, learningRate: 0.1, seed: 1 };

/** Answer sets that are all asked for equally often. */
function setsOf(keys: number, members: readonly (readonly number[])[]): AnswerSets {
  const isTrue = new Uint8Array(members.length * keys);
  members.forEach((set, i) => {
    for (const key of set) isTrue[i * keys + key] = 1;
  });
  const shares = new Float64Array(members.length).fill(1 / members.length);
  return { count: members.length, keys, isTrue, shares };
}

const subsets = (keys: number, wanted: (size: number) => boolean): readonly number[][] =>
  Array.from({ length: 2 ** keys - 1 }, (_, i) =>
    Array.from({ length: keys }, (_, key) => key).filter((key) => ((i + 1) >> key) & 1),
  ).filter(({ length }) => wanted(length));

const floorOf = (
  deck: Deck,
  members: readonly (readonly number[])[],
  dim: number,
  steps = SEARCH.steps,
) => {
  const sets = setsOf(deck.keys, members);
  return findFloor(sets, sets, deck, dim, { ...SEARCH, steps });
};

/** Where the best is approached only as vectors grow without end, they need time to grow. */
const LONG = 3000;

const entropy = (p: readonly number[]) =>
  p.reduce((sum, x) => (x > 0 ? sum - x * Math.log(x) : sum), 0);

/**
 * The floor of d + 2 keys in d dimensions, from theory: such keys have one affine dependency lambda
 * (sum 0), and by duality the smallest KL of a set S is the largest entropy of a distribution
 * u_S + t lambda less the entropy of u_S (the key vectors' mean is all that scores can fix).
 */
function exactKl(lambda: readonly number[], members: readonly (readonly number[])[]): number {
  const kls = members.map((set) => {
    const u = lambda.map((_, key) => (set.includes(key) ? 1 / set.length : 0));
    // Where u + t lambda stays a distribution.
    let low = Number.NEGATIVE_INFINITY;
    let high = Number.POSITIVE_INFINITY;
    lambda.forEach((l, key) => {
      if (l > 1e-12) low = Math.max(low, -u[key] / l);
      if (l < -1e-12) high = Math.min(high, -u[key] / l);
    });
    const at = (t: number) => entropy(lambda.map((l, key) => Math.max(0, u[key] + t * l)));
    for (let i = 0; i < 60; i++) {
      const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
      if (at(a) < at(b)) low = a;
      else high = b;
    }
    return at((low + high) / 2) - entropy(u);
  });
  return kls.reduce((sum, kl) => sum + kl, 0) / kls.length;
}

describe('free vectors', () => {
  test('reach every subset once there are as many dimensions as a simplex needs', async () => {
    const { fitted, heldOut } = await floorOf(
      deckOf(8, 2),
      subsets(8, () => true),
      7,
    );
    expect(fitted.kl).toBeLessThan(2e-3);
    expect(fitted.overlap).toBeCloseTo(1, 12);
    expect(heldOut.kl).toBeLessThan(5e-3);
    expect(heldOut.overlap).toBeCloseTo(1, 12);
  });

  test('find what theory gives for three keys on a line, each asked for alone', async () => {
    const members = [[0], [1], [2]];
    // The middle key sits next to an end one: ln 2 for it, nothing for the ends, never attained.
    const theory = Math.min(
      ...Array.from({ length: 999 }, (_, i) => {
        const a = (i + 1) / 1000;
        return exactKl([a, -1, 1 - a], members);
      }),
    );
    expect(theory).toBeCloseTo(Math.LN2 / 3, 2);
    const { fitted } = await floorOf(deckOf(3, 3), members, 1, LONG);
    expect(fitted.kl).toBeGreaterThan(Math.LN2 / 3 - 1e-4);
    expect(fitted.kl).toBeLessThan(Math.LN2 / 3 + 0.02);
  });

  test.each([
    ['all pairs', subsets(4, (size) => size === 2)],
    ['all subsets', subsets(4, () => true)],
  ])('find what theory gives for four keys in the plane: %s', async (_, members) => {
    let theory = Number.POSITIVE_INFINITY;
    const steps = 48;
    for (let i = 0; i <= steps; i++) {
      for (let j = 0; j < 2 * steps; j++) {
        const [polar, turn] = [(Math.PI * i) / steps / 2, (Math.PI * j) / steps];
        const [x, y, z] = [
          Math.sin(polar) * Math.cos(turn),
          Math.sin(polar) * Math.sin(turn),
          Math.cos(polar),
        ];
        // An orthonormal basis of the vectors whose entries sum to 0.
        const lambda = [x + y + z, x - y - z, -x + y - z, -x - y + z].map((l) => l / 2);
        theory = Math.min(theory, exactKl(lambda, members));
      }
    }
    const { fitted } = await floorOf(deckOf(4, 2), members, 2, LONG);
    expect(theory).toBeGreaterThan(0.05);
    expect(fitted.kl).toBeGreaterThan(theory - 0.005);
    expect(fitted.kl).toBeLessThan(theory + 0.01);
  });

  test('reach single keys and the edges of a polygon in the plane, but not its diagonals', async () => {
    const deck = deckOf(9);
    const singles = subsets(9, (size) => size === 1);
    const edges = singles.map(([key]) => [key, (key + 1) % 9]);
    const alone = await floorOf(deck, singles, 2);
    expect(alone.fitted.overlap).toBeCloseTo(1, 12);
    expect(alone.fitted.kl).toBeLessThan(0.01);
    const withDiagonals = await floorOf(deck, [...edges, ...subsets(9, (size) => size === 2)], 2);
    expect(withDiagonals.fitted.kl).toBeGreaterThan(0.1);
    expect(withDiagonals.fitted.overlap).toBeLessThan(1);
  });

  test('reach all pairs in four dimensions (a cyclic polytope) and not in three', async () => {
    const pairs = subsets(8, (size) => size === 2);
    expect((await floorOf(deckOf(8, 2), pairs, 4)).fitted.kl).toBeLessThan(0.01);
    // No 3-polytope but the simplex has all its pairs of vertices as edges.
    expect((await floorOf(deckOf(8, 2), pairs, 3)).fitted.kl).toBeGreaterThan(0.02);
  });

  test('report the worst restart too, and the same numbers every time', async () => {
    const members = subsets(4, () => true);
    const first = await floorOf(deckOf(4, 2), members, 1);
    expect(first.worstKl).toBeGreaterThanOrEqual(first.fitted.kl);
    expect(await floorOf(deckOf(4, 2), members, 1)).toEqual(first);
  });
});
