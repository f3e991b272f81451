import { expect, test } from 'vitest';
import { atomsOf, selected } from '../../../src/studies/scenes/grammar.ts';
import {
  countSubsets,
  intersections,
  Subsets,
  subsetsOf,
} from '../../../src/studies/scenes/subsets.ts';
import { drawScenes } from '../../../src/studies/scenes/world.ts';
import { fc } from '../../properties.ts';

const scenes = drawScenes({ scenes: 40, fewest: 3, most: 6, seed: 1 });

test('a set of sets holds each of them once, however many', () => {
  const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const pairs = fc.array(fc.tuple(fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1), word), {
    maxLength: 3000,
  });
  fc.assert(
    fc.property(pairs, (given) => {
      const subsets = new Subsets();
      for (const [low, high] of [...given, ...given]) subsets.add(low, high);
      const wanted = new Set(given.map((pair) => pair.join()));
      expect(subsets.size).toBe(wanted.size);
      const words = subsets.words();
      const found =
        given.length === 0
          ? []
          : Array.from({ length: subsets.size }, (_, i) => words.subarray(2 * i, 2 * i + 2).join());
      expect(new Set(found)).toEqual(wanted);
    }),
    { numRuns: 20 },
  );
});

/** The sets as strings of bits, by evaluating each query on each scene. */
function slowly(depth: number): Set<string> {
  const atoms = atomsOf('exist').map((atom) =>
    [...selected({ kind: 'all', atoms: [atom] }, scenes)].join(''),
  );
  let sets = new Set(atoms);
  for (let i = 1; i < depth; i++) {
    sets = new Set(
      [...sets].flatMap((a) =>
        atoms.map((b) => [...a].map((bit, at) => (bit === '1' && b[at] === '1' ? 1 : 0)).join('')),
      ),
    );
  }
  return new Set([...sets].filter((set) => set.includes('1')));
}

test('counts are those of evaluating every query on every scene', () => {
  const rows = countSubsets(scenes, 3, 1e6).filter(({ atoms }) => atoms === 'exist');
  expect(rows.map(({ subsets }) => subsets)).toEqual([1, 2, 3].map((n) => slowly(n).size));
  expect(rows[1].bits).toBeCloseTo(Math.log2(rows[1].subsets), 12);
});

test('a depth has the sets of the depths and kinds of atoms before it', () => {
  const rows = countSubsets(scenes, 2, 1e6);
  const at = (atoms: string, depth: number) =>
    rows.find((row) => row.atoms === atoms && row.depth === depth)?.subsets ?? Number.NaN;
  expect(at('count', 1)).toBeGreaterThan(at('exist', 1));
  expect(at('relation', 1)).toBeGreaterThan(at('count', 1));
  expect(at('exist', 2)).toBeGreaterThan(at('exist', 1));
  const one = subsetsOf(atomsOf('count'), scenes);
  expect(intersections(one, one).size).toBeGreaterThanOrEqual(one.size);
});

test('lists of up to n scenes are counted by binomials, and what is too much is left out', () => {
  const rows = countSubsets(scenes, 3, 1e4);
  const lists = rows.filter(({ atoms }) => atoms === 'list').map(({ subsets }) => subsets);
  expect(lists).toEqual([40, 40 + 780, 40 + 780 + 9880]);
  const relations = rows.filter(({ atoms }) => atoms === 'relation');
  expect(relations.map(({ depth }) => depth)).toEqual([1]);
});
