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
    [expect.stringContaining('flow sequence'), 'add ] at its end'],
    ["axis 'seed' is empty", 'give it at least one value'],
  ]);
});

const SHARED = `
axes: { seed: [1, 2] }
stages:
  fit: { inputs: { rows: { as: check.table } } }
  fits: { matrix: [seed], inputs: { rows: { as: check.table } } }
  check: { inputs: { table: { files: data.csv } } }
profiles:
  ci: { stages: { check: { inputs: { table: { files: small.csv } } } } }`;
const SHARED_STAGES = {
  fit: { inputs: { rows: 'one' } },
  fits: { inputs: { rows: 'one' } },
  check: { inputs: { table: 'one' } },
} as const;

test('stages read what a raw input of another reads, as the profile and the command line have it', async () => {
  const filesOf = async (options: Parameters<typeof buildGraph>[2]) => {
    const graph = await buildGraph(SHARED, SHARED_STAGES, options);
    expect(graph.instances.flatMap(({ inputs }) => inputs)).toEqual([]);
    return graph.instances.flatMap(({ id, raw = [] }) =>
      raw.map(({ name, source }) => [id, name, 'files' in source && source.files]),
    );
  };
  const all = (files: string) => [
    ['check', 'table', files],
    ['fit', 'rows', files],
    ['fits[seed=1]', 'rows', files],
    ['fits[seed=2]', 'rows', files],
  ];
  const sets = ['check.table=mine.csv'];
  const sorted = async (options: Parameters<typeof buildGraph>[2]) =>
    (await filesOf(options)).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  expect(await sorted({})).toEqual(all('data.csv'));
  expect(await sorted({ profile: 'ci' })).toEqual(all('small.csv'));
  expect(await sorted({ profile: 'ci', sets })).toEqual(all('mine.csv'));
});

test('a raw input that is to be as one that there is not is refused', async () => {
  const hints = async (as: string) =>
    (await buildErrors(SHARED.replace('as: check.table', `as: ${as}`), SHARED_STAGES)).map(
      ({ message, hint }) => [message, hint],
    );
  const wrong = (as: string) =>
    `input 'rows' is to read what ${as} reads, which is no raw input of a stage`;
  expect(await hints('check.tabel')).toEqual([
    [wrong('check.tabel'), "did you mean 'check.table'?"],
  ]);
  // No chains, hence no cycles.
  expect(await hints('fit.rows')).toEqual([
    [wrong('fit.rows'), 'name an input that is declared with files or a url'],
  ]);
  expect(await hints('other.input')).toEqual([
    [wrong('other.input'), 'name an input that is declared with files or a url'],
  ]);
});
