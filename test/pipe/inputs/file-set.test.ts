import { mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { realDisk } from '../../../src/pipe/disk/disk.ts';
import { listFiles } from '../../../src/pipe/inputs/file-set.ts';
import { temporaryFolder } from '../project.ts';

function folderWith(...paths: readonly string[]): string {
  const root = temporaryFolder();
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path);
  }
  return root;
}

const FILES = ['data/a.csv', 'data/b.csv', 'data/c.txt', 'data/deep/er/d.csv', 'data/.hidden'];

test.each([
  ['data/a.csv', 'file', ['a.csv']],
  ['data', 'folder', ['.hidden', 'a.csv', 'b.csv', 'c.txt', 'deep/er/d.csv']],
  ['data/', 'folder', ['.hidden', 'a.csv', 'b.csv', 'c.txt', 'deep/er/d.csv']],
  ['data/*.csv', 'pattern', ['a.csv', 'b.csv']],
  ['data/**/*.csv', 'pattern', ['a.csv', 'b.csv', 'deep/er/d.csv']],
  ['data/{a,c}.*', 'pattern', ['a.csv', 'c.txt']],
  ['data/deep/*/d.csv', 'pattern', ['er/d.csv']],
])('%s is a %s of these files', async (files, kind, paths) => {
  const set = await listFiles(realDisk, folderWith(...FILES), files);
  expect([set?.kind, set?.files.map(({ path }) => path)]).toEqual([kind, paths]);
});

test.each(['none', 'none/*.csv', 'data/*.json'])('%s is nothing', async (files) => {
  expect(await listFiles(realDisk, folderWith(...FILES), files)).toBeUndefined();
});

test('characters of patterns with a backslash before them are those of names', async () => {
  const root = folderWith('in [a] (1)/x.csv', 'in [a] (1)/x.txt', 'in a/x.csv');
  const one = await listFiles(realDisk, root, 'in \\[a\\] \\(1\\)/x.csv');
  expect([one?.kind, one?.files.map(({ path }) => path)]).toEqual(['file', ['x.csv']]);
  const both = await listFiles(realDisk, root, 'in \\[a\\] \\(1\\)/x.{csv,txt}');
  expect([both?.kind, both?.base]).toEqual(['pattern', join(root, 'in [a] (1)')]);
  expect(both?.files.map(({ path }) => path)).toEqual(['x.csv', 'x.txt']);
});

test('a file whose name looks like a pattern is that file', async () => {
  const root = folderWith('data/a[1].csv', 'data/a1.csv');
  const set = await listFiles(realDisk, root, 'data/a[1].csv');
  expect(set?.files.map(({ path }) => path)).toEqual(['a[1].csv']);
});

test('links are followed, and one that leads around is left out', async () => {
  const elsewhere = folderWith('x.csv', 'more/y.csv');
  const root = folderWith('data/a.csv');
  symlinkSync(join(elsewhere, 'x.csv'), join(root, 'data/x.csv'));
  symlinkSync(join(elsewhere, 'more'), join(root, 'data/more'));
  symlinkSync('..', join(root, 'data/around'));
  symlinkSync('nowhere', join(root, 'data/broken'));
  const set = await listFiles(realDisk, root, 'data');
  expect(set?.files.map(({ path }) => path)).toEqual(['a.csv', 'more/y.csv', 'x.csv']);
  expect(set?.files[2].real).toBe(join(elsewhere, 'x.csv'));
});

test('what tools make beside code is no code', async () => {
  const root = folderWith('lib/a.py', 'lib/__pycache__/a.pyc');
  const set = await listFiles(realDisk, root, 'lib', { isCode: true });
  expect(set?.files.map(({ path }) => path)).toEqual(['a.py']);
});

test('an edit, a new file, a removed and a renamed one show in the signature, and it is young then', async () => {
  const root = folderWith(...FILES);
  const seen = new Set<string | undefined>();
  const look = async () => {
    const set = await listFiles(realDisk, root, 'data');
    seen.add(set?.signature);
    return set?.isSettled;
  };
  expect(await look()).toBe(false);
  await look();
  expect(seen.size).toBe(1);
  writeFileSync(join(root, 'data/a.csv'), 'edited');
  utimesSync(join(root, 'data/a.csv'), 1, 1);
  expect(await look()).toBe(false);
  renameSync(join(root, 'data/a.csv'), join(root, 'data/z.csv'));
  await look();
  writeFileSync(join(root, 'data/new.csv'), '');
  await look();
  expect(seen.size).toBe(4);
});
