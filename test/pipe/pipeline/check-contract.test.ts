import { expect, test } from 'vitest';
import { buildErrors } from './build.ts';

const AXES = `
axes:
  deck: [9, 27]
  model:
    - { model: contrastive, dim: 8 }
    - { dim: 4, model: contrastive }
    - { model: noncontrastive }
`;

test('an input that takes one artifact cannot gather several', async () => {
  const errors = await buildErrors(
    `${AXES}stages:\n  train: { matrix: [deck, model] }\n  show: { matrix: [deck], inputs: { w: train/out } }`,
    { train: {}, show: { inputs: { w: 'one' } } },
  );
  expect(errors).toMatchObject([
    {
      message:
        "input 'w' of stage 'show' takes one artifact, but each instance matches 3 instances of 'train'",
      range: { line: 10, column: 40, length: 9 },
    },
  ]);
});

test('unknown inputs, unknown outputs and missing inputs are reported together', async () => {
  const errors = await buildErrors(
    `stages:
  train: {}
  evaluate: { inputs: { wieghts: train/wieght } }`,
    { train: { outputs: ['weights'] }, evaluate: { inputs: { weights: 'one' } } },
  );
  expect(errors.map(({ message, hint }) => [message, hint])).toEqual([
    [
      "stage 'evaluate' needs an input 'weights'",
      'add inputs: { weights: <stage>/<output> } to it, or { weights: { files: ... } }',
    ],
    ["stage 'evaluate' has no input 'wieghts'", "did you mean 'weights'?"],
    ["stage 'train' has no output 'wieght'", "did you mean 'weights'?"],
  ]);
});

test('too many instances and too long folder names are rejected at once', async () => {
  const values = Array.from({ length: 1000 }, (_, i) => i).join();
  const errors = await buildErrors(
    `axes: { a: [${values}], b: [${values}] }\nstages: { s: { matrix: [a, b] } }`,
    { s: {} },
  );
  expect(errors).toMatchObject([{ message: expect.stringContaining('1000000 instances') }]);
  const long = 'x'.repeat(60);
  const names = ['a', 'b', 'c', 'd'];
  const deep = await buildErrors(
    `axes: { ${names.map((n) => `${n}: [${long}]`).join()} }\nstages: { s: { matrix: [${names.join()}] } }`,
    { s: {} },
  );
  expect(deep).toMatchObject([{ message: expect.stringContaining('240 characters') }]);
});
