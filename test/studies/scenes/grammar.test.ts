import { expect, test } from 'vitest';
import {
  type Atom,
  atomsOf,
  DESCRIPTIONS,
  isTrueOf,
  type Query,
  selected,
  vocabularyOf,
  wordsOf,
} from '../../../src/studies/scenes/grammar.ts';
import type { Scene } from '../../../src/studies/scenes/world.ts';

/** A small red metal cube at the left front, a large green rubber sphere right of it and behind. */
const SCENE: Scene = [
  { values: { size: 0, colour: 0, material: 0, shape: 0 }, x: 1, y: 2 },
  { values: { size: 1, colour: 1, material: 1, shape: 1 }, x: 5, y: 6 },
];
const red = { colour: 0 };
const sphere = { shape: 1 };

test('descriptions fix at most two attributes', () => {
  // None, one of 2 + 4 + 2 + 3, or two.
  expect(DESCRIPTIONS).toHaveLength(1 + 11 + (8 + 4 + 6 + 8 + 12 + 6));
  expect(new Set(DESCRIPTIONS.map((one) => JSON.stringify(one))).size).toBe(56);
  expect(atomsOf('exist')).toHaveLength(56);
  expect(atomsOf('count')).toHaveLength(2 * 4 * 56);
  expect(atomsOf('relation')).toHaveLength(4 * 56 ** 2);
});

test.each<readonly [Atom, boolean]>([
  [{ kind: 'exist', what: { colour: 0, shape: 0 } }, true],
  [{ kind: 'exist', what: { colour: 0, shape: 1 } }, false],
  [{ kind: 'count', quantity: 'exactly', n: 2, what: {} }, true],
  [{ kind: 'count', quantity: 'exactly', n: 1, what: {} }, false],
  [{ kind: 'count', quantity: 'more-than', n: 0, what: sphere }, true],
  [{ kind: 'count', quantity: 'more-than', n: 1, what: sphere }, false],
  [{ kind: 'relation', what: red, direction: 'left-of', other: sphere }, true],
  [{ kind: 'relation', what: red, direction: 'right-of', other: sphere }, false],
  [{ kind: 'relation', what: sphere, direction: 'right-of', other: red }, true],
  [{ kind: 'relation', what: red, direction: 'in-front-of', other: sphere }, true],
  [{ kind: 'relation', what: sphere, direction: 'behind', other: red }, true],
  [{ kind: 'relation', what: red, direction: 'left-of', other: red }, false],
])('%j is %s', (atom, truth) => {
  expect(isTrueOf(atom, SCENE)).toBe(truth);
});

test('a conjunction is true where all its atoms are, a list of the scenes that it names', () => {
  const isRed: Atom = { kind: 'exist', what: red };
  const two: Atom = { kind: 'count', quantity: 'exactly', n: 2, what: {} };
  const scenes = [SCENE, SCENE.slice(0, 1), SCENE.slice(1)];
  const both: Query = { kind: 'all', atoms: [isRed, two] };
  expect([...selected({ kind: 'all', atoms: [isRed] }, scenes)]).toEqual([1, 1, 0]);
  expect([...selected(both, scenes)]).toEqual([1, 0, 0]);
  expect(wordsOf(both).join(' ')).toBe('red object and exactly 2 object');
  const list: Query = { kind: 'list', scenes: [2, 0] };
  expect([...selected(list, scenes)]).toEqual([1, 0, 1]);
  expect(wordsOf(list).join(' ')).toBe('scene-3 or scene-1');
});

test('queries of different atoms have different words, all of them known', () => {
  const atoms = (['exist', 'count', 'relation'] as const).flatMap(atomsOf);
  const texts = atoms.map((atom) => wordsOf({ kind: 'all', atoms: [atom] }));
  expect(new Set(texts.map((words) => words.join(' '))).size).toBe(atoms.length);
  const known = new Set(vocabularyOf(64));
  expect(texts.flat().filter((word) => !known.has(word))).toEqual([]);
  expect(known.size).toBe(6 + 11 + 2 + 4 + 4 + 64);
});
