import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../project.ts';
import { canObey, PipeProject, stage } from './pipe.ts';

const FILES = {
  'package.json': '{}',
  'package-lock.json': '{ "packages": { "node_modules/words": { "version": "1.0.0" } } }',
  'node_modules/words/package.json': '{ "type": "module", "exports": "./index.js" }',
  'node_modules/words/index.js': `export const word = 'found';`,
  'pipeline.yaml': 'stages: { one: {}, two: { inputs: { from: one/out } } }',
  'src/own.ts': `export { word } from 'words';`,
  'stages/one.ts': `import { word } from '../src/own.ts';${stage(`writeFileSync(outputs.out, word);`)}`,
  'stages/two.ts': stage(`writeFileSync(outputs.out, readFileSync(inputs.from.path) + '!');`, {
    inputs: `{ from: 'one' }`,
  }),
};

function projectWith(env: Readonly<Record<string, string>> = {}): PipeProject {
  const project = new PipeProject(FILES, env);
  onTestFinished(() => project.remove());
  return project;
}

/** Results, their cache and code are all as in a project with a cache of its own. */
function expectToWork(project: PipeProject): void {
  const result = join(project.root, 'artifacts/two/out.txt');
  expect(project.pipe('run')).toMatchObject({ status: 0, stderr: '' });
  expect(readFileSync(result, 'utf8')).toBe('found!');
  expect(project.pipe('run').stdout).toBe('nothing to do: 2 instances current\n');
  project.remove('artifacts');
  expect(project.pipe('run').stdout).toContain('restored from the cache');
  expect(readFileSync(result, 'utf8')).toBe('found!');
  expect(project.pipe('gc')).toMatchObject({ status: 0, stderr: '' });
  expect(project.pipe('verify').status).toBe(0);
}

test('PIPE_CACHE_DIR moves all that is in cache/, and packages are still found', () => {
  const elsewhere = temporaryFolder();
  const project = projectWith({ PIPE_CACHE_DIR: elsewhere });
  expectToWork(project);
  expect(existsSync(join(project.root, 'cache'))).toBe(false);
  expect(readdirSync(elsewhere)).toEqual(expect.arrayContaining(['actions.log', 'blobs', 'code']));
  expect(project.pipe('doctor').stdout).toContain(`cache     in ${elsewhere}\n`);
}, 120_000);

test('a cache that was moved and linked goes on as before', () => {
  const project = projectWith();
  expect(project.pipe('run').status).toBe(0);
  const elsewhere = join(temporaryFolder(), 'moved');
  renameSync(join(project.root, 'cache'), elsewhere);
  symlinkSync(elsewhere, join(project.root, 'cache'));
  expect(project.pipe('run').stdout).toBe('nothing to do: 2 instances current\n');
  project.write('stages/one.ts', FILES['stages/one.ts'].replace('word)', `word + word)`));
  expect(project.pipe('run').status).toBe(0);
  expect(readFileSync(join(project.root, 'artifacts/two/out.txt'), 'utf8')).toBe('foundfound!');
}, 120_000);

const MEMORY = '/dev/shm';
const isOtherDisk = existsSync(MEMORY) && statSync(MEMORY).dev !== statSync(tmpdir()).dev;

test.skipIf(!isOtherDisk)(
  'the cache may be on another disk than the artifacts',
  () => {
    const elsewhere = mkdtempSync(join(MEMORY, 'shatter-cache-'));
    onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
    expectToWork(projectWith({ PIPE_CACHE_DIR: elsewhere }));
  },
  120_000,
);

test('a place that is no good is one error of every command, and nothing is written', () => {
  const elsewhere = temporaryFolder();
  mkdirSync(join(elsewhere, 'tmp'));
  const project = projectWith({ PIPE_CACHE_DIR: elsewhere });
  for (const command of ['run', 'status', 'doctor', 'gc']) {
    expect(project.pipe(command)).toEqual({
      stdout: '',
      stderr: `error: ${elsewhere} (PIPE_CACHE_DIR) holds files that are not a cache's, such as tmp\n  fix: name an empty folder, or one that does not exist yet, such as ${elsewhere}/pipe-cache\n`,
      status: 1,
    });
  }
  expect(readdirSync(elsewhere)).toEqual(['tmp']);
  expect(existsSync(join(project.root, 'artifacts'))).toBe(false);
}, 120_000);

test.skipIf(!canObey)('a place that may not be written to is one error', () => {
  const elsewhere = temporaryFolder();
  chmodSync(elsewhere, 0o555);
  const project = projectWith({ PIPE_CACHE_DIR: elsewhere });
  expect(project.pipeObedient('status')).toMatchObject({
    stderr: `error: cannot keep the cache in ${elsewhere} (PIPE_CACHE_DIR): permission denied\n  fix: make the folder writable for your user\n`,
    status: 1,
  });
});
