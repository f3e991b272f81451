import { expect, test } from 'vitest';
import {
  drawTests,
  drawTraining,
  isHeldOut,
  shapeOf,
  textOf,
  tokenPair,
} from '../../../src/studies/fractions/examples.ts';
import { depthOf, simplified, written } from '../../../src/studies/fractions/expressions.ts';

test('what is held out is never trained on, and of every depth from 2 on', () => {
  const trained = Array.from({ length: 20 }, (_, step) => drawTraining(3, 32, 1, step)).flat();
  expect(trained.filter(isHeldOut)).toEqual([]);
  expect(new Set(trained.map(depthOf))).toEqual(new Set([1, 2, 3]));
  for (const depth of [2, 3, 4]) {
    const tests = drawTests(depth, 20, 1);
    expect(
      tests.every((expression) => isHeldOut(expression) && depthOf(expression) === depth),
    ).toBe(true);
  }
  expect(drawTests(1, 20, 1).every((expression) => depthOf(expression) === 1)).toBe(true);
});

test('the same arguments give the same expressions, another step others', () => {
  expect(drawTraining(3, 8, 1, 5)).toEqual(drawTraining(3, 8, 1, 5));
  expect(drawTraining(3, 8, 1, 5)).not.toEqual(drawTraining(3, 8, 1, 6));
});

test('expressions fit the shape of their depth, of which the fullest tree fills all', () => {
  for (const depth of [2, 3, 4]) {
    const { source: S, target: T } = shapeOf(depth);
    const sizes = drawTests(depth, 200, 1).map(tokenPair);
    expect(Math.max(...sizes.map(({ source }) => source.length))).toBeLessThan(S);
    expect(Math.max(...sizes.map(({ target }) => target.length))).toBeLessThan(T);
  }
  const full = '((a/b)/(c/d))/((a/b)/(c/d))';
  expect(shapeOf(3).source).toBe(full.length + 1);
  expect(shapeOf(3).target).toBe('adbc/bcad'.length + 1);
});

test('tokens come back as text', () => {
  for (const expression of drawTests(3, 10, 2)) {
    const { source, target } = tokenPair(expression);
    expect(textOf(source)).toBe(written(expression));
    expect(textOf(target)).toBe(simplified(expression));
  }
});
