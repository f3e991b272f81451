import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stageCodes } from '../../../src/pipe/code/stage-codes.ts';
import { Ledger } from '../../../src/pipe/current/ledger.ts';
import { realDisk } from '../../../src/pipe/disk/disk.ts';
import { Paths } from '../../../src/pipe/disk/paths.ts';
import { takeSnapshot } from '../../../src/pipe/loader/snapshot.ts';
import type { Graph } from '../../../src/pipe/pipeline/graph.ts';
import { isGraph, loadGraph } from '../../../src/pipe/pipeline/load.ts';
import { temporaryProject, writeFiles } from '../loader/project.ts';
import { FakeDirectory, noTables } from './directory.ts';

const FILES = {
  'pipeline.yaml': `
axes: { game: [set, union] }
stages:
  train: { matrix: [game], params: { steps: 1 }, timeout: 1m }
  plot: { matrix: [], inputs: { weights: train/out } }
profiles: { ci: { stages: { train: { params: { steps: 2 } } } } }
`,
  'stages/train.ts': 'export default 1;\n',
  'stages/plot.ts': 'export default 2;\n',
};

interface Options {
  readonly profile?: string;
  readonly sets?: readonly string[];
  /** Whether edited stages say what they said before. */
  readonly hasOldContracts?: boolean;
}

async function load(root: string, { hasOldContracts = false, ...options }: Options = {}) {
  const directory = new FakeDirectory({ train: {}, plot: { inputs: { weights: 'many' } } });
  directory.hasOldContracts = hasOldContracts;
  const snapshot = await takeSnapshot({ projectRoot: root });
  const codes = stageCodes(snapshot);
  const loaded = await loadGraph({
    root,
    codes,
    directory,
    codesOfCommands: async () => ({}),
    storeOf: storeIn(root),
    tables: noTables,
    ...options,
  });
  return { graph: isGraph(loaded) ? contentOf(loaded) : loaded, questions: directory.questions };
}

/** All that there is in a graph, be it read back or not. */
function contentOf({ declaration, profile, instances }: Graph): Graph {
  return { ...(declaration && { declaration }), profile, instances };
}

const storeIn = (root: string) => (declaration: string) =>
  new Ledger(realDisk, new Paths(root), declaration);

const plans = (root: string) => readdirSync(join(root, 'cache/ledgers'));

test('an unchanged start gives the same graph without asking any stage', async () => {
  const root = temporaryProject(FILES);
  const first = await load(root);
  expect((first.graph as Graph).instances).toHaveLength(3);
  expect(first.questions).toBeGreaterThan(0);
  const second = await load(root);
  expect(second.graph).toEqual(first.graph);
  expect(second.questions).toBe(0);
});

test('another profile, --set, pipeline file or stage code is another plan', async () => {
  const root = temporaryProject(FILES);
  await load(root);
  expect((await load(root, { profile: 'ci' })).questions).toBeGreaterThan(0);
  expect((await load(root, { sets: ['train.steps=3'] })).questions).toBeGreaterThan(0);
  writeFiles(root, { 'stages/train.ts': 'export default 3;\n' });
  expect((await load(root)).questions).toBeGreaterThan(0);
  writeFiles(root, { 'pipeline.yaml': `${FILES['pipeline.yaml']}# a comment\n` });
  expect((await load(root)).questions).toBeGreaterThan(0);
  // The edited stage made no other plan: it took the place of the one before.
  expect(plans(root)).toHaveLength(4);
});

test('a stage that was edited and kept its contract leaves the plan as it is', async () => {
  const root = temporaryProject(FILES);
  const before = await load(root);
  writeFiles(root, { 'stages/train.ts': 'export default 3;\n' });
  const edited = await load(root, { hasOldContracts: true });
  expect(edited.questions).toBe(0);
  expect((edited.graph as Graph).instances).toEqual((before.graph as Graph).instances);
  const again = await load(root, { hasOldContracts: true });
  expect(again.questions).toBe(0);
  expect(again.graph).toEqual(edited.graph);
});

test('a stage file that no stage uses is not asked about', async () => {
  const root = temporaryProject(FILES);
  await load(root);
  writeFiles(root, { 'stages/other.ts': 'export default 4;\n' });
  expect((await load(root)).questions).toBe(0);
});

test('a damaged plan is made anew', async () => {
  const root = temporaryProject(FILES);
  const { graph } = await load(root);
  const path = join(root, 'cache/ledgers', plans(root)[0]);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"steps":1', '"steps":9'));
  const again = await load(root);
  expect(again.questions).toBeGreaterThan(0);
  expect(again.graph).toEqual(graph);
});

test('old plans are pruned', async () => {
  const root = temporaryProject(FILES);
  for (let steps = 0; steps < 30; steps += 1) await load(root, { sets: [`train.steps=${steps}`] });
  expect(plans(root)).toHaveLength(16);
});

test('mistakes are not kept', async () => {
  const root = temporaryProject({ ...FILES, 'pipeline.yaml': 'stages: { train: { use: trian } }' });
  const { graph } = await load(root);
  expect(graph).toMatchObject([
    {
      message: "stage 'train' has no file stages/trian.ts",
      hint: "did you mean 'train'?",
      range: { file: 'pipeline.yaml', line: 1, column: 25 },
    },
  ]);
  expect(existsSync(join(root, 'cache/ledgers'))).toBe(false);
});

test('a project without a pipeline file is one clear error', async () => {
  const root = temporaryProject({});
  expect((await load(root)).graph).toMatchObject([
    { message: `there is no pipeline.yaml in ${root}` },
  ]);
});

test('a folder in the place of the pipeline file is one clear error', async () => {
  const root = temporaryProject({ 'pipeline.yaml/x': '' });
  expect((await load(root)).graph).toMatchObject([
    { message: `cannot read ${join(root, 'pipeline.yaml')}: it is a folder` },
  ]);
});

test('a stage whose imports cannot be followed is an error if the pipeline uses it', async () => {
  const root = temporaryProject({
    ...FILES,
    'stages/train.ts': 'export default (n: string) => import(n);\n',
  });
  expect((await load(root)).graph).toMatchObject([
    { range: { file: 'stages/train.ts', line: 1, column: 31 } },
  ]);
  writeFiles(root, { 'pipeline.yaml': 'stages: { plot: {} }' });
  expect((await load(root)).graph).toMatchObject([
    { message: "stage 'plot' needs an input 'weights'" },
  ]);
});

test.skipIf(process.getuid?.() === 0)(
  'where nothing can be written the graph is still there',
  async () => {
    const root = temporaryProject(FILES);
    const snapshot = await takeSnapshot({ projectRoot: root });
    const directory = new FakeDirectory({ train: {}, plot: { inputs: { weights: 'many' } } });
    chmodSync(join(root, 'cache'), 0o555);
    const codes = stageCodes(snapshot);
    const graph = await loadGraph({
      root,
      codes,
      directory,
      codesOfCommands: async () => ({}),
      storeOf: storeIn(root),
      tables: noTables,
    });
    chmodSync(join(root, 'cache'), 0o755);
    expect('instances' in graph).toBe(true);
  },
);
