import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { digestStages, type StageCode, stageCodes } from '../../../src/pipe/code/stage-codes.ts';
import { type CodeFile, USES_NOTHING } from '../../../src/pipe/loader/code.ts';
import { readNpmLock } from '../../../src/pipe/loader/npm-lock.ts';
import { takeSnapshot } from '../../../src/pipe/loader/snapshot.ts';
import { temporaryProject, writeFiles } from '../loader/project.ts';

const LOCK = {
  packages: {
    '': {},
    'node_modules/a': { version: '1.0.0', dependencies: { b: '^2.0.0' } },
    'node_modules/a/node_modules/b': { version: '2.0.0' },
    'node_modules/b': { version: '1.5.0' },
    'node_modules/c': {
      version: '3.0.0',
      dependencies: { b: '*', d: '*' },
      peerDependencies: { absent: '*' },
      optionalDependencies: { 'c-linux': '3.0.0' },
    },
    'node_modules/c-linux': { version: '3.0.0', optional: true, os: ['linux'] },
    'node_modules/d': { version: '4.0.0', dependencies: { c: '*' } },
  },
} as const;

function file(facts: Partial<CodeFile> & { readonly code: string }): CodeFile {
  return {
    signature: '',
    raw: '',
    output: '',
    ...USES_NOTHING,
    ...facts,
  };
}

const FILES: Readonly<Record<string, CodeFile>> = {
  'src/loop.ts': file({ code: 'loop', imports: ['src/loss.ts'], packages: ['a'] }),
  'src/loss.ts': file({ code: 'loss', imports: ['src/loop.ts'], packages: ['c'] }),
  'src/other.ts': file({ code: 'other', packages: ['b'] }),
  'stages/helpers/x.ts': file({ code: 'x' }),
  'stages/plot.ts': file({ code: 'plot', imports: ['src/other.ts'] }),
  'stages/train.ts': file({ code: 'train', imports: ['src/loop.ts', 'stages/helpers/x.ts'] }),
};

function digestAll(
  files: Readonly<Record<string, CodeFile>>,
  lock: object = LOCK,
  groups: readonly string[] = [],
) {
  const locks = Object.fromEntries(
    Object.keys(files).map((path) => [posix.dirname(path), 'package-lock.json']),
  );
  const entries = Object.keys(files).filter((path) => path.startsWith('stages/'));
  const graph = readNpmLock('package-lock.json', JSON.stringify(lock));
  return digestStages({ entries, groups, files, locks }, { 'package-lock.json': graph });
}

function codeOf(
  files: Readonly<Record<string, CodeFile>>,
  stage: string,
  lock: object = LOCK,
): StageCode {
  const code = digestAll(files, lock)[stage];
  if (!('digest' in code)) throw new Error(code.diagnostics.map((d) => d.message).join());
  return code;
}

test('a stage depends on every file its imports reach, cycles included', () => {
  expect(codeOf(FILES, 'train').files).toEqual({
    'src/loop.ts': 'loop',
    'src/loss.ts': 'loss',
    'stages/helpers/x.ts': 'x',
    'stages/train.ts': 'train',
  });
  expect(Object.keys(codeOf(FILES, 'plot').files)).toEqual(['src/other.ts', 'stages/plot.ts']);
});

test('only files directly in stages/ or in the folder of a group are stages', () => {
  expect(Object.keys(digestAll(FILES))).toEqual(['plot', 'train']);
  expect(Object.keys(digestAll(FILES, LOCK, ['helpers']))).toEqual(['helpers/x', 'plot', 'train']);
});

test('packages bring all that they depend on, as node resolves it, but no optional ones', () => {
  expect(codeOf(FILES, 'train').packages).toEqual({
    a: '1.0.0',
    b: '1.5.0, 2.0.0',
    c: '3.0.0',
    d: '4.0.0',
  });
  expect(codeOf(FILES, 'plot').packages).toEqual({ b: '1.5.0' });
});

test('editing a file changes the digest of the stages that reach it and of no other', () => {
  const edited = { ...FILES, 'src/loss.ts': { ...FILES['src/loss.ts'], code: 'edited' } };
  expect(codeOf(edited, 'train').digest).not.toBe(codeOf(FILES, 'train').digest);
  expect(codeOf(edited, 'plot').digest).toBe(codeOf(FILES, 'plot').digest);
});

test('a new version deep in the tree of a package changes the digest', () => {
  const lock = { packages: { ...LOCK.packages, 'node_modules/d': { version: '4.0.1' } } };
  expect(codeOf(FILES, 'train', lock).digest).not.toBe(codeOf(FILES, 'train').digest);
});

test('the digest does not depend on times or on bytes that are not code', () => {
  const touched = Object.fromEntries(
    Object.entries(FILES).map(([path, f]) => [path, { ...f, signature: 'new', raw: 'new' }]),
  );
  expect(codeOf(touched, 'train').digest).toBe(codeOf(FILES, 'train').digest);
});

test('what a file refuses, a missing file and a missing package are named by whoever reaches them', () => {
  const refusal = { message: 'no', range: { file: 'src/lazy.ts', line: 3, column: 7, length: 1 } };
  const codes = digestAll({
    'src/lazy.ts': file({ code: '', refused: [refusal] }),
    'stages/a.ts': file({ code: '', imports: ['src/lazy.ts'] }),
    'stages/b.ts': file({ code: '', imports: ['data/x.json'] }),
    'stages/c.ts': file({ code: '', packages: ['left-pad'], optional: ['right-pad'] }),
    'stages/d.ts': file({ code: '', optional: ['right-pad', 'd'] }),
  });
  expect(codes.a).toEqual({ diagnostics: [refusal] });
  expect(codes.b).toMatchObject({
    diagnostics: [{ message: "'stages/b.ts' imports 'data/x.json', which does not exist" }],
  });
  expect(codes.c).toEqual({
    diagnostics: [
      {
        message:
          "'stages/c.ts' needs the package 'left-pad', which package-lock.json does not list",
        hint: 'install it: npm install --save-exact left-pad',
      },
    ],
  });
  expect(codes.d).toMatchObject({ packages: { c: '3.0.0', d: '4.0.0' } });
});

test('a package without any lock file is refused, and the contract needs none', () => {
  const files = {
    'stages/a.ts': file({ code: '', packages: ['zod'] }),
    'stages/b.ts': file({ code: '', packages: ['@shatter/pipe'] }),
  };
  const sources = { entries: Object.keys(files), groups: [], files, locks: {} };
  expect(digestStages(sources, {})).toMatchObject({
    a: { diagnostics: [{ message: expect.stringContaining('no lock file') }] },
    b: { packages: { '@shatter/pipe': '1' } },
  });
});

test('a damaged record of the code is worked out anew', async () => {
  const root = temporaryProject({ 'stages/s.ts': 'export default 1;' });
  const snapshot = await takeSnapshot({ projectRoot: root });
  const codes = stageCodes(snapshot);
  const [name] = readdirSync(snapshot.folder).filter((file) => file.startsWith('stage-codes'));
  const path = join(snapshot.folder, name);
  const text = readFileSync(path, 'utf8');
  for (const damaged of ['', '{}', text.slice(0, -9), text.replace('"digest":"', '"digest":"0')]) {
    writeFileSync(path, damaged);
    expect(stageCodes(snapshot)).toEqual(codes);
    expect(readFileSync(path, 'utf8')).toBe(text);
  }
});

test('from edit to digest: layout and types do not count, code does, however far away', async () => {
  const root = temporaryProject({
    'package-lock.json': JSON.stringify(LOCK),
    'src/deep.ts': 'export const deep = (x: number) => x + 1;\n',
    'src/types.ts': 'export type T = 1;\n',
    'src/mid.ts': `import { deep } from './deep.ts';\nexport const mid = deep(1);\n`,
    'stages/s.ts': `import type { T } from '../src/types.ts';\nimport { mid } from '../src/mid.ts';\nexport default mid as T;\n`,
  });
  const digest = async () => {
    const code = stageCodes(await takeSnapshot({ projectRoot: root })).s;
    return 'digest' in code ? code.digest : code.diagnostics;
  };
  const first = await digest();
  expect(await digest()).toBe(first);
  writeFiles(root, { 'src/types.ts': 'export type T = 2 | 3;\n' });
  expect(await digest()).toBe(first);
  writeFiles(root, {
    'src/deep.ts': '/** One more. */\nexport const deep =\n  (x: number): number => x + 1;\n',
  });
  expect(await digest()).toBe(first);
  writeFiles(root, { 'src/deep.ts': 'export const deep = (x: number) => x + 2;\n' });
  expect(await digest()).not.toBe(first);
});
