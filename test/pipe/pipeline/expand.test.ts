import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Graph } from '../../../src/pipe/pipeline/graph.ts';
import { buildGraph } from './build.ts';

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

test('instances join on shared axes, and a point without a coordinate joins only with itself', async () => {
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

test('stages share a stage file through use:', async () => {
  const graph = await buildGraph(
    'stages: { train: { params: { x: 1 } }, again: { use: train, params: { x: 2 } } }',
    { train: { params: z.strictObject({ x: z.int() }) } },
  );
  expect(graph.instances.map(({ id, module }) => [id, module])).toEqual([
    ['train', 'train'],
    ['again', 'train'],
  ]);
});

test('excluded instances are left out, and so are those that would have nothing to read', async () => {
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
