import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import type { ActionKey } from '../../../src/pipe/core/digest.ts';
import { Paths } from '../../../src/pipe/disk/paths.ts';
import type { Graph } from '../../../src/pipe/pipeline/graph.ts';
import { collectGarbage } from '../../../src/pipe/upkeep/gc.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { graphOf, TestProject } from '../project.ts';

const ROOT = '/project';
const codeOf = (module: string) => `code of ${module}`;

/** Two stages and a param; `version(1)` is what pipeline.yaml declares. */
const version = (x: number): Graph =>
  graphOf([
    { id: 'a', params: { x } },
    { id: 'b', needs: ['a'] },
  ]);

/** Runs the versions in order, then collects with `version(1)` declared. */
async function collect(
  versions: readonly number[],
  { runs = 1, accepted = [] as number[], dryRun = false } = {},
) {
  const disk = new MemoryDisk(ROOT);
  const project = new TestProject(ROOT, disk);
  const keys = new Map<number, ActionKey[]>();
  for (const x of versions) {
    await project.run(version(x));
    const records = [...new Cache(ROOT, disk, '1').actions.records()];
    keys.set(
      x,
      records.slice(-2).map(({ key }) => key),
    );
  }
  const cache = new Cache(ROOT, disk, '1');
  const names = accepted.flatMap((x) => keys.get(x) ?? []);
  const result = await collectGarbage(cache, [version(1)], codeOf, names, runs, dryRun);
  return { result, project, disk };
}

/** The versions whose results are still there. */
async function survivors(
  { project }: Awaited<ReturnType<typeof collect>>,
  versions: readonly number[],
) {
  const kept: number[] = [];
  for (const x of versions) if ((await project.run(version(x))).ran.length === 0) kept.push(x);
  return kept;
}

test('gc keeps what the declared graphs use and the outputs of the last runs, and removes the rest', async () => {
  const done = await collect([1, 2, 3, 4, 5], { runs: 2 });
  expect(done.result).toMatchObject({ actions: 4, blobs: 4 });
  expect(await survivors(done, [1, 2, 3, 4, 5])).toEqual([1, 4, 5]);
});

test('gc keeps what the lock file names', async () => {
  const done = await collect([1, 2, 3, 4, 5], { accepted: [3] });
  expect(await survivors(done, [1, 2, 3, 4, 5])).toEqual([1, 3, 5]);
});

test('--dry-run counts the same and removes nothing', async () => {
  const { result } = await collect([1, 2, 3, 4, 5], { runs: 2 });
  const counted = await collect([1, 2, 3, 4, 5], { runs: 2, dryRun: true });
  expect(counted.result).toEqual(result);
  expect(await survivors(counted, [1, 2, 3, 4, 5])).toEqual([1, 2, 3, 4, 5]);
});

test('a second gc finds nothing to remove', async () => {
  const { disk } = await collect([1, 2, 3]);
  const cache = new Cache(ROOT, disk, '1');
  const again = await collectGarbage(cache, [version(1)], codeOf, [], 1, false);
  expect(again).toEqual({ actions: 0, blobs: 0, freed: 0 });
});

test('gc removes from every folder of the cache what is of no use any more, and nothing else', async () => {
  const disk = new MemoryDisk(ROOT);
  const project = new TestProject(ROOT, disk);
  await project.run(version(1));
  const paths = new Paths(ROOT);
  const used = Object.keys(disk.files(paths.cache));
  project.code.combine = 'code of combine';
  const write = (path: string) => project.write(path.slice(ROOT.length + 1), 'x');
  const kept = [
    `${paths.contracts}/code of combine.json`,
    paths.log('a'),
    `${paths.cache}/another program's file`,
  ];
  const unused = [
    `${paths.contracts}/other code.json`,
    paths.codeManifest('other code'),
    paths.log('gone'),
    `${paths.checkpoint('0'.repeat(64) as ActionKey)}/saved`,
    `${paths.runs}/20200101-000000-abcd/record.json`,
  ];
  for (const path of [...kept, ...unused]) write(path);
  const cache = new Cache(ROOT, disk, '1');
  await collectGarbage(cache, [version(1)], codeOf, [], 1, false);
  const left = new Set(Object.keys(disk.files(paths.cache)));
  expect([...used, ...kept].filter((path) => !left.has(path))).toEqual([]);
  expect(unused.filter((path) => left.has(path))).toEqual([]);
});

test('gc keeps every checkpoint while the key of an instance is not known', async () => {
  const disk = new MemoryDisk(ROOT);
  const project = new TestProject(ROOT, disk);
  await project.run(version(1));
  const paths = new Paths(ROOT);
  const checkpoint = `${paths.checkpoint('0'.repeat(64) as ActionKey)}/saved`;
  project.write(checkpoint.slice(ROOT.length + 1), 'x');
  // `a` is outdated, so `b` waits.
  await collectGarbage(new Cache(ROOT, disk, '1'), [version(2)], codeOf, [], 1, false);
  expect(disk.read(checkpoint)).toBeDefined();
});
