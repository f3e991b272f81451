import { expect, test } from 'vitest';
import { stream } from '../../../src/random/streams.ts';
import { selected, vocabularyOf, wordsOf } from '../../../src/studies/scenes/grammar.ts';
import {
  answersOf,
  batchOf,
  LONGEST,
  QuerySource,
  testQueries,
} from '../../../src/studies/scenes/queries.ts';
import { LEVELS } from '../../../src/studies/scenes/tables.ts';
import { ATTRIBUTE_NAMES, drawScenes } from '../../../src/studies/scenes/world.ts';

const scenes = drawScenes({ scenes: 64, fewest: 3, most: 6, seed: 1 });
const source = new QuerySource(scenes);

test('scenes have 3 to 6 objects, in cells of their own', () => {
  const counts = scenes.map(({ length }) => length);
  expect([Math.min(...counts), Math.max(...counts)]).toEqual([3, 6]);
  for (const scene of scenes) {
    expect(new Set(scene.map(({ x, y }) => `${x} ${y}`)).size).toBe(scene.length);
    for (const { values } of scene) expect(Object.keys(values)).toEqual([...ATTRIBUTE_NAMES]);
  }
  expect(drawScenes({ scenes: 64, fewest: 3, most: 6, seed: 2 })).not.toEqual(scenes);
});

test('queries are of their level, select some scenes, and know which', () => {
  const asked = testQueries(source, 12, 1);
  expect(asked.map(({ level }) => level)).toEqual(LEVELS.flatMap((level) => Array(12).fill(level)));
  for (const { level, query, isTrue } of asked) {
    expect(isTrue).toEqual(selected(query, scenes));
    expect(isTrue).toContain(1);
    const parts = query.kind === 'list' ? query.scenes.length : query.atoms.length;
    const wanted = { 'two atoms': 2, 'three atoms': 3, list: 3 } as Record<string, number>;
    expect(parts).toBe(wanted[level] ?? 1);
    if (query.kind === 'all' && parts === 1) expect(query.atoms[0].kind).toBe(level);
  }
  expect(testQueries(source, 12, 1)).toEqual(asked);
  expect(testQueries(source, 12, 2)).not.toEqual(asked);
});

test('tokens are the words between the marks, and fit', () => {
  const random = stream(1, 'test');
  const vocabulary = vocabularyOf(64);
  for (let i = 0; i < 100; i++) {
    const { query } = source.draw('three atoms', random);
    const tokens = source.tokensOf(query);
    expect(tokens).toHaveLength(LONGEST);
    const words = [...tokens].filter((token) => token > 0).map((token) => vocabulary[token]);
    expect(words).toEqual(['[start]', ...wordsOf(query), '[end]']);
  }
});

test('a batch has even shares of the selected scenes', () => {
  const asked = testQueries(source, 2, 1);
  const { tokens, shares } = batchOf(source, asked, 64);
  expect(tokens).toHaveLength(asked.length * LONGEST);
  const { isTrue, count } = answersOf(asked, 64);
  expect(count).toBe(asked.length);
  asked.forEach((one, row) => {
    const own = shares.subarray(64 * row, 64 * row + 64);
    expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    expect([...own].map((share) => (share > 0 ? 1 : 0))).toEqual([...one.isTrue]);
    expect(isTrue.subarray(64 * row, 64 * row + 64)).toEqual(one.isTrue);
  });
});
