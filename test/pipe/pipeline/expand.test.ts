import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Graph } from '../../../src/pipe/pipeline/graph.ts';
import { buildErrors, buildGraph } from './build.ts';

const AXES = `
axes:
  deck: [9, 27]
  model:
    - { model: contrastive, dim: 8 }
    - { dim: 4, model: contrastive }
    - { model: noncontrastive }
`;

const ids = (graph: Graph, stage: string) =>
  graph.instances.filter((instance) => instance.stage === stage).map(({ id }) => id);

const sourcesOf = (graph: Graph, id: string, input: string) =>
  graph.instances
    .find((instance) => instance.id === id)
    ?.inputs.find(({ name }) => name === input)
    ?.sources.map(({ instance }) => instance);

test('a stage runs once per combination of its axes, and once without axes', async () => {
  const graph = await buildGraph(
    `${AXES}stages: { train: { matrix: [model, deck] }, plot: { matrix: [] } }`,
    { train: {}, plot: {} },
  );
  expect(ids(graph, 'train')).toEqual([
    'train[deck=9,model=contrastive,dim=8]',
    'train[deck=9,model=contrastive,dim=4]',
    'train[deck=9,model=noncontrastive]',
    'train[deck=27,model=contrastive,dim=8]',
    'train[deck=27,model=contrastive,dim=4]',
    'train[deck=27,model=noncontrastive]',
  ]);
  expect(ids(graph, 'plot')).toEqual(['plot']);
  expect(graph.instances[0].folder).toBe('artifacts/train/deck=9,model=contrastive,dim=8');
  expect(graph.instances.at(-1)?.folder).toBe('artifacts/plot');
});

test('instances join on the axes they share, a point without a coordinate with itself alone', async () => {
  const graph = await buildGraph(
    `${AXES}stages:
  decks: { matrix: [deck] }
  train: { matrix: [deck, model], inputs: { deck: decks/out } }
  evaluate: { matrix: [deck, model], inputs: { weights: train/out } }`,
    { decks: {}, train: { inputs: { deck: 'one' } }, evaluate: { inputs: { weights: 'one' } } },
  );
  expect(sourcesOf(graph, 'train[deck=27,model=noncontrastive]', 'deck')).toEqual([
    'decks[deck=27]',
  ]);
  expect(sourcesOf(graph, 'evaluate[deck=9,model=noncontrastive]', 'weights')).toEqual([
    'train[deck=9,model=noncontrastive]',
  ]);
  expect(sourcesOf(graph, 'evaluate[deck=9,model=contrastive,dim=4]', 'weights')).toEqual([
    'train[deck=9,model=contrastive,dim=4]',
  ]);
});

test('a stage gathers over the axes it lacks, ordered by coordinates and not by declaration', async () => {
  const graph = await buildGraph(
    `${AXES}stages:
  train: { matrix: [deck, model] }
  plot: { matrix: [deck], inputs: { weights: train/out } }
  all: { matrix: [], inputs: { weights: train/out } }`,
    { train: {}, plot: { inputs: { weights: 'many' } }, all: { inputs: { weights: 'many' } } },
  );
  expect(sourcesOf(graph, 'plot[deck=9]', 'weights')).toEqual([
    'train[deck=9,model=contrastive,dim=4]',
    'train[deck=9,model=contrastive,dim=8]',
    'train[deck=9,model=noncontrastive]',
  ]);
  expect(sourcesOf(graph, 'all', 'weights')).toHaveLength(6);
  expect(sourcesOf(graph, 'all', 'weights')?.[0]).toBe('train[deck=9,model=contrastive,dim=4]');
});

test('without a matrix a stage has all axes of the stages it reads from', async () => {
  const graph = await buildGraph(
    `${AXES}stages:
  evaluate: { inputs: { a: decks/out, b: models/out } }
  decks: { matrix: [deck] }
  models: { matrix: [model] }`,
    { decks: {}, models: {}, evaluate: { inputs: { a: 'one', b: 'one' } } },
  );
  expect(ids(graph, 'evaluate')).toHaveLength(6);
});

test('an input that takes one artifact cannot gather several', async () => {
  const errors = await buildErrors(
    `${AXES}stages:\n  train: { matrix: [deck, model] }\n  show: { matrix: [deck], inputs: { w: train/out } }`,
    { train: {}, show: { inputs: { w: 'one' } } },
  );
  expect(errors).toMatchObject([
    {
      message:
        "input 'w' of stage 'show' takes one artifact, but 3 instances of 'train' agree with each of its own",
      range: { line: 10, column: 40, length: 9 },
    },
  ]);
});

test('coordinates are handed over as params if the schema has them, and only then', async () => {
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

test('a param cannot be set by an axis and by hand', async () => {
  const errors = await buildErrors(
    `${AXES}stages:\n  train: { matrix: [deck], params: { deck: 3 } }`,
    { train: { params: z.strictObject({ deck: z.int() }) } },
  );
  expect(errors).toMatchObject([
    { message: "param 'deck' of stage 'train' is set by an axis already", range: { line: 9 } },
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

test('profiles merge over params, overrides over both, and --set over all', async () => {
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

test('a profile replaces axes, resources key by key, timeout and retries', async () => {
  const graph = await buildGraph(
    `
axes: { seed: [1] }
stages:
  a: { matrix: [seed], resources: { cpus: 1, memory: 2GB }, timeout: 2h, retries: 1 }
profiles:
  big: { axes: { seed: [1, 2] }, stages: { a: { resources: { cpus: 4 }, timeout: 30s } } }`,
    { a: {} },
    { profile: 'big' },
  );
  expect(graph.instances).toHaveLength(2);
  expect(graph.instances[1]).toMatchObject({
    resources: { cpus: 4, memory: 2e9 },
    timeout: 30_000,
    retries: 1,
  });
});

test('--set replaces an axis, also by a single value', async () => {
  const text = 'axes: { seed: [1] }\nstages: { a: { matrix: [seed] } }';
  const many = await buildGraph(text, { a: {} }, { sets: ['axes.seed=[5, 6]'] });
  expect(ids(many, 'a')).toEqual(['a[seed=5]', 'a[seed=6]']);
  const one = await buildGraph(text, { a: {} }, { sets: ['axes.seed=7'] });
  expect(ids(one, 'a')).toEqual(['a[seed=7]']);
});

test('stages share a file with use:', async () => {
  const graph = await buildGraph(
    'stages: { train: { params: { x: 1 } }, again: { use: train, params: { x: 2 } } }',
    { train: { params: z.strictObject({ x: z.int() }) } },
  );
  expect(graph.instances.map(({ id, module }) => [id, module])).toEqual([
    ['train', 'train'],
    ['again', 'train'],
  ]);
});

test('a mistake in the params is shown where the value stands, whoever sets it', async () => {
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
    ["stage 'train' lacks the param 'steps' (number)", 4, 3, 'add it: params: { steps: ... }'],
    ["param 'encoder.layers' of stage 'train': expected number, received string", 6, 34, undefined],
    ["unknown param 'encoder.witdh' of stage 'train'", 6, 40, 'its schema is in stages/train.ts'],
    ["unknown param 'stesp' of stage 'train'", 6, 52, "did you mean 'steps'?"],
    ["param 'steps' of stage 'train': expected number, received array", 7, 48, undefined],
  ]);
  expect(errors[0].range?.file).toBe('--set train.need=3');
});

test('unknown inputs and outputs and inputs that are not bound are reported together', async () => {
  const errors = await buildErrors(
    `stages:
  train: {}
  evaluate: { inputs: { wieghts: train/wieght } }`,
    { train: { outputs: ['weights'] }, evaluate: { inputs: { weights: 'one' } } },
  );
  expect(errors.map(({ message, hint }) => [message, hint])).toEqual([
    [
      "stage 'evaluate' needs an input 'weights'",
      'add to it: inputs: { weights: <stage>/<output> }',
    ],
    ["stage 'evaluate' has no input 'wieghts'", "did you mean 'weights'?"],
    ["stage 'train' has no output 'wieght'", "did you mean 'weights'?"],
  ]);
});

test('an absurd number of instances, or names too long for a folder, are refused at once', async () => {
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

test('unknown profiles, and --set of what is not there, come with a suggestion', async () => {
  const text = 'axes: { seed: [1] }\nstages: { train: { matrix: [seed] } }\nprofiles: { ci: {} }';
  const hints = async (options: Parameters<typeof buildErrors>[2]) =>
    (await buildErrors(text, { train: {} }, options)).map(({ message, hint }) => [message, hint]);
  expect(await hints({ profile: 'cy' })).toEqual([
    ["there is no profile 'cy'", "did you mean 'ci'?"],
  ]);
  expect(
    await hints({
      sets: ['axes.sede=1', 'trian.x=1', 'train', 'train=1', 'train.x=[', 'axes.seed=[]'],
    }),
  ).toEqual([
    ["there is no axis 'sede'", "did you mean 'seed'?"],
    ["there is no stage 'trian'", "did you mean 'train'?"],
    ['not of the form path=value', 'e.g. --set train.steps=100'],
    ['not of the form path=value', 'e.g. --set train.steps=100'],
    [expect.stringContaining('flow sequence'), undefined],
    ["axis 'seed' is empty", 'give it at least one value'],
  ]);
});

test('what is excluded is not made, nor what would have nothing to read', async () => {
  const graph = await buildGraph(
    `${AXES}stages:
  train: { matrix: [deck, model], exclude: [{ deck: 27, dim: [4, 8] }] }
  evaluate: { matrix: [deck, model], inputs: { weights: train/out } }
  plot: { matrix: [deck], inputs: { weights: train/out } }
profiles: { small: { stages: { train: { exclude: [{ deck: 27 }] } } } }`,
    {
      train: {},
      evaluate: { inputs: { weights: 'one' } },
      plot: { inputs: { weights: 'many' } },
    },
  );
  const kept = [
    'deck=9,model=contrastive,dim=8',
    'deck=9,model=contrastive,dim=4',
    'deck=9,model=noncontrastive',
    'deck=27,model=noncontrastive',
  ];
  expect(ids(graph, 'train')).toEqual(kept.map((where) => `train[${where}]`));
  expect(ids(graph, 'evaluate')).toEqual(kept.map((where) => `evaluate[${where}]`));
  expect(sourcesOf(graph, 'plot[deck=27]', 'weights')).toEqual([
    'train[deck=27,model=noncontrastive]',
  ]);
});
