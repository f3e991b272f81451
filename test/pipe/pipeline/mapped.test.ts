import { expect, test } from 'vitest';
import { build, buildGraph } from './build.ts';
import type { FakeStage } from './directory.ts';
import { mistakes } from './mistakes.ts';

const AXES = 'axes: { seed: [1, 2], part: { from: split/out, column: name } }\n';
const stages: Readonly<Record<string, FakeStage>> = {
  split: {},
  train: { inputs: { one: 'one' }, paramKeys: ['part'] },
};

test('the form of an axis from a table is checked with that of a range', () => {
  expect(
    mistakes(`axes:
  a: { from: split/out }
  b: { from: split/out, column: name, to: 3 }
  c: { from: split, column: name }
  d: { from: 1, to: 2, column: name }
  e: { column: name }
stages: { split: { } }
`),
  ).toEqual([
    "2:6 axis 'a' has no column | { from: split/parts, column: name }",
    "3:39 values from a table have no 'to' | { from: split/parts, column: name }",
    "4:14 'from' must be a number or of the form <stage>/<output>, not the string 'split' | write its values in brackets: [1, 2], a range: { from: 1, to: 10 }, or a column: { from: split/parts, column: name }",
    "5:24 values from a range have no 'column' | { from: 1, to: 10, step: 1 }",
    "6:6 axis 'e' has no from | write its values in brackets: [1, 2], a range: { from: 1, to: 10 }, or a column: { from: split/parts, column: name }",
  ]);
});

test('the table must be made by one instance of a stage that does not wait for the axis', () => {
  expect(mistakes(`${AXES}stages: { spilt: { }, train: { matrix: [part] } }`)).toEqual([
    "1:37 there is no stage 'split' | did you mean 'spilt'?",
  ]);
  expect(
    mistakes(`${AXES}stages: { split: { matrix: [seed] }, train: { matrix: [part] } }`),
  ).toEqual([
    "1:37 axis 'part' has its values from one table, but 'split' makes out for each seed | give 'split' matrix: [], or gather its tables in another stage",
  ]);
  const circle =
    'stages: { split: { matrix: [], inputs: { all: train/out } }, train: { matrix: [part] } }';
  expect(mistakes(AXES + circle)).toEqual([
    '2:47 the stages form a cycle: split -> train -> split | remove one of these inputs, or the axis that has its values from one of the stages',
  ]);
  expect(mistakes(`${AXES}stages: { split: { matrix: [part] } }`)).toEqual([
    '1:37 the stages form a cycle: split -> split | remove one of these inputs, or the axis that has its values from one of the stages',
  ]);
});

test('conditions are checked as far as the values are known', () => {
  const conditions = (when: string) =>
    mistakes(`${AXES}stages:
  split: { }
  train: { matrix: [part, seed], exclude: [${when}] }
`);
  expect(conditions('{ part: anything, seed: 1 }')).toEqual([]);
  expect(conditions('{ prat: a }')).toEqual([
    "4:46 stage 'train' has no axis 'prat' | did you mean 'part'?",
  ]);
  expect(conditions('{ part: a, seed: 3 }')).toEqual([
    "4:61 axis 'seed' has no value '3' in any profile | its values: '1', '2'",
  ]);
});

test('contracts are checked before the table is there', async () => {
  const text = `${AXES}stages:
  split: { }
  train: { matrix: [part], inputs: { one: split/uot } }
`;
  expect(await build(text, stages)).toMatchObject([
    { message: "stage 'split' has no output 'uot'", hint: "did you mean 'out'?" },
  ]);
  const good = text.replace('split/uot', 'split/out');
  expect(await build(good, { ...stages, split: { file: 'out.png' } })).toMatchObject([
    {
      message: 'the values of an axis cannot be read from out.png',
      hint: 'make it a table: .arrow, .csv or .jsonl',
    },
  ]);
  expect(await build(good.replace('split/out', 'split/uot'), stages)).toMatchObject([
    { message: "stage 'split' has no output 'uot'" },
  ]);
  const { instances } = await buildGraph(good, stages);
  expect(instances.map(({ id }) => id)).toEqual(['split']);
});

test('--set lists values in place of the table, and takes no table', async () => {
  const text = `${AXES}stages: { split: { }, train: { matrix: [part], inputs: { one: split/out } } }`;
  const { instances } = await buildGraph(text, stages, { sets: ['axes.part=[a, b]'] });
  expect(instances.map(({ id, after }) => [id, after])).toEqual([
    ['split', undefined],
    ['train[part=a]', undefined],
    ['train[part=b]', undefined],
  ]);
  const sets = ['axes.part={ from: split/out, column: x }'];
  expect(await build(text, stages, { sets })).toMatchObject([{ message: '--set takes no table' }]);
});
