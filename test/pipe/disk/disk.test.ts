import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Disk, realDisk } from '../../../src/pipe/disk/disk.ts';
import { writeAtomically } from '../../../src/pipe/disk/write-atomically.ts';
import { fc } from '../../properties.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { temporaryFolder } from '../project.ts';

/** What each kind of disk is to be: the real one, and the one that the fault tests trust. */
const kinds: readonly (readonly [string, () => { readonly disk: Disk; readonly root: string }])[] =
  [
    ['the real disk', () => ({ disk: realDisk, root: temporaryFolder() })],
    ['the disk in memory', () => ({ disk: new MemoryDisk('/project'), root: '/project' })],
  ];

test.each(kinds)('%s: a file changes its signature with its bytes, and only then', (_, make) => {
  const { disk, root } = make();
  const path = `${root}/file`;
  expect(disk.stat(path)).toBeUndefined();
  disk.write(path, 'abc');
  const first = disk.stat(path);
  expect(first).toMatchObject({ size: 3, isFile: true, links: 1 });
  disk.read(path);
  expect(disk.stat(path)).toEqual(first);
  disk.write(path, 'abcd');
  expect(disk.stat(path)?.signature).not.toBe(first?.signature);
});

test.each(kinds)(
  '%s: a link is a second name of the same file, unless the name is taken',
  (_, make) => {
    const { disk, root } = make();
    disk.write(`${root}/a`, 'of a');
    disk.write(`${root}/b`, 'of b');
    expect(disk.link(`${root}/a`, `${root}/b`)).toBe(false);
    expect(disk.link(`${root}/a`, `${root}/c`)).toBe(true);
    expect(disk.stat(`${root}/a`)?.links).toBe(2);
    disk.write(`${root}/c`, 'by its other name');
    expect(String(disk.read(`${root}/a`))).toBe('by its other name');
  },
);

test.each(kinds)('%s: a replaced file is another file', (_, make) => {
  const { disk, root } = make();
  disk.write(`${root}/a`, 'one');
  disk.link(`${root}/a`, `${root}/b`);
  writeAtomically(disk, `${root}/a`, 'two');
  expect([`${root}/a`, `${root}/b`].map((path) => String(disk.read(path)))).toEqual(['two', 'one']);
  expect(disk.list(root)).toEqual(['a', 'b']);
});

const names = fc.constantFrom('a', 'b', 'a/x', 'a/y', 'b/x', 'a/x/z');
const texts = fc.constantFrom('', '1', '22', '333');

/** One call of each kind, on a handful of paths. */
const calls = fc.oneof(
  fc.record({
    name: fc.constantFrom('makeFolder', 'remove', 'syncNow', 'sync', 'digest'),
    a: names,
  }),
  fc.record({ name: fc.constantFrom('read', 'list', 'stat', 'real'), a: names }),
  fc.record({ name: fc.constantFrom('rename', 'link', 'copy'), a: names, b: names }),
  fc.record({
    name: fc.constantFrom('write', 'writeAtomically', 'append', 'extend'),
    a: names,
    text: texts,
  }),
);
type Call = typeof calls extends fc.Arbitrary<infer T> ? T : never;

/** What a call returns, or the code of what it throws, without what is the disk's own affair. */
async function outcome(disk: Disk, root: string, call: Call): Promise<unknown> {
  const at = (path: string) => join(root, path);
  const args = [
    at(call.a),
    ...('b' in call ? [at(call.b)] : []),
    ...('text' in call ? [call.text] : []),
  ];
  try {
    if (call.name === 'writeAtomically') {
      writeAtomically(disk, at(call.a), 'text' in call ? call.text : '', { durable: true });
      return undefined;
    }
    const method = disk[call.name as keyof Disk] as (...all: string[]) => unknown;
    const found = await method.apply(disk, args);
    if (call.name === 'stat' && found !== undefined) {
      const { isFile, size, links } = found as NonNullable<ReturnType<Disk['stat']>>;
      return isFile ? { size, links } : 'no file';
    }
    if (call.name === 'real') return found === undefined ? undefined : 'there';
    return Buffer.isBuffer(found) ? found.toString() : found;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

test('the disk in memory answers every series of calls as the real one does', async () => {
  const parent = temporaryFolder();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(calls, { maxLength: 25 }), async (series) => {
      count += 1;
      const root = join(parent, String(count));
      mkdirSync(root);
      const memory = new MemoryDisk(root);
      for (const call of series) {
        // Folders are never moved, linked or copied.
        if ('b' in call && memory.stat(join(root, call.a))?.isFile === false) continue;
        const real = await outcome(realDisk, root, call);
        expect({ call, answer: await outcome(memory, root, call) }).toEqual({ call, answer: real });
      }
    }),
    { numRuns: 80 },
  );
});
