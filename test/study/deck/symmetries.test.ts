import { expect, test } from 'vitest';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { subcubes } from '../../../src/study/deck/subcubes.ts';
import { symmetries } from '../../../src/study/deck/symmetries.ts';

test('the symmetries of a deck permute its subcubes, 1296 of them for 27 keys', () => {
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
