import { expect, test } from 'vitest';
import { errorsOf, mistakes, VALID } from './mistakes.ts';

test('an input must have the form <stage>/<output> and name a stage', () => {
  expect(mistakes(VALID.replace('queries/train', 'querys/train'))).toEqual([
    "10:24 stage 'train' reads from 'querys', which is not a stage | did you mean 'queries'?",
  ]);
  expect(mistakes(VALID.replace('queries/train', '../queries'))).toEqual([
    "10:24 stage 'train' reads from '..', which is not a stage | stages: 'queries', 'train', 'plot'",
  ]);
  expect(mistakes(VALID.replace('queries/train', 'queries'))).toEqual([
    "10:24 input 'queries' must be of the form <stage>/<output>, or { files: ... }, not the string 'queries' | inputs: { weights: train/weights, data: { files: data/train.csv } }",
  ]);
});

test('an unknown axis in a matrix is reported', () => {
  expect(mistakes(VALID.replace('[game, model]', '[gmae, model]'))[0]).toBe(
    "9:14 there is no axis 'gmae' | did you mean 'game'?",
  );
});

test('a cycle is named in the direction of the data flow', () => {
  const text = `stages:
  a: { inputs: { x: c/out } }
  b: { inputs: { x: a/out } }
  c: { inputs: { x: b/out } }
`;
  expect(mistakes(text)).toEqual([
    '2:21 the stages form a cycle: a -> b -> c -> a | remove one of these inputs',
  ]);
  expect(mistakes('stages: { a: { inputs: { x: a/out } } }')).toEqual([
    '1:29 the stages form a cycle: a -> a | remove one of these inputs',
  ]);
});

test('a cycle that only a profile creates is reported', () => {
  const text = `stages: { a: , b: { inputs: { x: a/out } } }
profiles:
  odd: { stages: { a: { inputs: { x: b/out } } } }
`;
  expect(mistakes(text)).toEqual([
    '3:38 the stages form a cycle: a -> b -> a | remove one of these inputs',
  ]);
});

test('an override must name existing axes, values and combinations', () => {
  const override = (when: string) => mistakes(VALID.replace('{ game: union, dim: [8] }', when));
  expect(override('{ gmae: union }')).toEqual([
    "13:17 stage 'train' has no axis 'gmae' | did you mean 'game'?",
  ]);
  expect(override('{ game: onion }')).toEqual([
    "13:23 axis 'game' has no value 'onion' in any profile | did you mean 'union'?",
  ]);
  expect(override('{ dim: [8, 9] }')).toEqual([
    "13:26 axis 'dim' has no value '9' in any profile | its values: '8'",
  ]);
  expect(override('{ model: noncontrastive, dim: 8 }')).toEqual([
    "13:9 an override of 'train' matches no instance | these values never occur together: change or remove it",
  ]);
  expect(override('{}')).toEqual([
    "13:15 'when' is empty and would match every instance | overrides: [{ when: { model: small }, params: { steps: 1600 } }]",
  ]);
});

test('an exclusion must name existing axes and values', () => {
  const exclude = (when: string) =>
    mistakes(
      `axes: { game: [set, star] }\nstages: { a: { matrix: [game], exclude: [${when}] } }\n`,
    );
  expect(exclude('{ game: set }')).toEqual([]);
  expect(exclude('{ game: stra }')).toEqual([
    "2:50 axis 'game' has no value 'stra' in any profile | did you mean 'star'?",
  ]);
  expect(exclude('{}')).toEqual([
    '2:42 an exclusion is empty and would match every instance | exclude: [{ model: small, seed: [1, 2] }]',
  ]);
});

test('an override may name a value that only a profile has', () => {
  expect(
    errorsOf(
      VALID.replace('game: [set]', 'game: [shatter]').replace('game: union', 'game: shatter'),
    ),
  ).toEqual([]);
});
