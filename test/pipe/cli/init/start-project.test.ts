import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { describeStart, startProject } from '../../../../src/pipe/cli/init/start-project.ts';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shatter-init-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
}

test('a new project has its pipeline, stages in two languages, data, a workflow and what git ignores', () => {
  const folder = join(emptyFolder(), 'my study');
  const started = startProject(folder);
  expect(started.written.toSorted()).toEqual([
    '.github/workflows/pipeline.yml',
    '.gitignore',
    'README.md',
    'data/measurements.csv',
    'package.json',
    'pipeline.schema.json',
    'pipeline.yaml',
    'scripts/fit.py',
    'stages/clean.ts',
    'stages/plot.ts',
    'tsconfig.json',
  ]);
  const [schemaLine] = readFileSync(join(folder, 'pipeline.yaml'), 'utf8').split('\n');
  expect(schemaLine).toBe('# yaml-language-server: $schema=pipeline.schema.json');
  expect(describeStart(folder, join(folder, '..'), started).slice(0, 5)).toEqual([
    expect.stringMatching(/^my study: wrote .*pipeline\.yaml/),
    '',
    `  cd 'my study'`,
    '  npm install',
    '  npx pipe run',
  ]);
});

test('a second start finds every file and writes none', () => {
  const folder = emptyFolder();
  startProject(folder);
  const again = startProject(folder);
  expect(again.written).toEqual([]);
  expect(describeStart(folder, folder, again)[0]).toBe('this folder: every file is there already');
});

test.each([
  ['a file', (folder: string) => writeFileSync(join(folder, 'README.md'), 'mine'), 'README.md'],
  ['a folder', (folder: string) => mkdirSync(join(folder, '.gitignore')), '.gitignore'],
  [
    'a link that leads nowhere',
    (folder: string) => symlinkSync('/nowhere', join(folder, 'pipeline.yaml')),
    'pipeline.yaml',
  ],
  [
    'a link in place of a folder',
    (folder: string) => symlinkSync(tmpdir(), join(folder, 'data')),
    'data/measurements.csv',
  ],
  [
    'a file in place of a folder',
    (folder: string) => writeFileSync(join(folder, 'scripts'), ''),
    'scripts/fit.py',
  ],
])('%s that is in the way is named, and nothing is written', (_, make, path) => {
  const folder = emptyFolder();
  make(folder);
  const before = filesIn(folder);
  expect(() => startProject(folder)).toThrow(`nothing was written: ${path} would be overwritten`);
  expect(filesIn(folder)).toEqual(before);
});

test('a package.json that is there stays, and the packages it lacks are named', () => {
  const folder = emptyFolder();
  const mine = '{ "name": "mine", "dependencies": { "@shatter/pipe": "0.1.0" } }';
  writeFileSync(join(folder, 'package.json'), mine);
  const started = startProject(folder);
  expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe(mine);
  expect(describeStart(folder, folder, started)).toContain('  npm install --save-exact zod');
});

test('a missing python3 is said at once', () => {
  const folder = emptyFolder();
  vi.stubEnv('PATH', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const started = startProject(folder);
  expect(describeStart(folder, folder, started).at(-1)).toContain('there is no python3');
  writeFileSync(join(folder, 'python3'), '');
  expect(startProject(folder).hasPython).toBe(true);
});

test('what cannot be written whole is not there at all', () => {
  const folder = emptyFolder();
  // A name that is too long for any file system.
  const target = join(folder, 'x'.repeat(300));
  expect(() => startProject(target)).toThrow();
  expect(existsSync(target)).toBe(false);
});

test('the versions that a new project asks for are those that are tested here', () => {
  const read = (path: string) =>
    JSON.parse(readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8'));
  const own = read('package.json');
  const { dependencies, devDependencies } = read('starter/package.json');
  expect(dependencies).toEqual({ '@shatter/pipe': own.version, zod: own.dependencies.zod });
  expect(devDependencies).toEqual({ '@types/node': own.devDependencies['@types/node'] });
});
