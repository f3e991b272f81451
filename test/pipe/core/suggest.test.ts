import { expect, test } from 'vitest';
import { suggest } from '../../../src/pipe/core/suggest.ts';

test('a suggestion is the similar name, or else all of them', () => {
  expect(suggest('sed', ['seed', 'model'], 'axes')).toBe("did you mean 'seed'?");
  expect(suggest('game', ['seed', 'model'], 'axes')).toBe("axes: 'seed', 'model'");
});

test('without any names, the suggestion is to remove the wrong one', () => {
  expect(suggest('a', [], 'axes')).toBe('remove it: this pipeline has no axes');
  expect(suggest('a', [], 'its params')).toBe('remove it: the stage has no params');
});
