import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import { discardDamaged, verifyFiles } from '../../../src/pipe/upkeep/verify.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { graphOf, planned, TestProject } from '../project.ts';

const ROOT = '/project';
const codeOf = (module: string) => `code of ${module}`;

const graph = graphOf([
  { id: 'a', params: { x: 1 } },
  { id: 'b', needs: ['a'] },
]);

test('verify finds a flipped bit in a blob and in an artifact although size and times are unchanged', async () => {
  const disk = new MemoryDisk(ROOT);
  await new TestProject(ROOT, disk).run(graph);
  const check = () => verifyFiles(new Cache(ROOT, disk, '1'), graph.instances, codeOf);
  expect(await check()).toEqual({ checked: 4, corrupt: [] });
  const [blob] = Object.keys(disk.files(`${ROOT}/cache/blobs`));
  disk.flipBit(blob);
  disk.flipBit(`${ROOT}/artifacts/b/out.txt`);
  expect((await check()).corrupt).toEqual([
    { path: blob.slice(ROOT.length + 1), problem: 'damaged' },
    { path: 'artifacts/b/out.txt', problem: 'altered' },
  ]);
});

test('after verify found damage, the next run checks everything and repairs it', async () => {
  const disk = new MemoryDisk(ROOT);
  const project = new TestProject(ROOT, disk);
  const plan = planned(graph);
  const countCurrent = () => project.countCurrent(plan);
  const open = () => new Cache(ROOT, disk, '1');
  await project.run(plan);
  expect(await countCurrent()).toBe(2);
  const [blob] = Object.keys(disk.files(`${ROOT}/cache/blobs`));
  disk.flipBit(blob);
  disk.flipBit(`${ROOT}/artifacts/b/out.txt`);
  // Sizes and times do not show it.
  expect(await countCurrent()).toBe(2);
  const cache = open();
  discardDamaged(cache, (await verifyFiles(cache, graph.instances, codeOf)).corrupt);
  cache.save();
  expect(disk.read(blob)).toBeUndefined();
  expect(await countCurrent()).toBeUndefined();
  expect((await project.run(plan)).ok).toBe(true);
  expect((await verifyFiles(open(), graph.instances, codeOf)).corrupt).toEqual([]);
});
