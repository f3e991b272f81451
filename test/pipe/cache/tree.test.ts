import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  artifactDigest,
  artifactSignature,
  formatTree,
  isTreeOf,
  listTree,
  parseTree,
  readTree,
  type Tree,
} from '../../../src/pipe/cache/tree.ts';
import { digestText } from '../../../src/pipe/core/digest.ts';
import { realDisk } from '../../../src/pipe/disk/disk.ts';
import { fc } from '../../properties.ts';
import { temporaryFolder } from '../project.ts';

/** A folder with a file, one to execute below it, and an empty folder. */
function folder(): string {
  const path = temporaryFolder();
  mkdirSync(join(path, 'bin'));
  mkdirSync(join(path, 'void/deep'), { recursive: true });
  writeFileSync(join(path, 'a "quoted"\nname'), 'text');
  writeFileSync(join(path, 'bin/tool'), 'run');
  chmodSync(join(path, 'bin/tool'), 0o755);
  return path;
}

const sample = `tree 1
file ${digestText('text')} 4 "a \\"quoted\\"\\nname"
exec ${digestText('run')} 3 "bin/tool"
folder "void/deep"
`;

test('a folder is read as its files, those to execute marked, and its empty folders', async () => {
  expect(formatTree(await readTree(realDisk, folder()))).toBe(sample);
  expect(formatTree(parseTree(sample) as Tree)).toBe(sample);
});

test('links are listed apart and not followed', () => {
  const path = folder();
  symlinkSync('/etc', join(path, 'bin/etc'));
  symlinkSync('nowhere', join(path, 'dangling'));
  expect(listTree(realDisk, path).unstorable).toEqual(['bin/etc', 'dangling']);
});

test.each([
  ['the bytes of a file', (path: string) => writeFileSync(join(path, 'bin/tool'), 'walk')],
  ['the permission to execute', (path: string) => chmodSync(join(path, 'bin/tool'), 0o644)],
  ['a file more', (path: string) => writeFileSync(join(path, 'void/deep/new'), '')],
  ['an empty folder more', (path: string) => mkdirSync(join(path, 'new'))],
  ['a link', (path: string) => symlinkSync('bin', join(path, 'link'))],
])('signature and digest of a folder change with %s', async (_, change) => {
  const path = folder();
  const before = [artifactSignature(realDisk, path), await artifactDigest(realDisk, path)];
  expect(before).toEqual([artifactSignature(realDisk, path), digestText(sample)]);
  change(path);
  expect(artifactSignature(realDisk, path)).not.toBe(before[0]);
  expect(await artifactDigest(realDisk, path)).not.toBe(before[1]);
});

test('the digest of a plain file is that of its bytes, and another one once it may be executed', async () => {
  const path = join(folder(), 'bin/tool');
  const executable = await artifactDigest(realDisk, path);
  chmodSync(path, 0o644);
  expect(await artifactDigest(realDisk, path)).toBe(digestText('run'));
  expect(executable).toBe(digestText(`tree 1\nexec ${digestText('run')} 3 ""\n`));
});

const file = (path: string) => `file ${digestText(path)} 1 ${JSON.stringify(path)}\n`;

test.each([
  ['nothing', ''],
  ['another head', sample.replace('tree 1', 'tree 2')],
  ['a torn end', sample.slice(0, -1)],
  ['a path out of the folder', `tree 1\n${file('../escaped')}`],
  ['a path out of the folder on the way', `tree 1\n${file('a/../../escaped')}`],
  ['an absolute path', `tree 1\n${file('/etc/passwd')}`],
  ['an empty part of a path', `tree 1\n${file('a//b')}`],
  ['a NUL', `tree 1\n${file('a\0b')}`],
  ['a file twice', `tree 1\n${file('a')}${file('a')}`],
  ['files out of order', `tree 1\n${file('b')}${file('a')}`],
  ['a file below a file', `tree 1\n${file('a')}${file('a/b')}`],
  ['a file in an empty folder', `tree 1\n${file('a/b')}folder "a"\n`],
  ['a file of no name among others', `tree 1\n${file('')}${file('a')}`],
  ['a size that is no number', `tree 1\nfile ${digestText('')} 1e9 "a"\n`],
  ['a digest that is a path', `tree 1\nfile ../../../../etc/passwd 1 "a"\n`],
  ['another spelling of a path', `tree 1\nfile ${digestText('')} 1 "\\u0061"\n`],
])('a manifest with %s is refused', (_, text) => {
  expect(parseTree(text)).toBeUndefined();
});

test('a tree is of a folder, or of a single file, and never both', () => {
  const single = { path: '', digest: digestText(''), size: 0, isExecutable: true };
  expect(
    [true, false].map((isFolder) => isTreeOf(isFolder, { files: [single], empty: [] })),
  ).toEqual([false, true]);
  expect([true, false].map((isFolder) => isTreeOf(isFolder, { files: [], empty: [] }))).toEqual([
    true,
    false,
  ]);
});

test('whatever text is parsed as a tree stays inside and is written back the same', () => {
  const part = fc.constantFrom('a', 'b', '.', '..', '', 'ä b', '\\', '"', '\n');
  const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  let parsed = 0;
  fc.assert(
    fc.property(
      fc.array(path, { maxLength: 4 }),
      fc.array(path, { maxLength: 2 }),
      (files, empty) => {
        const text = formatTree({
          files: [...files]
            .sort()
            .map((one) => ({ path: one, digest: digestText(one), size: 1, isExecutable: false })),
          empty: [...empty].sort(),
        });
        const tree = parseTree(text);
        if (tree === undefined) return;
        parsed += 1;
        expect(formatTree(tree)).toBe(text);
        for (const one of [...tree.files.map(({ path }) => path), ...tree.empty]) {
          expect(join('/root', one)).toBe(`/root/${one}`);
          expect(one.split('/')).not.toContain('..');
        }
      },
    ),
    { numRuns: 2000 },
  );
  expect(parsed).toBeGreaterThan(200);
});
