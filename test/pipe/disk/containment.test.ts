import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import { assertContained, assertInside } from '../../../src/pipe/disk/containment.ts';
import { realDisk } from '../../../src/pipe/disk/disk.ts';
import { Paths } from '../../../src/pipe/disk/paths.ts';
import { collectGarbage } from '../../../src/pipe/upkeep/gc.ts';
import { eventsOf, graphOf, TestProject, temporaryFolder } from '../project.ts';

const graph = graphOf([{ id: 'a' }, { id: 'b', needs: ['a'] }]);

/** A folder that is nobody's business, with something precious two levels down. */
function outside(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'ab'));
  writeFileSync(join(folder, 'ab/precious'), 'mine');
  writeFileSync(join(folder, 'notes.1.tmp'), 'mine');
  return folder;
}

function contents(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

test.each([
  'artifacts',
  'artifacts/a',
  'cache/blobs',
  'cache/runs',
  'cache/journals',
  'cache/checkpoints',
  'cache/logs',
  'cache/tmp',
  'cache/manifests',
  'cache/ledgers',
  'cache/contracts',
  'cache/workers',
  'cache/code',
])('a run writes nothing through %s when that is a link to elsewhere', async (path) => {
  const project = new TestProject();
  const elsewhere = outside();
  const before = contents(elsewhere);
  mkdirSync(dirname(join(project.root, path)), { recursive: true });
  symlinkSync(elsewhere, join(project.root, path));
  const report = await project.run(graph).catch((error: unknown) => error);
  const said =
    report instanceof Error
      ? report.message
      : JSON.stringify((report as { events: unknown }).events);
  expect(said).toContain('leads out of the project, by a symbolic link to');
  expect(contents(elsewhere)).toEqual(before);
});

test('a result that cannot be put in place is one failure, and the run ends', async () => {
  const project = new TestProject();
  await project.run(graph);
  rmSync(join(project.root, 'artifacts/a'), { recursive: true });
  const elsewhere = outside();
  symlinkSync(elsewhere, join(project.root, 'artifacts/a'));
  const { ok, events } = await project.run(graph);
  expect(ok).toBe(false);
  expect(eventsOf(events, 'failed')).toMatchObject([{ instance: 'a', retry: false }]);
});

test.each(['cache/actions.log', 'cache/signatures.log'])(
  'a run writes nothing through %s when that is a link to a file elsewhere',
  async (path) => {
    const project = new TestProject();
    const file = join(outside(), 'notes.1.tmp');
    mkdirSync(join(project.root, 'cache'));
    symlinkSync(file, join(project.root, path));
    await project.run(graph).catch(() => {});
    expect(readFileSync(file, 'utf8')).toBe('mine');
  },
);

test('a link in the place of an artifact is replaced, and what it points to left alone', async () => {
  const project = new TestProject();
  const file = join(outside(), 'notes.1.tmp');
  mkdirSync(join(project.root, 'artifacts/a'), { recursive: true });
  symlinkSync(file, join(project.root, 'artifacts/a/out.txt'));
  expect((await project.run(graph)).ok).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe('mine');
  expect(readFileSync(join(project.root, 'artifacts/a/out.txt'), 'utf8')).toBe('({})');
});

test('gc removes nothing outside, wherever the folders of the cache lead', async () => {
  for (const path of ['cache/blobs', 'cache/blobs/ab']) {
    const project = new TestProject();
    await project.run(graph);
    const elsewhere = outside();
    const before = contents(elsewhere);
    rmSync(join(project.root, path), { recursive: true, force: true });
    symlinkSync(path.endsWith('ab') ? join(elsewhere, 'ab') : elsewhere, join(project.root, path));
    const gc = async () => {
      const cache = new Cache(project.root);
      assertContained(realDisk, cache.paths);
      await collectGarbage(cache, [graph], () => 'other code', [], 0, false);
    };
    await expect(gc()).rejects.toThrow('leads out of the project');
    expect(contents(elsewhere)).toEqual(before);
  }
});

test('a file among the blobs that is none is not touched', async () => {
  const project = new TestProject();
  await project.run(graph);
  const note = join(project.root, 'cache/blobs/ab/README');
  mkdirSync(dirname(note), { recursive: true });
  writeFileSync(note, 'mine');
  await collectGarbage(new Cache(project.root), [], () => '', [], 0, false);
  expect(existsSync(note)).toBe(true);
  expect([...new Cache(project.root).blobs.list()]).toEqual([]);
});

test('a path with .. in it, or of another folder, is outside', () => {
  const root = temporaryFolder();
  for (const path of [
    `${root}/../x`,
    `${root}/a/../../x`,
    `${root}/..`,
    `${root}x`,
    '/etc/passwd',
  ]) {
    expect(() => assertInside(realDisk, root, path)).toThrow(/outside of the project/);
  }
  expect(() => assertInside(realDisk, root, `${root}/not/yet/there`)).not.toThrow();
  expect(() => assertContained(realDisk, new Paths(root))).not.toThrow();
});

test('a project that is itself reached through a link is inside of itself', () => {
  const root = temporaryFolder();
  const link = join(temporaryFolder(), 'link');
  symlinkSync(root, link);
  expect(() => assertContained(realDisk, new Paths(link))).not.toThrow();
});
