import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import { formatTree, parseTree } from '../../../src/pipe/cache/tree.ts';
import { type Digest, digestText } from '../../../src/pipe/core/digest.ts';
import { decodeActionResult } from '../../../src/pipe/remote/action-result.ts';
import { HttpStore } from '../../../src/pipe/remote/http-store.ts';
import { RemoteCache } from '../../../src/pipe/remote/remote-cache.ts';
import { pull, push } from '../../../src/pipe/remote/transfer.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { graphOf, TestProject } from '../project.ts';
import { FileServer } from './server.ts';

const graph = graphOf([
  { id: 'top', params: { x: 1 }, hasFolder: true },
  { id: 'bottom', needs: ['top'] },
]);
const codeOf = (module: string) => `code of ${module}`;

/** A machine whose results have been pushed, and another one that has none. */
async function shared() {
  const server = await FileServer.start();
  const site = (root: string) => {
    const project = new TestProject(root, new MemoryDisk(root));
    const cache = new Cache(root, project.disk, '1');
    const store = new HttpStore({ url: server.url, authorization: '' }, { backoff: 0 });
    return { project, cache, remote: new RemoteCache(store, cache) };
  };
  const here = site('/home/here');
  await here.project.run(graph);
  here.cache.refresh();
  const sent = await push(here.cache, here.remote, graph.instances, codeOf, false);
  return { server, sent, here, there: site('/home/there') };
}

/** The record on the server that has a folder. */
function recordOfFolder({ files }: FileServer) {
  for (const [path, bytes] of files) {
    const record = path.startsWith('/ac/') ? decodeActionResult(bytes) : undefined;
    const output = record?.outputs.find(({ tree }) => tree !== undefined);
    if (output !== undefined) return { path, bytes, digest: output.digest };
  }
  throw new Error('no record has a folder');
}

test('a folder is pushed and pulled file by file, with its empty folders and what may be executed', async () => {
  const { server, sent, here, there } = await shared();
  // Per instance out.txt; the manifest, and the two distinct files of the folder, of which one is as out.txt.
  expect([...server.files.keys()].filter((path) => path.startsWith('/cas/'))).toHaveLength(4);
  expect(sent).toMatchObject({ sent: 2, missing: 0, lost: [] });
  const pulled = await pull(there.cache, there.remote, graph.instances, codeOf);
  expect(pulled).toMatchObject({ fetched: 2, missing: 0, damaged: [] });
  const artifactsOf = ({ project }: typeof here) =>
    Object.entries(
      project.disk instanceof MemoryDisk ? project.disk.files(`${project.root}/artifacts`) : {},
    ).map(([path, text]) => [path.slice(project.root.length), text]);
  expect(artifactsOf(there)).toEqual(artifactsOf(here));
  const at = (path: string) => there.project.disk.stat(`/home/there/artifacts/top/tree/${path}`);
  expect(at('empty')?.isFolder).toBe(true);
  expect([at('a/z')?.isExecutable, at('x')?.isExecutable]).toEqual([true, false]);
});

test('the record lists the files of a folder, so that a cache keeps them as long as the record', async () => {
  const { server } = await shared();
  const text = recordOfFolder(server).bytes.toString('latin1');
  for (const path of ['tree/a/b/y', 'tree/a/z', 'tree/x']) expect(text).toContain(path);
});

test.each([
  ['has lost a file of a folder', (server: FileServer, file: string) => server.files.delete(file)],
  [
    'has a damaged one',
    (server: FileServer, file: string) => server.files.set(file, Buffer.from('?')),
  ],
])('a server that %s is no source of that result', async (_, spoil) => {
  const { server, there } = await shared();
  const { digest } = recordOfFolder(server);
  const tree = parseTree(server.files.get(`/cas/${digest}`)?.toString() ?? '');
  const file = tree?.files.find(({ path }) => path === 'a/z')?.digest;
  spoil(server, `/cas/${file}`);
  const pulled = await pull(there.cache, there.remote, graph.instances, codeOf);
  expect(pulled).toMatchObject({ damaged: [`cas/${file}`], fetched: 0 });
  expect(there.project.disk.stat('/home/there/artifacts/top')).toBeUndefined();
});

test('a manifest whose paths lead out of the folder is refused', async () => {
  const { server, there } = await shared();
  const { path, bytes, digest } = recordOfFolder(server);
  const sound = parseTree(server.files.get(`/cas/${digest}`)?.toString() ?? '');
  const evil = formatTree({ files: sound?.files ?? [], empty: ['../ev'] });
  expect(evil).toHaveLength(server.files.get(`/cas/${digest}`)?.length ?? 0);
  const forged: Digest = digestText(evil);
  server.files.set(`/cas/${forged}`, Buffer.from(evil));
  server.files.set(path, Buffer.from(bytes.toString('latin1').replace(digest, forged), 'latin1'));
  const pulled = await pull(there.cache, there.remote, graph.instances, codeOf);
  expect(pulled).toMatchObject({ damaged: [`cas/${forged}`], fetched: 0 });
  expect(Object.keys((there.project.disk as MemoryDisk).files('/home'))).not.toContain(
    '/home/there/artifacts/top/ev',
  );
});
