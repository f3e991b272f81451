import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import { FolderStore } from '../../../src/pipe/remote/folder-store.ts';
import { RemoteCache } from '../../../src/pipe/remote/remote-cache.ts';
import { pull, push } from '../../../src/pipe/remote/transfer.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { graphOf, TestProject } from '../project.ts';

const graph = graphOf([
  { id: 'top', params: { x: 1 }, hasFolder: true },
  { id: 'bottom', needs: ['top'] },
]);
const codeOf = (module: string) => `code of ${module}`;
const URL = 'file:///home/shared%20cache';

/** One disk with two projects and a folder that they share. */
async function shared() {
  const disk = new MemoryDisk('/home/here');
  disk.makeFolder('/home/there');
  disk.makeFolder('/home/shared cache');
  const site = (root: string) => {
    const project = new TestProject(root, disk);
    const cache = new Cache(root, disk, '1');
    return { project, cache, remote: new RemoteCache(new FolderStore(disk, URL), cache) };
  };
  const here = site('/home/here');
  await here.project.run(graph);
  here.cache.refresh();
  return { disk, here, there: site('/home/there') };
}

const files = (disk: MemoryDisk) =>
  Object.entries(disk.files('/home/shared cache')).map(([path]) => path);

test('a folder is a remote cache: what one project pushes another pulls', async () => {
  const { disk, here, there } = await shared();
  const sent = await push(here.cache, here.remote, graph.instances, codeOf, false);
  expect(sent).toMatchObject({ sent: 2, present: 0, lost: [] });
  expect(files(disk).every((path) => /\/(ac|cas)\/[0-9a-f]{64}$/.test(path))).toBe(true);
  const again = await push(here.cache, here.remote, graph.instances, codeOf, false);
  expect(again).toMatchObject({ sent: 0, present: 2 });
  const pulled = await pull(there.cache, there.remote, graph.instances, codeOf);
  expect(pulled).toMatchObject({ fetched: 2, missing: 0, damaged: [] });
});

test('what is damaged in the folder is found out and not used', async () => {
  const { disk, here, there } = await shared();
  await push(here.cache, here.remote, graph.instances, codeOf, false);
  for (const path of files(disk)) if (path.includes('/cas/')) disk.write(path, 'damaged');
  const pulled = await pull(there.cache, there.remote, graph.instances, codeOf);
  expect(pulled.fetched).toBe(0);
  expect(pulled.damaged.length).toBeGreaterThan(0);
});

test('a folder that is full is said to be, and keeps nothing half written', async () => {
  const { disk, here } = await shared();
  disk.interfere = (_, operation, path) =>
    operation === 'rename' && path.includes('shared')
      ? Object.assign(new Error('full'), { code: 'ENOSPC' })
      : undefined;
  await expect(push(here.cache, here.remote, graph.instances, codeOf, false)).rejects.toThrow(
    'cannot write to the remote cache: the disk is full',
  );
  expect(files(disk)).toEqual([]);
});

test('a folder that is not there, perhaps not mounted, is not made', () => {
  expect(() => new FolderStore(new MemoryDisk('/home'), URL)).toThrow(
    'the remote cache is no folder: /home/shared cache',
  );
});

test('what is removed from the folder is gone, and what is not there need not be', async () => {
  const { disk } = await shared();
  const store = new FolderStore(disk, URL);
  disk.makeFolder('/home/shared cache/ac');
  disk.write('/home/shared cache/ac/x', 'x');
  for (const _ of [1, 2]) {
    await store.remove('ac/x');
    expect(await store.has('ac/x')).toBe(false);
  }
});
