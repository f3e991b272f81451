import { expect, test } from 'vitest';
import { stageCodes } from '../../../src/pipe/code/stage-codes.ts';
import { Ledger } from '../../../src/pipe/current/ledger.ts';
import { selectInstances } from '../../../src/pipe/current/selection.ts';
import { realDisk } from '../../../src/pipe/disk/disk.ts';
import { Paths } from '../../../src/pipe/disk/paths.ts';
import { takeSnapshot } from '../../../src/pipe/loader/snapshot.ts';
import type { Graph } from '../../../src/pipe/pipeline/graph.ts';
import { loadGraph } from '../../../src/pipe/pipeline/load.ts';
import { parsePipeline } from '../../../src/pipe/pipeline/parse.ts';
import { encodePlan, Plan } from '../../../src/pipe/pipeline/plan.ts';
import { temporaryProject, writeFiles } from '../loader/project.ts';
import { FakeDirectory, noTables } from './directory.ts';

const PATH = 'stages/studies/group.yaml';

/** Each mistake as `file:line:column message | fix`. */
function mistakes(main: string, group?: string): readonly string[] {
  const spec = parsePipeline('pipeline.yaml', main, group === undefined ? {} : { [PATH]: group });
  return ('stages' in spec ? [] : spec).map(
    ({ message, range, hint }) =>
      `${range?.file}:${range?.line}:${range?.column} ${message} | ${hint}`,
  );
}

const MAIN = `groups: [studies]
axes: { game: [set, union], seed: [1] }
stages:
  train: { matrix: [game] }
profiles:
  ci: { axes: { game: [set] } }
`;

const GROUP = `axes: { attributes: [2, 3] }
stages:
  rank: { matrix: [attributes], inputs: { models: train/out } }
  ranks: { use: rank, matrix: [seed], inputs: { models: train/out } }
profiles:
  ci: { axes: { attributes: [2] } }
  more: { stages: { rank: { params: { a: 1 } } } }
`;

test('a pipeline and its group have no mistakes', () => {
  expect(mistakes(MAIN, GROUP)).toEqual([]);
});

test('a mistake in the file of a group is reported with its place in that file', () => {
  expect(mistakes(MAIN, GROUP.replace('matrix: [seed]', 'matrix: [sede]'))).toEqual([
    `${PATH}:4:32 there is no axis 'sede' | did you mean 'seed'?`,
  ]);
  expect(mistakes(MAIN, GROUP.replace('train/out', 'trian/out'))).toEqual([
    `${PATH}:3:51 stage 'rank' reads from 'trian', which is not a stage | did you mean 'train'?`,
  ]);
  expect(mistakes(MAIN, `groups: [x]\n${GROUP}`)).toEqual([
    `${PATH}:1:1 unknown key 'groups' in group 'studies' | known: 'axes', 'stages', 'profiles'`,
  ]);
  expect(mistakes(MAIN, '')).toEqual([
    `${PATH}:1:1 group 'studies' is empty | stages: { my-stage: { params: {} } }`,
  ]);
  expect(mistakes(MAIN, 'stages: {}')).toEqual([
    `${PATH}:1:9 there are no stages | write each stage below it, indented`,
  ]);
});

test('mistakes of both files are reported together, file by file', () => {
  const places = mistakes(MAIN.replace('[set, union]', '[]'), GROUP.replace('[2, 3]', '[]'));
  expect(places.map((place) => place.split(' ')[0])).toEqual([
    'pipeline.yaml:2:15',
    `${PATH}:1:21`,
  ]);
});

test('a group must have a file and a valid name, and be listed once', () => {
  expect(mistakes(MAIN)).toEqual([
    `pipeline.yaml:1:10 group 'studies' has no file ${PATH} | declare its stages in that file, or remove it from groups`,
  ]);
  expect(mistakes(MAIN.replace('[studies]', '[studies, Studies]'), GROUP)).toEqual([
    "pipeline.yaml:1:19 'Studies' is listed twice | remove one",
  ]);
  expect(mistakes(MAIN.replace('[studies]', '[../x]'), GROUP)).toEqual([
    "pipeline.yaml:1:10 '../x' is not a valid name for a group | start with a letter; use only letters, digits, - and _; at most 64 characters",
  ]);
  expect(mistakes(MAIN.replace('[studies]', 'studies'), GROUP)).toEqual([
    "pipeline.yaml:1:9 'groups' must be a list, not the string 'studies' | groups: [studies] reads stages/studies/group.yaml",
  ]);
});

test('names must be unique across all files', () => {
  expect(mistakes(MAIN, GROUP.replace('  ranks:', '  Train:'))).toEqual([
    `${PATH}:4:3 stage 'Train' is already declared in pipeline.yaml | rename one of the two`,
  ]);
  expect(mistakes(MAIN, GROUP.replace('axes: {', 'axes: { game: [1],'))).toEqual([
    `${PATH}:1:9 axis 'game' is already declared in pipeline.yaml | rename one of the two`,
  ]);
  expect(mistakes(MAIN, GROUP.replace('  ranks:', '  studies:'))).toEqual([
    `${PATH}:4:3 'studies' is the name of a group, so no stage can have it | rename it`,
  ]);
  expect(mistakes(MAIN, GROUP.replace('[2, 3]', '[{ attributes: 2, seed: 1 }]'))).toEqual([
    expect.stringContaining("axis 'attributes' sets 'seed', which axis 'seed' also sets"),
  ]);
});

test('a profile changes only what its own file declares', () => {
  expect(
    mistakes(MAIN, GROUP.replace('stages: { rank: { params', 'stages: { train: { params')),
  ).toEqual([
    `${PATH}:7:21 profile 'more' changes stage 'train', which group 'studies' does not declare | known: 'rank', 'ranks'`,
  ]);
});

const FILES = {
  'pipeline.yaml': MAIN,
  [PATH]: GROUP,
  'stages/train.ts': 'export default 1;\n',
  'stages/studies/rank.ts': 'export default 2;\n',
};

async function load(root: string, profile = 'default') {
  const rank = { inputs: { models: 'many' } } as const;
  const directory = new FakeDirectory({ train: {}, 'studies/rank': rank });
  const snapshot = await takeSnapshot({ projectRoot: root });
  const storeOf = (declaration: string) => new Ledger(realDisk, new Paths(root), declaration);
  const codes = stageCodes(snapshot);
  const graph = await loadGraph({
    root,
    codes,
    directory,
    codesOfCommands: async () => ({}),
    profile,
    storeOf,
    tables: noTables,
  });
  return { graph: graph as Graph, questions: directory.questions };
}

const idsOf = (graph: Graph, ...targets: readonly string[]) =>
  selectInstances(graph, targets).instances.map(({ id }) => id);

test('the code of a group is in its folder, and its instances name the group', async () => {
  const { graph } = await load(temporaryProject(FILES));
  expect(graph.instances.map(({ id, module, group }) => [id, module, group])).toEqual([
    ['train[game=set]', 'train', undefined],
    ['train[game=union]', 'train', undefined],
    ['rank[attributes=2]', 'studies/rank', 'studies'],
    ['rank[attributes=3]', 'studies/rank', 'studies'],
    ['ranks[seed=1]', 'studies/rank', 'studies'],
  ]);
  const plan = new Plan(encodePlan(graph));
  const { profile, instances } = plan;
  expect(plan.ungrouped().map((at) => plan.idOf(at))).toEqual(idsOf(graph));
  expect({ profile, instances }).toEqual({ profile: graph.profile, instances: graph.instances });
});

test('a missing stage file is reported with its whole path', async () => {
  const root = temporaryProject({ ...FILES, [PATH]: 'stages: { rnak: }' });
  expect((await load(root)).graph).toMatchObject([
    {
      message: "stage 'rnak' has no file stages/studies/rnak.ts",
      hint: "did you mean 'studies/rank'?",
      range: { file: PATH, line: 1, column: 11 },
    },
  ]);
});

test('without targets a run covers the stages outside groups; a group runs when named', async () => {
  const { graph } = await load(temporaryProject(FILES));
  expect(idsOf(graph)).toEqual(['train[game=set]', 'train[game=union]']);
  expect(idsOf(graph, 'studies')).toHaveLength(5);
  expect(selectInstances(graph, ['studies']).targets.size).toBe(3);
  expect([...selectInstances(graph, ['studies[attributes=2]']).targets]).toEqual([
    'rank[attributes=2]',
  ]);
  expect([...selectInstances(graph, [], 'ranks').targets]).toEqual(['ranks[seed=1]']);
  expect(() => idsOf(graph, 'compainon')).toThrow("there is no stage 'compainon'");
});

test('a profile applies in every file that has it', async () => {
  const root = temporaryProject(FILES);
  expect(idsOf((await load(root, 'ci')).graph, 'studies')).toEqual([
    'train[game=set]',
    'rank[attributes=2]',
    'ranks[seed=1]',
  ]);
  const more = (await load(root, 'more')).graph;
  expect(more.instances.map(({ stage, params }) => [stage, params])).toContainEqual([
    'rank',
    { a: 1 },
  ]);
  expect(idsOf(more)).toHaveLength(2);
});

test('an edit of a group changes the plan but no instance outside the group', async () => {
  const root = temporaryProject(FILES);
  const before = await load(root);
  expect((await load(root)).questions).toBe(0);
  writeFiles(root, { [PATH]: GROUP.replace('[2, 3]', '[2, 3, 4]') });
  const after = await load(root);
  expect(after.questions).toBeGreaterThan(0);
  expect(idsOf(after.graph, 'rank')).toHaveLength(5);
  const main = ({ instances }: Graph) => instances.filter(({ group }) => group === undefined);
  expect(main(after.graph)).toEqual(main(before.graph));
});
