import { expect, test } from 'vitest';
import { findNotJson } from '../../../src/pipe/workers/not-json.ts';

test('plain values are JSON, and an undefined property counts as left out', () => {
  const plain = { a: [1, 'b', null, true, { c: -1.5e300 }], left: undefined };
  expect(findNotJson(plain)).toBeUndefined();
  expect(findNotJson(Object.assign(Object.create(null), plain))).toBeUndefined();
  // One object in two places is no circle.
  expect(findNotJson([plain, plain])).toBeUndefined();
});

test.each([
  [new Date(0), 'a Date'],
  [new Map(), 'a Map'],
  [new URL('file:///a'), 'an URL'],
  [1n, 'a bigint'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [() => 1, 'a function'],
  [Symbol('a'), 'a symbol'],
])('what JSON would change is named with its place: %s', (value, what) => {
  expect(findNotJson({ a: [0, { b: value }] })).toEqual({ path: ['a', 1, 'b'], what });
});

test('a list with a hole and a value that contains itself are not JSON', () => {
  expect(findNotJson([1, undefined])).toEqual({ path: [1], what: 'undefined' });
  const circle: unknown[] = [];
  circle.push({ circle });
  expect(findNotJson(circle)).toEqual({ path: [0, 'circle'], what: 'a circle' });
});
