import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type StageCode, stageCodes } from '../../../src/pipe/code/stage-codes.ts';
import type { Diagnostic } from '../../../src/pipe/core/diagnostic.ts';
import { takeSnapshot } from '../../../src/pipe/loader/snapshot.ts';
import { temporaryProject, writeFiles } from './project.ts';

/** The code of the stage `s`, and what it exports. */
async function load(projectRoot: string) {
  const snapshot = await takeSnapshot({ projectRoot });
  const code = stageCodes(snapshot).s;
  if (!('digest' in code)) throw new Error(JSON.stringify(code.diagnostics));
  const { default: exported } = await import(
    join(snapshot.folder, snapshot.files['stages/s.ts'].output)
  );
  return { exported, code };
}

async function refusals(files: Readonly<Record<string, string>>): Promise<readonly Diagnostic[]> {
  const code = stageCodes(await takeSnapshot({ projectRoot: temporaryProject(files) })).s;
  return 'diagnostics' in code ? code.diagnostics : [];
}

/** Whether an edit of each file alone changes the key. */
async function expectTracked(root: string, edits: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(edits)) {
    const before = (await load(root)).code.digest;
    writeFiles(root, { [path]: text });
    expect((await load(root)).code.digest, path).not.toBe(before);
  }
}

test('a stage imports whatever is below the root, in any format, and all of it is in the key', async () => {
  const root = temporaryProject({
    'package.json': '{ "imports": { "#names": "./lib/names.ts" } }',
    'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./lib/*"] } } }',
    'stages/s.ts': `
      import { names } from '#names';
      import { typed } from '@/typed.mjs';
      import old from '../lib/old.cjs';
      import cts from '../lib/cts.cjs';
      import { own } from '../app/loader/code.ts';
      import json from '../data/a.json';
      const lazy: { default: { b: number } } = await import('../data/b.json');
      export default [names, typed, old.v, cts.v, own, json.a, lazy.default.b];`,
    'lib/names.ts': `export const names = 'names';`,
    'lib/typed.mts': `export const typed: string = 'mts';`,
    'lib/old.cjs': `exports.v = require('./older').v;`,
    'lib/older.js': `exports.v = 'commonjs';`,
    'lib/cts.cts': `const { v } = require('./older.js'); export const v2: number = 1; export { v };`,
    'app/loader/code.ts': `export const own = 'own';`,
    'data/a.json': '{ "a": 1 }',
    'data/b.json': '{ "b": 2 }',
  });
  const { exported, code } = await load(root);
  expect(exported).toEqual(['names', 'mts', 'commonjs', 'commonjs', 'own', 1, 2]);
  expect(Object.keys(code.files)).toHaveLength(9);
  await expectTracked(root, {
    'lib/older.js': `exports.v = 'edited';`,
    'data/b.json': '{ "b": 3 }',
    'lib/typed.mts': `export const typed = 'edited';`,
  });
});

test('what decides where an import leads counts: a config, and a file that takes precedence', async () => {
  const root = temporaryProject({
    'package.json': '{ "type": "module", "imports": { "#a": "./one.ts" } }',
    'tsconfig.json': '{ "compilerOptions": { "paths": { "~": ["./one.ts"] } } }',
    'one.ts': 'export default 1;',
    'two.ts': 'export default 2;',
    'either.ts': `export default 'ts';`,
    'stages/s.ts': `import a from '#a'; import b from '~'; import c from '../either.js'; export default [a, b, c];`,
  });
  expect((await load(root)).exported).toEqual([1, 1, 'ts']);
  writeFiles(root, { 'package.json': '{ "type": "module", "imports": { "#a": "./two.ts" } }' });
  expect((await load(root)).exported).toEqual([2, 1, 'ts']);
  writeFiles(root, {
    'tsconfig.json': '{ "compilerOptions": { "paths": { "~": ["./two.ts"] } } }',
  });
  expect((await load(root)).exported).toEqual([2, 2, 'ts']);
  writeFiles(root, { 'either.js': `export default 'js';` });
  expect((await load(root)).exported).toEqual([2, 2, 'js']);
});

test('a package that is a link is source: its content counts, and it finds its own packages', async () => {
  const root = temporaryProject({
    'package.json': '{ "type": "module" }',
    'package-lock.json': JSON.stringify({
      packages: {
        '': {},
        'node_modules/@acme/shared': { resolved: 'packages/shared', link: true },
        'packages/shared': { version: '1.0.0', dependencies: { dep: '1' } },
        'packages/shared/node_modules/dep': { version: '1.2.0' },
      },
    }),
    'packages/shared/package.json': '{ "name": "@acme/shared", "exports": "./src/index.ts" }',
    'packages/shared/src/index.ts': `import dep from 'dep'; export const shared = ['first', dep] as const;`,
    'packages/shared/node_modules/dep/package.json': '{ "main": "i.js" }',
    'packages/shared/node_modules/dep/i.js': `module.exports = 'its own';`,
    'node_modules/.keep': '',
    'stages/s.ts': `import { shared } from '@acme/shared'; export default shared;`,
  });
  writeFiles(root, { 'node_modules/@acme/.keep': '' });
  symlinkSync('../../packages/shared', join(root, 'node_modules/@acme/shared'));
  const { exported, code } = await load(root);
  expect(exported).toEqual(['first', 'its own']);
  expect(code.packages).toEqual({ dep: '1.2.0' });
  await expectTracked(root, { 'packages/shared/src/index.ts': `export const shared = 'second';` });
});

test('a project within a workspace imports what is beside it, by the lock file above', async () => {
  const root = temporaryProject({
    'package-lock.json': '{ "packages": { "": {}, "node_modules/dep": { "version": "2.0.0" } } }',
    'node_modules/dep/package.json': '{ "main": "i.js" }',
    'node_modules/dep/i.js': `module.exports = 'hoisted';`,
    'shared/a.ts': `export { default } from 'dep';`,
    'apps/study/package.json': '{ "type": "module" }',
    'apps/study/stages/s.ts': `export { default } from '../../../shared/a.ts';`,
  });
  const { exported, code } = await load(join(root, 'apps/study'));
  expect(exported).toBe('hoisted');
  expect(code.packages).toEqual({ dep: '2.0.0' });
  expect(Object.keys(code.files)).toEqual(['../../shared/a.ts', 'stages/s.ts']);
});

test('what is read beside the code by a literal is in the key, a folder with all that comes into it', async () => {
  const root = temporaryProject({
    'stages/s.ts': `
      import { readdirSync, readFileSync } from 'node:fs';
      import { dirname, join } from 'node:path';
      import { fileURLToPath } from 'node:url';
      import { createRequire } from 'node:module';
      const here = dirname(fileURLToPath(import.meta.url));
      const tables = new URL('../tables/', import.meta.url);
      const load = createRequire(import.meta.url);
      export default [
        readFileSync(join(here, '../data', 'a.txt'), 'utf8'),
        readFileSync(\`\${import.meta.dirname}/../data/b.txt\`, 'utf8'),
        readdirSync(tables).map((name) => readFileSync(new URL(name, tables), 'utf8')).join(),
        load('../data/c.json').c,
        import.meta.resolve('../data/d.txt').endsWith('/data/d.txt'),
      ];`,
    'data/a.txt': 'a',
    'data/b.txt': 'b',
    'data/c.json': '{ "c": 1 }',
    'data/d.txt': 'd',
    'tables/one': '1',
  });
  expect((await load(root)).exported).toEqual(['a', 'b', '1', 1, true]);
  await expectTracked(root, {
    'data/a.txt': 'A',
    'data/b.txt': 'B',
    'data/c.json': '{ "c": 2 }',
    'data/d.txt': 'D',
    'tables/two': '2',
  });
  expect((await load(root)).exported).toEqual(['A', 'B', '1,2', 2, true]);
});

test.each([
  ['import(name)', 'import'],
  ["readFileSync(new URL(name, import.meta.url), 'utf8')", 'import.meta.url'],
  ["readFileSync(join(import.meta.dirname, name), 'utf8')", 'import.meta.dirname'],
  ['readdirSync(import.meta.dirname)', 'import.meta.dirname'],
  ['helper(import.meta)', 'import.meta'],
  ['helper(import.meta.url)', 'import.meta.url'],
  ['createRequire(import.meta.url)(name)', 'createRequire'],
  ['createRequire(name)', 'createRequire'],
  ['[createRequire(import.meta.url)].map(helper)', 'createRequire'],
  ['import.meta.resolve(name)', 'import.meta'],
])('%s is refused at its place, with what to do', async (expression, at) => {
  const line = `export default (name: string) => ${expression};`;
  const [first, ...others] = await refusals({
    'stages/s.ts': `import { createRequire } from 'node:module';\n\n${line}\n`,
  });
  expect(others).toEqual([]);
  const range = { file: 'stages/s.ts', line: 3, column: line.indexOf(at) + 1 };
  expect(first).toMatchObject({ range, hint: expect.any(String) });
});

test.each([
  ['require(name)', 1],
  ['const other = require', 15],
  ["require('fs').readFileSync(__dirname + name)", 28],
  ["module.require('./' + name)", 1],
])('in CommonJS %s is refused too', async (expression, column) => {
  const found = await refusals({
    'stages/s.ts': `import '../lib/old.cjs';`,
    'lib/old.cjs': `${expression};\n`,
  });
  expect(found).toMatchObject([{ range: { file: 'lib/old.cjs', line: 1, column } }]);
});

test('what only looks like a read is none', async () => {
  const found = await refusals({
    'stages/s.ts': `
      // import(name), require(name), __dirname
      import { fileURLToPath } from 'node:url';
      const text = 'import.meta.url require(x) __dirname';
      const object = { require: 1, __dirname: 2 };
      const isMain = process.argv[1] === fileURLToPath(import.meta.url);
      export default [text, object.require, isMain, (require: number) => require + 1];`,
  });
  expect(found).toEqual([]);
});

test('an import that leads nowhere is refused where it stands, unless the code does without', async () => {
  const found = await refusals({
    'stages/s.ts': `try { await import('./none.ts'); } catch {}\nimport './gone.ts';\n`,
  });
  expect(found).toMatchObject([
    {
      message: "'stages/s.ts' imports './gone.ts', which does not exist",
      range: { file: 'stages/s.ts', line: 2, column: 8 },
    },
  ]);
});

test.each<readonly [string, string]>([
  [
    'pnpm-lock.yaml',
    `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      a: { specifier: ^1, version: 1.0.0(b@2.0.0) }
packages:
  a@1.0.0: { resolution: { integrity: x } }
snapshots:
  a@1.0.0(b@2.0.0): { dependencies: { b: 2.0.0 } }
  b@2.0.0: {}
`,
  ],
  [
    'pnpm-lock.yaml',
    `lockfileVersion: '6.0'
dependencies:
  a: { specifier: ^1, version: 1.0.0 }
packages:
  /a@1.0.0: { dependencies: { b: 2.0.0 } }
  /b@2.0.0: {}
`,
  ],
  [
    'yarn.lock',
    `# yarn lockfile v1

a@^1:
  version "1.0.0"
  resolved "https://registry/a"
  dependencies:
    b "2.x || ^2"

"b@2.x || ^2", b@^2.0.0:
  version "2.0.0"
`,
  ],
  [
    'yarn.lock',
    `__metadata:
  version: 8

"a@npm:^1":
  version: 1.0.0
  resolution: "a@npm:1.0.0"
  dependencies:
    b: "npm:^2"

"b@npm:^2, b@npm:^2.0.0":
  version: 2.0.0
  resolution: "b@npm:2.0.0"

"p@workspace:.":
  version: 0.0.0-use.local
  resolution: "p@workspace:."
`,
  ],
])('versions come from the nearest %s', async (file, text) => {
  const root = temporaryProject({
    [`p/${file}`]: text,
    'p/package.json': '{ "type": "module", "dependencies": { "a": "^1" } }',
    'p/stages/s.ts': `import a from 'a'; export default a;`,
    'package-lock.json': '{ "packages": { "node_modules/a": { "version": "9.0.0" } } }',
  });
  const versionsOf = async () => {
    const { s } = stageCodes(await takeSnapshot({ projectRoot: join(root, 'p') }));
    return (s as StageCode).packages;
  };
  const { a, b } = await versionsOf();
  expect(a).toMatch(/^1\.0\.0/);
  expect(b).toBe('2.0.0');
  writeFiles(root, { [`p/${file}`]: text.replaceAll('2.0.0', '2.0.1') });
  expect((await versionsOf()).b).toBe('2.0.1');
});

test('a lock file that is made later counts, the first one and one that is nearer', async () => {
  const root = temporaryProject({
    'p/package.json': '{ "type": "module" }',
    'p/stages/s.ts': `import a from 'a'; export default a;`,
  });
  const lock = (version: string) =>
    `{ "packages": { "node_modules/a": { "version": "${version}" } } }`;
  const codeNow = async () =>
    stageCodes(await takeSnapshot({ projectRoot: join(root, 'p') })).s as Partial<StageCode>;
  expect((await codeNow()).packages).toBeUndefined();
  writeFiles(root, { 'package-lock.json': lock('1.0.0') });
  expect((await codeNow()).packages).toEqual({ a: '1.0.0' });
  writeFiles(root, { 'p/package-lock.json': lock('2.0.0') });
  expect((await codeNow()).packages).toEqual({ a: '2.0.0' });
});

test('a lock file that is not understood is one clear error', async () => {
  for (const [file, text] of [
    ['package-lock.json', '{ "lockfileVersion": 1 }'],
    ['pnpm-lock.yaml', 'lockfileVersion: 5.4'],
    ['package-lock.json', '{'],
  ]) {
    const projectRoot = temporaryProject({ [file]: text, 'stages/s.ts': '' });
    await expect(takeSnapshot({ projectRoot })).rejects.toThrow(`${file} cannot be read: `);
  }
});
