import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { stageCodes } from '../../../src/pipe/code/stage-codes.ts';
import { unseal } from '../../../src/pipe/core/checksummed-json.mjs';
import { markUsedByJobs, removeMarksOfJobs } from '../../../src/pipe/loader/folder-store.mjs';
import { takeSnapshot } from '../../../src/pipe/loader/snapshot.ts';
import { commandThat, packageWith, temporaryProject, writeFiles } from './project.ts';

const FILES = {
  'pipeline.yaml': '',
  'package-lock.json': '{"packages":{}}',
  'src/a.ts': `import { b } from './deep/b.ts';\nexport const a: number = b;\n`,
  'src/deep/b.ts': 'export const b = 1;\n',
  'src/data.json': '{"x": 1}',
  'stages/s.ts': `import { a } from '../src/a.ts';\nexport const data = new URL('../src/data.json', import.meta.url);\nexport default a;\n`,
  'src/unused.ts': 'export const a = ;',
};

function snapshotOf(root: string) {
  return takeSnapshot({ projectRoot: root });
}

test('a snapshot holds what the stages reach, transpiled, with its imports pointing at what runs', async () => {
  const root = temporaryProject(FILES);
  const { folder, files } = await snapshotOf(root);
  expect(Object.keys(files)).toEqual(['src/a.ts', 'src/data.json', 'src/deep/b.ts', 'stages/s.ts']);
  expect(readFileSync(join(folder, 'src/a.js'), 'utf8')).toContain('"./deep/b.js"');
  expect((await import(join(folder, 'stages/s.js'))).default).toBe(1);
});

test('taking a snapshot again gives the same one', async () => {
  const root = temporaryProject(FILES);
  const first = await snapshotOf(root);
  expect((await snapshotOf(root)).digest).toBe(first.digest);
});

test('an edit gives another snapshot and leaves the former untouched', async () => {
  const root = temporaryProject(FILES);
  const before = await snapshotOf(root);
  writeFiles(root, { 'src/deep/b.ts': 'export const b = 2;\n' });
  const after = await snapshotOf(root);
  expect(after.digest).not.toBe(before.digest);
  expect(readFileSync(join(before.folder, 'src/deep/b.js'), 'utf8')).toContain('1');
  expect((await import(join(after.folder, 'stages/s.js'))).default).toBe(2);
});

test('undoing an edit gives the former snapshot back', async () => {
  const root = temporaryProject(FILES);
  const before = await snapshotOf(root);
  writeFiles(root, { 'stages/extra.ts': 'export {};' });
  expect((await snapshotOf(root)).digest).not.toBe(before.digest);
  rmSync(join(root, 'stages/extra.ts'));
  expect((await snapshotOf(root)).digest).toBe(before.digest);
});

test('comments, types and layout change the snapshot but not the code digest', async () => {
  const root = temporaryProject(FILES);
  const before = await snapshotOf(root);
  writeFiles(root, { 'src/deep/b.ts': '// one\nexport const b: number =\n  1 as const;\n' });
  const after = await snapshotOf(root);
  expect(after.digest).not.toBe(before.digest);
  expect(after.files['src/deep/b.ts'].code).toBe(before.files['src/deep/b.ts'].code);
});

test('what does not parse is refused with file, line and column, and stops no other stage', async () => {
  const root = temporaryProject({
    'src/a.ts': 'export const a = ;\n',
    'stages/r.ts': `import '../src/a.ts';\n`,
    'stages/s.ts': 'const ä = 1; const b = = 2;\n',
    'stages/t.ts': 'export default 1;\n',
  });
  const snapshot = await snapshotOf(root);
  expect(stageCodes(snapshot)).toMatchObject({
    r: {
      diagnostics: [
        { message: 'unexpected ";"', range: { file: 'src/a.ts', line: 1, column: 18 } },
      ],
    },
    s: { diagnostics: [{ range: { file: 'stages/s.ts', line: 1, column: 24 } }] },
    t: { digest: expect.any(String) },
  });
  expect((await import(join(snapshot.folder, 'stages/t.js'))).default).toBe(1);
});

test('two files that would run under one name are refused', async () => {
  const root = temporaryProject({
    'stages/s.ts': `import '../src/a.ts';\nimport '../src/a.js';\n`,
    'src/a.ts': '',
    'src/a.js': '',
  });
  expect(stageCodes(await snapshotOf(root))).toMatchObject({
    s: { diagnostics: [{ message: expect.stringContaining('would run as the same file') }] },
  });
});

test('a damaged index or a missing snapshot is made anew', async () => {
  const root = temporaryProject(FILES);
  const first = await snapshotOf(root);
  const index = join(root, 'cache/code/index.json');
  const text = readFileSync(index, 'utf8');
  for (const damaged of ['{"format":', '', 'null', text.replace('src/a.ts', 'src/b.ts')]) {
    writeFileSync(index, damaged);
    expect((await snapshotOf(root)).digest).toBe(first.digest);
    expect(unseal(readFileSync(index, 'utf8'))).toBeDefined();
  }
  expect((await snapshotOf(root)).digest).toBe(first.digest);
  rmSync(first.folder, { recursive: true });
  const again = await snapshotOf(root);
  expect(existsSync(join(again.folder, 'stages/s.js'))).toBe(true);
});

test('a cache folder that cannot be made is one clear error', async () => {
  const root = temporaryProject({ ...FILES, cache: 'a file' });
  await expect(snapshotOf(root)).rejects.toThrow(
    /^cannot write .*cache.code: a file is in its place/,
  );
});

test.skipIf(process.getuid?.() === 0)('a read-only project is one clear error', async () => {
  const root = temporaryProject(FILES);
  chmodSync(root, 0o555);
  await expect(snapshotOf(root))
    .rejects.toThrow(/permission denied/)
    .finally(() => {
      chmodSync(root, 0o755);
    });
});

test('many processes starting at once all run, and leave no half-written snapshot', async ({
  signal,
}) => {
  const root = packageWith({
    ...FILES,
    ...commandThat(`console.log((await import(snapshot?.folder + '/stages/s.js')).default);`),
  });
  const runs = await Promise.all(
    Array.from({ length: 5 }, () =>
      // When the test is given up, none of them may write where its folder is being removed.
      execa('node', [join(root, 'src/pipe/loader/pipe.mjs'), 'try'], {
        cwd: root,
        cancelSignal: signal,
      }),
    ),
  );
  expect(runs.map(({ stdout }) => stdout)).toEqual(Array(5).fill('1'));
  for (const store of ['cache/code', 'cache/runner']) {
    const left = readdirSync(join(root, store)).filter((name) => name.includes('tmp'));
    expect(left).toEqual([]);
    expect(readdirSync(join(root, store, 'in-use'))).toEqual([]);
  }
}, 180_000);

test('old snapshots are pruned, those in use are not', async () => {
  const root = temporaryProject(FILES);
  const store = join(root, 'cache/code');
  const first = await snapshotOf(root);
  for (let n = 0; n < 12; n += 1) {
    writeFiles(root, { 'src/deep/b.ts': `export const b = ${n + 10};\n` });
    await snapshotOf(root);
    // Only the first stays in use, by a process that is alive.
    for (const mark of readdirSync(join(store, 'in-use'))) {
      if (!mark.startsWith(first.digest)) rmSync(join(store, 'in-use', mark));
    }
  }
  const kept = readdirSync(store).filter((name) => /^[0-9a-f]{32}$/.test(name));
  expect(kept).toContain(first.digest);
  // The first, the current one with the one before it, and eight that are merely recent.
  expect(kept).toHaveLength(11);
});

test('what jobs start from that wait in a queue is not pruned, until they are no more', async () => {
  const root = temporaryProject(FILES);
  const store = join(root, 'cache/code');
  const { digest } = await snapshotOf(root);
  markUsedByJobs(store, digest, 'slurm-1');
  const edit = async (n: number) => {
    for (const mark of readdirSync(join(store, 'in-use'))) {
      if (!mark.includes('slurm')) rmSync(join(store, 'in-use', mark));
    }
    writeFiles(root, { 'src/deep/b.ts': `export const b = ${n + 10};\n` });
    await snapshotOf(root);
  };
  for (let n = 0; n < 10; n += 1) await edit(n);
  expect(existsSync(join(store, digest))).toBe(true);
  removeMarksOfJobs(store, 'slurm-2');
  await edit(10);
  expect(existsSync(join(store, digest))).toBe(true);
  removeMarksOfJobs(store, 'slurm-1');
  await edit(11);
  expect(existsSync(join(store, digest))).toBe(false);
});

test('what a killed process left half written is removed', async () => {
  const root = temporaryProject({ ...FILES, 'cache/code/.tmp-999999999-x/src/a.js': '' });
  await snapshotOf(root);
  expect(readdirSync(join(root, 'cache/code')).filter((name) => name.startsWith('.tmp'))).toEqual(
    [],
  );
});

test('a moved project makes its snapshot anew', async () => {
  const root = temporaryProject({ 'p/stages/a.ts': 'export const a = 1;' });
  await snapshotOf(join(root, 'p'));
  renameSync(join(root, 'p'), join(root, 'q'));
  const { folder } = await snapshotOf(join(root, 'q'));
  expect(existsSync(join(folder, 'stages/a.js'))).toBe(true);
  expect(folder.startsWith(join(root, 'q'))).toBe(true);
});
