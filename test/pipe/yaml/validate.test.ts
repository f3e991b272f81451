import { expect, test } from 'vitest';
import { mistakes } from '../pipeline/mistakes.ts';

const INPUTS = 'inputs: { weights: train/weights, data: { files: data/train.csv } }';
const OVERRIDES = 'overrides: [{ when: { model: small }, params: { steps: 1600 } }]';

test.each([
  ['s: 3', "14 stage 's' must be a mapping, not 3 | indent its settings below it"],
  ['s: { use: 3 }', "21 'use' must be a string, not 3 | use: train runs stages/train.ts"],
  ['s: { inputs: 3 }', `24 'inputs' must be a mapping, not 3 | ${INPUTS}`],
  [
    's: { inputs: { c: 3 } }',
    `29 input 'c' must be of the form <stage>/<output>, or { files: ... }, not 3 | ${INPUTS}`,
  ],
  [
    's: { matrix: [1] }',
    '25 an axis in a matrix must be a string, not 1 | matrix: [model, seed], or matrix: [] for a single instance',
  ],
  ['s: { matrix: [a, A] }', "28 'A' is listed twice | remove one"],
  [
    's: { exclude: [3] }',
    '26 an exclusion must be a mapping, not 3 | exclude: [{ model: small, seed: [1, 2] }]',
  ],
  ['s: { exclude: [{ a: [] }] }', "31 'a' is empty | give it at least one value"],
  [
    's: { exclude: [{ a: [null] }] }',
    "32 a value of 'a' must be a string or a number, not null | write a string or a number",
  ],
  ['s: { overrides: [{ params: {} }] }', `28 an override has no when | ${OVERRIDES}`],
  [
    's: { overrides: [{ when: { a: 1 }, params: 3 }] }',
    `54 'params' must be a mapping, not 3 | ${OVERRIDES}`,
  ],
  [
    's: { timeout: 0s }',
    "25 'timeout' must be a duration, not the string '0s' | write a number and a unit: 90s, 30m, 1h30m",
  ],
])('a mistake in a value has its place, its name and a fix: %s', (stage, message) => {
  expect(mistakes(`stages: { ${stage} }`)[0]).toBe(`1:${message}`);
});

test('a mistake inside one of several forms is reported inside it', () => {
  const axis = (value: string) => mistakes(`axes: { a: [${value}] }\nstages: { s: }`);
  expect(axis('{}')).toEqual(["1:13 a value of axis 'a' is an empty mapping | remove it"]);
  expect(axis('{ dim: null }')).toEqual([
    "1:20 'dim' must be a string or a number, not null | write a string or a number",
  ]);
  expect(axis('{ Dim: 1, dim: 2 }')).toEqual([
    "1:23 'dim' and 'Dim' differ only in case | some file systems ignore case: rename one",
  ]);
});
