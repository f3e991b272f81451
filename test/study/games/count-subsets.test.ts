import { describe, expect, test } from 'vitest';
import { deckOf } from '../../../src/study/deck/deck.ts';
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

const subsetsOf = (keys: number, operators: Operators, depth: number) =>
  [...reachableSubsets(deckOf(keys), operators, depth)].map(({ subsets }) => subsets);

describe('the table of subset counts', () => {
  test('has a row per game, choice of operators and number of pairs', () => {
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

  test('bounds 81 keys from below, exactly for one and two pairs', () => {
    const rows = new SubsetCounter(3).count(deckOf(81), 3);
    const union = rows.filter(({ game }) => game === 'union');
    expect(union.map(({ subsets }) => subsets)).toEqual([256, 30751, 1027438]);
    expect(union.map(({ method }) => method)).toEqual([EXACT, EXACT, SLICES]);
    expect(rows.at(-1)).toMatchObject({ subsets: null, nonEmptySubsets: null, log2Subsets: 81 });
  });

  test('has bounds that hold where the exact numbers are known', () => {
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
