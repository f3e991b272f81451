import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { takeSnapshot } from '../../../src/pipe/loader/snapshot.ts';
import { temporaryProject, writeFiles } from './project.ts';

/** Which call that changes the disk fails, and how. */
const fault = vi.hoisted(() => ({ inStore: '', at: Number.POSITIVE_INFINITY, code: '', calls: 0 }));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const faulty =
    <A extends readonly unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      if (fault.inStore !== '' && String(args.at(0)).includes(fault.inStore)) {
        fault.calls += 1;
        if (fault.calls > fault.at) {
          throw Object.assign(new Error(`${fault.code}: no`), { code: fault.code });
        }
      }
      return call(...args);
    };
  return {
    ...fs,
    writeFileSync: faulty(fs.writeFileSync),
    mkdirSync: faulty(fs.mkdirSync),
    renameSync: faulty(fs.renameSync),
    linkSync: faulty(fs.linkSync),
    symlinkSync: faulty(fs.symlinkSync),
  };
});

function failAfter(calls: number, code: string): void {
  Object.assign(fault, { inStore: join('cache', 'code'), at: calls, code, calls: 0 });
}

beforeEach(() => {
  failAfter(Number.POSITIVE_INFINITY, '');
});

const FILES = {
  'src/a.ts': 'export const a = 1;\n',
  'src/b/c.ts': 'export const c = 2;\n',
  'stages/s.ts': `import { a } from '../src/a.ts';\nexport default a;\n`,
};

const take = (root: string) => takeSnapshot({ projectRoot: root });

test.each([
  ['ENOSPC', /the disk is full\n {2}free some space/],
  ['EROFS', /the file system is read-only/],
])(
  '%s at any moment is one clear error or no matter, and the next start is right',
  async (code, message) => {
    for (let calls = 0; ; calls += 1) {
      const root = temporaryProject(FILES);
      failAfter(calls, code);
      const result = await take(root).catch((error: unknown) => error);
      const failed = fault.calls > calls;
      failAfter(Number.POSITIVE_INFINITY, '');
      if (result instanceof Error) expect(result.message).toMatch(message);
      else
        expect(existsSync(join((result as { folder: string }).folder, 'stages/s.js'))).toBe(true);
      const { folder } = await take(root);
      expect((await import(join(folder, 'stages/s.js'))).default).toBe(1);
      const left = readdirSync(join(root, 'cache/code')).filter((name) => name.includes('tmp'));
      expect(left).toEqual([]);
      if (!failed) break;
    }
  },
);

test('a project on a read-only disk starts from the snapshot it has', async () => {
  const root = temporaryProject(FILES);
  const before = await take(root);
  failAfter(0, 'EROFS');
  expect((await take(root)).digest).toBe(before.digest);
});

test('a process that outlives an edit can freeze the sources again', async () => {
  const root = temporaryProject(FILES);
  const before = await take(root);
  writeFiles(root, { 'src/a.ts': 'export const a = 3;\n' });
  const after = await takeSnapshot(before);
  expect((await import(join(after.folder, 'stages/s.js'))).default).toBe(3);
  expect((await takeSnapshot(after)).digest).toBe(after.digest);
});
