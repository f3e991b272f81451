import { expect, test } from 'vitest';
import { shapeOf, tokenPair, vocabularyOf } from '../../../src/studies/translation/vocabulary.ts';

const vocabulary = vocabularyOf(['a@@', 'b', 'c']);

test('units have numbers of their own after the special tokens, and come back', () => {
  const ids = vocabulary.idsOf('c a@@ b');
  expect(new Set(ids).size).toBe(3);
  expect(Math.max(...ids)).toBe(vocabulary.tokens - 1);
  expect(vocabulary.unitsOf(ids)).toEqual(['c', 'a@@', 'b']);
});

test('a unit that is in no table is unknown, and read back as a question mark', () => {
  const [unknown] = vocabulary.idsOf('z');
  expect(vocabulary.idsOf('a@@ b c')).not.toContain(unknown);
  expect(vocabulary.unitsOf([unknown])).toEqual(['?']);
});

test('the shape has room for the longest sentences and their ends', () => {
  const pairs = [
    { split: 'train', french: 'a@@ b c', english: 'b' },
    { split: 'val', french: 'c', english: 'b c' },
  ] as const;
  const tokens = pairs.map((pair) => tokenPair(pair, vocabulary));
  expect(shapeOf(tokens, vocabulary)).toEqual({ tokens: 7, source: 4, target: 3 });
});
