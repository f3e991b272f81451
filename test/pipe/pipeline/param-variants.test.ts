import { expect, test } from 'vitest';
import { z } from 'zod';
import { buildErrors, buildGraph } from './build.ts';

const AXES = `
axes:
  deck: [9, 27]
  model:
    - { model: contrastive, dim: 8 }
    - { dim: 4, model: contrastive }
    - { model: noncontrastive }
`;

test('coordinates are passed as params only if the schema has them', async () => {
  const graph = await buildGraph(
    `${AXES}stages: { train: { matrix: [deck, model], params: { steps: 5 } } }`,
    { train: { params: z.strictObject({ dim: z.int().default(0), steps: z.int() }) } },
  );
  expect(graph.instances.map(({ params }) => params)).toEqual([
    { dim: 8, steps: 5 },
    { dim: 4, steps: 5 },
    { dim: 0, steps: 5 },
    { dim: 8, steps: 5 },
    { dim: 4, steps: 5 },
    { dim: 0, steps: 5 },
  ]);
});

test('a param cannot be set both by an axis and in params', async () => {
  const errors = await buildErrors(
    `${AXES}stages:\n  train: { matrix: [deck], params: { deck: 3 } }`,
    { train: { params: z.strictObject({ deck: z.int() }) } },
  );
  expect(errors).toMatchObject([
    { message: "an axis already sets param 'deck' of stage 'train'", range: { line: 9 } },
  ]);
});

const LAYERED = `
axes: { game: [set, union] }
stages:
  train:
    matrix: [game]
    params: { encoder: { layers: 3, width: 64 }, steps: 100, rates: [1, 2] }
    overrides:
      - when: { game: union }
        params: { steps: 160, encoder: { layers: 4 } }
profiles:
  ci:
    stages:
      train:
        params: { steps: 10, encoder: { width: 32 }, rates: [3] }
        overrides: [{ when: { game: [union] }, params: { extra: true } }]
`;

test('profiles merge over params, overrides over both, and --set over everything', async () => {
  const base = await buildGraph(LAYERED, { train: {} });
  expect(base.instances.map(({ params }) => params)).toEqual([
    { encoder: { layers: 3, width: 64 }, steps: 100, rates: [1, 2] },
    { encoder: { layers: 4, width: 64 }, steps: 160, rates: [1, 2] },
  ]);
  const ci = await buildGraph(LAYERED, { train: {} }, { profile: 'ci' });
  expect(ci.instances.map(({ params }) => params)).toEqual([
    { encoder: { layers: 3, width: 32 }, steps: 10, rates: [3] },
    { encoder: { layers: 4, width: 32 }, steps: 160, rates: [3], extra: true },
  ]);
  const sets = ['train.steps=7', 'train.encoder.width=8', 'train.new={a: [1]}'];
  const set = await buildGraph(LAYERED, { train: {} }, { profile: 'ci', sets });
  expect(set.instances[1].params).toEqual({
    encoder: { layers: 4, width: 8 },
    steps: 7,
    rates: [3],
    extra: true,
    new: { a: [1] },
  });
});

test('an invalid param is reported at the place that sets it', async () => {
  const schema = z.strictObject({
    encoder: z.strictObject({ layers: z.int().min(1), width: z.int().default(1) }),
    steps: z.int(),
    deck: z.int().max(20).default(9),
    need: z.string(),
  });
  const text = `axes:
  deck: [9, 27]
stages:
  train:
    matrix: [deck]
    params: { encoder: { layers: zero, witdh: 3 }, stesp: 1 }
    overrides: [{ when: { deck: 9 }, params: { steps: [1] } }]
`;
  const errors = await buildErrors(text, { train: { params: schema } }, { sets: ['train.need=3'] });
  expect(
    errors.map(({ message, range, hint }) => [message, range?.line, range?.column, hint]),
  ).toEqual([
    ["param 'need' of stage 'train': expected string, received number", 1, 1, undefined],
    ["param 'deck' of stage 'train': too big: expected number to be <=20", 2, 13, undefined],
    ["stage 'train' is missing the param 'steps' (number)", 4, 3, 'add it: params: { steps: ... }'],
    ["param 'encoder.layers' of stage 'train': expected number, received string", 6, 34, undefined],
    ["unknown param 'encoder.witdh' of stage 'train'", 6, 40, 'its schema is in stages/train.ts'],
    ["unknown param 'stesp' of stage 'train'", 6, 52, "did you mean 'steps'?"],
    ["param 'steps' of stage 'train': expected number, received array", 7, 48, undefined],
  ]);
  expect(errors[0].range?.file).toBe('--set train.need=3');
});
