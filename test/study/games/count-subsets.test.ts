import { describe, expect, it } from 'vitest';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { popcount } from '../../../src/study/deck/masks.ts';
import { subcubes } from '../../../src/study/deck/subcubes.ts';
import { symmetries } from '../../../src/study/deck/symmetries.ts';
import {
  boundBySlices,
  EXACT,
  type LevelCount,
  SLICES,
  SubsetCounter,
} from '../../../src/study/games/count-subsets.ts';
import {
  OPERATORS,
  type Operators,
  reachableSubsets,
} from '../../../src/study/games/reachable-subsets.ts';
import { SubsetPlaces } from '../../../src/study/games/subset-orbits.ts';

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
  it.each(OPERATORS)('are those of all tuples of pairs, under %s', (operators) => {
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

  it('are as many on 9 keys as an exhaustive search without symmetries finds', () => {
    // From a plain C++ program that expands every subset of every level.
    expect(subsetsOf(9, 'union', 8)).toEqual([16, 103, 307, 460, 505, 511, 511, 511]);
    expect(subsetsOf(9, 'symdiff', 8)).toEqual([16, 97, 256, 256, 256, 256, 256, 256]);
    expect(subsetsOf(9, 'both', 8)).toEqual([16, 122, 434, 512, 512, 512, 512, 512]);
  });

  it('are as many on 27 keys as an exhaustive search without symmetries finds', () => {
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

  it('are not counted one by one beyond 27 keys or three values', () => {
    expect(() => subsetsOf(81, 'union', 1)).toThrow('at most 27 keys');
    expect(() => subsetsOf(25, 'union', 1)).toThrow(RangeError);
  });
});

describe('the symmetries of a deck', () => {
  it('permute its subcubes, 1296 of them for 27 keys', () => {
    const deck = deckOf(27);
    const group = symmetries(deck);
    expect(new Set(group.map(String)).size).toBe(1296);
    const cubes = new Set(subcubes(deck));
    for (const image of group) {
      const mappedCubes = [...cubes].map((cube) => {
        let mapped = 0;
        for (let key = 0; key < 27; key++) if ((cube >>> key) & 1) mapped |= 1 << image[key];
        return mapped;
      });
      expect(mappedCubes.every((cube) => cubes.has(cube))).toBe(true);
    }
  });

  it('leave one place for all orders of slices, and marking an orbit counts its subsets', () => {
    const deck = deckOf(9);
    const places = new SubsetPlaces(deck);
    const images = (subset: number) =>
      new Set(
        symmetries(deck).map((image) => {
          let mapped = 0;
          for (let key = 0; key < 9; key++) if ((subset >>> key) & 1) mapped |= 1 << image[key];
          return mapped;
        }),
      );
    const everything = new Set<number>();
    for (let subset = 0; subset < 512; subset++) {
      everything.add(places.of(subset));
      const marked = new Int32Array(Math.ceil(places.count / 32));
      const orbit = images(subset);
      expect(places.markOrbit(marked, subset)).toBe(orbit.size);
      const markedPlaces = marked.reduce((sum, word) => sum + popcount(word), 0);
      expect(markedPlaces).toBe(new Set([...orbit].map((image) => places.of(image))).size);
    }
    expect(everything).toEqual(new Set(Array.from({ length: places.count }, (_, i) => i)));
  });
});

describe('the table of subset counts', () => {
  it('has a row per game, choice of operators and number of pairs', () => {
    const rows = new SubsetCounter(8).count(deckOf(9), 3);
    expect(
      rows.map(({ game, operators, pairs, subsets }) => [game, operators, pairs, subsets]),
    ).toEqual([
      ['set', null, 1, 9],
      ['star', null, 1, 16],
      ['union', 'union', 1, 16],
      ['union', 'union', 2, 103],
      ['union', 'union', 3, 307],
      ['symdiff', 'symdiff', 1, 16],
      ['symdiff', 'symdiff', 2, 97],
      ['symdiff', 'symdiff', 3, 256],
      ['symdiff', 'both', 1, 16],
      ['symdiff', 'both', 2, 122],
      ['symdiff', 'both', 3, 434],
      ['shatter', null, null, 511],
    ]);
    expect(rows.every(({ method }) => method === EXACT)).toBe(true);
    expect(rows[6]).toMatchObject({ nonEmptySubsets: 96, log2Subsets: Math.log2(97) });
  });

  it('bounds 81 keys from below, exactly for one and two pairs', () => {
    const rows = new SubsetCounter(3).count(deckOf(81), 3);
    const union = rows.filter(({ game }) => game === 'union');
    expect(union.map(({ subsets }) => subsets)).toEqual([256, 30751, 1027438]);
    expect(union.map(({ method }) => method)).toEqual([EXACT, EXACT, SLICES]);
    expect(rows.at(-1)).toMatchObject({ subsets: null, nonEmptySubsets: null, log2Subsets: 81 });
  });

  it('has bounds that hold where the exact numbers are known', () => {
    for (const [keys, depth] of [
      [9, 8],
      [27, 4],
    ]) {
      for (const operators of OPERATORS) {
        const slice: readonly LevelCount[] = [
          ...reachableSubsets(deckOf(keys / 3), operators, depth),
        ];
        const exact = subsetsOf(keys, operators, depth);
        boundBySlices(slice, operators).forEach(({ subsets }, i) => {
          expect(subsets).toBeLessThanOrEqual(exact[i]);
          expect(subsets).toBeGreaterThan(exact[i] / 100);
        });
      }
    }
  });
});
