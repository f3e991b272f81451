import { describe, expect, test } from 'vitest';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { subcubes } from '../../../src/study/deck/subcubes.ts';
import {
  OPERATORS,
  type Operators,
  reachableSubsets,
} from '../../../src/study/games/reachable-subsets.ts';

/** Every subset that some tuple of exactly `pairs` subcubes selects, by trying all tuples. */
function naive(keys: number, operators: Operators, pairs: number): Set<number> {
  const cubes = [...subcubes(deckOf(keys))];
  const found = new Set<number>();
  const extend = (subset: number, left: number): void => {
    if (left === 0) {
      found.add(subset);
      return;
    }
    for (const cube of cubes) {
      if (operators !== 'symdiff') extend(subset | cube, left - 1);
      if (operators !== 'union') extend(subset ^ cube, left - 1);
    }
  };
  for (const cube of cubes) extend(cube, pairs - 1);
  return found;
}

const subsetsOf = (keys: number, operators: Operators, depth: number) =>
  [...reachableSubsets(deckOf(keys), operators, depth)].map(({ subsets }) => subsets);

describe('subsets that exactly N pairs reach', () => {
  test.each(OPERATORS)('are those of all tuples of pairs, under %s', (operators) => {
    for (const [keys, depth] of [
      [3, 5],
      [9, 4],
    ]) {
      for (const { pairs, subsets, empty, has } of reachableSubsets(
        deckOf(keys),
        operators,
        depth,
      )) {
        const expected = naive(keys, operators, pairs);
        expect(subsets).toBe(expected.size);
        expect(empty).toBe(expected.has(0));
        for (let subset = 0; subset < 2 ** keys; subset++) {
          if (has(subset) !== expected.has(subset)) throw new Error(`subset ${subset} differs`);
        }
      }
    }
  });

  test('are as many on 9 keys as an exhaustive search without symmetries finds', () => {
    // From a plain C++ program that expands every subset of every level.
    expect(subsetsOf(9, 'union', 8)).toEqual([16, 103, 307, 460, 505, 511, 511, 511]);
    expect(subsetsOf(9, 'symdiff', 8)).toEqual([16, 97, 256, 256, 256, 256, 256, 256]);
    expect(subsetsOf(9, 'both', 8)).toEqual([16, 122, 434, 512, 512, 512, 512, 512]);
  });

  test('are as many on 27 keys as an exhaustive search without symmetries finds', () => {
    // From the same program (87 s).
    expect(subsetsOf(27, 'union', 8)).toEqual([
      64, 1801, 28666, 284032, 1844065, 8159770, 25303582, 55819360,
    ]);
    expect(subsetsOf(27, 'symdiff', 8)).toEqual([
      64, 1873, 32896, 381709, 3024064, 16152445, 53099776, 67023244,
    ]);
    expect(subsetsOf(27, 'both', 8)).toEqual([
      64, 2126, 45920, 702182, 7311890, 44753366, 118893656, 134202944,
    ]);
  });
});
