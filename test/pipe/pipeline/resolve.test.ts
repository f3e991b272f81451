import { expect, test } from 'vitest';
import type { Graph } from '../../../src/pipe/pipeline/graph.ts';
import { buildErrors, buildGraph } from './build.ts';

const ids = (graph: Graph, stage: string) =>
  graph.instances.filter((instance) => instance.stage === stage).map(({ id }) => id);

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

test('--set replaces an axis, also with a single value', async () => {
  const text = 'axes: { seed: [1] }\nstages: { a: { matrix: [seed] } }';
  const many = await buildGraph(text, { a: {} }, { sets: ['axes.seed=[5, 6]'] });
  expect(ids(many, 'a')).toEqual(['a[seed=5]', 'a[seed=6]']);
  const one = await buildGraph(text, { a: {} }, { sets: ['axes.seed=7'] });
  expect(ids(one, 'a')).toEqual(['a[seed=7]']);
});

test('an unknown profile and an invalid --set come with a suggestion', async () => {
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
    ['--set needs the form path=value', 'e.g. --set train.steps=100'],
    ['--set needs the form path=value', 'e.g. --set train.steps=100'],
    [expect.stringContaining('flow sequence'), undefined],
    ["axis 'seed' is empty", 'give it at least one value'],
  ]);
});
