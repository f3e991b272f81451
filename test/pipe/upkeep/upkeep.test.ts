import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import type { ActionKey } from '../../../src/pipe/core/digest.ts';
import type { Graph } from '../../../src/pipe/pipeline/graph.ts';
import { collectGarbage, dropDamaged, verifyAll } from '../../../src/pipe/upkeep/upkeep.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { graphOf, TestProject } from '../project.ts';

const ROOT = '/project';
const codeOf = (module: string) => `code of ${module}`;

/** A chain of two with a param; `version(1)` is what pipeline.yaml now says. */
const version = (x: number): Graph =>
  graphOf([
    { id: 'a', params: { x } },
    { id: 'b', needs: ['a'] },
  ]);

/** Runs the versions in their order; collects as if `version(1)` were declared. */
async function collect(
  versions: readonly number[],
  { runs = 1, accepted = [] as number[], pretend = false } = {},
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
  const result = await collectGarbage(cache, [version(1).instances], codeOf, names, runs, pretend);
  return { result, project, disk };
}

/** Of the versions, those whose results need not be made again. */
async function known(
  { project }: Awaited<ReturnType<typeof collect>>,
  versions: readonly number[],
) {
  const kept: number[] = [];
  for (const x of versions) if ((await project.run(version(x))).ran.length === 0) kept.push(x);
  return kept;
}

test('kept are what the declared graphs use and what the last runs made; the rest goes', async () => {
  const done = await collect([1, 2, 3, 4, 5], { runs: 2 });
  expect(done.result).toMatchObject({ actions: 4, blobs: 4 });
  expect(await known(done, [1, 2, 3, 4, 5])).toEqual([1, 4, 5]);
});

test('kept is what the lock file names', async () => {
  const done = await collect([1, 2, 3, 4, 5], { accepted: [3] });
  expect(await known(done, [1, 2, 3, 4, 5])).toEqual([1, 3, 5]);
});

test('--dry-run counts the same and removes nothing', async () => {
  const { result } = await collect([1, 2, 3, 4, 5], { runs: 2 });
  const pretended = await collect([1, 2, 3, 4, 5], { runs: 2, pretend: true });
  expect(pretended.result).toEqual(result);
  expect(await known(pretended, [1, 2, 3, 4, 5])).toEqual([1, 2, 3, 4, 5]);
});

test('a second time there is nothing to remove', async () => {
  const { disk } = await collect([1, 2, 3]);
  const cache = new Cache(ROOT, disk, '1');
  const again = await collectGarbage(cache, [version(1).instances], codeOf, [], 1, false);
  expect(again).toEqual({ actions: 0, blobs: 0, freed: 0 });
});

test('verify finds a flipped bit in a blob and in an artifact, though size and times are the same', async () => {
  const disk = new MemoryDisk(ROOT);
  await new TestProject(ROOT, disk).run(version(1));
  const check = () => verifyAll(new Cache(ROOT, disk, '1'), version(1).instances, codeOf);
  expect(await check()).toEqual({ checked: 4, findings: [] });
  const [blob] = Object.keys(disk.files(`${ROOT}/cache/blobs`));
  disk.flipBit(blob);
  disk.flipBit(`${ROOT}/artifacts/b/out.txt`);
  expect((await check()).findings).toEqual([
    { path: blob.slice(ROOT.length + 1), what: 'damaged' },
    { path: 'artifacts/b/out.txt', what: 'altered' },
  ]);
});

test('after what verify found, the next run looks at everything, and all is sound again', async () => {
  const disk = new MemoryDisk(ROOT);
  const project = new TestProject(ROOT, disk);
  const key = { declaration: 'd', origin: 'o', plan: 'p' };
  const graph = { ...version(1), key };
  const open = () => new Cache(ROOT, disk, '1');
  await project.run(graph);
  expect(open().known.count(key)).toBe(2);
  const [blob] = Object.keys(disk.files(`${ROOT}/cache/blobs`));
  disk.flipBit(blob);
  disk.flipBit(`${ROOT}/artifacts/b/out.txt`);
  // No stat shows it.
  expect(open().known.count(key)).toBe(2);
  const cache = open();
  dropDamaged(cache, (await verifyAll(cache, graph.instances, codeOf)).findings);
  cache.save();
  expect(disk.read(blob)).toBeUndefined();
  expect(open().known.count(key)).toBeUndefined();
  expect((await project.run(graph)).ok).toBe(true);
  expect((await verifyAll(open(), graph.instances, codeOf)).findings).toEqual([]);
});
