import { expect, test } from 'vitest';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { popcount } from '../../../src/study/deck/masks.ts';
import { symmetries } from '../../../src/study/deck/symmetries.ts';
import { type Operators, reachableSubsets } from '../../../src/study/games/reachable-subsets.ts';
import { SubsetPlaces } from '../../../src/study/games/subset-orbits.ts';

const subsetsOf = (keys: number, operators: Operators, depth: number) =>
  [...reachableSubsets(deckOf(keys), operators, depth)].map(({ subsets }) => subsets);

test('subsets that exactly N pairs reach are not counted one by one beyond 27 keys or three values', () => {
  expect(() => subsetsOf(81, 'union', 1)).toThrow('at most 27 keys');
  expect(() => subsetsOf(25, 'union', 1)).toThrow(RangeError);
});

test('the symmetries of a deck leave one place for all orders of slices, and marking an orbit counts its subsets', () => {
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
