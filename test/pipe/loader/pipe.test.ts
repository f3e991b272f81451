import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takeSnapshot } from '../../../src/pipe/loader/snapshot.ts';
import { runProcess } from '../../processes.ts';
import { commandThat, packageWith, temporaryProject, writeFiles } from './project.ts';

function pipe(root: string, cwd: string, ...args: readonly string[]) {
  return runProcess('node', [join(root, 'src/pipe/loader/pipe.mjs'), 'try', ...args], {
    cwd,
  });
}

const PRINTING = commandThat(`
    console.log(JSON.stringify({ argv, root: snapshot?.projectRoot }));
    shell.exitCode = 3;`);

/** Prints what a stage file exports. */
const SHOWING = commandThat(`
    const { default: shown } = await import(snapshot?.folder + '/stages/s.js');
    console.log(shown);`);

test('the bin hands its arguments to the command, exits with its code and tells it the snapshot', () => {
  const root = packageWith({ ...PRINTING, 'pipeline.yaml': '', 'deep/er/x': '' });
  const { stdout, status } = pipe(root, join(root, 'deep/er'), 'x', '--jobs', '2');
  expect(JSON.parse(stdout)).toEqual({ argv: ['x', '--jobs', '2'], root });
  expect(status).toBe(3);
});

test('a project elsewhere does not see the packages of this one', () => {
  const root = packageWith(SHOWING);
  const project = temporaryProject({
    'pipeline.yaml': '',
    'stages/s.ts': `export default await import('zod').catch(({ code }) => code);`,
  });
  expect(pipe(root, project)).toMatchObject({ stdout: 'ERR_MODULE_NOT_FOUND\n', stderr: '' });
});

test('stack traces name the lines of the .ts files', () => {
  const root = packageWith({
    'pipeline.yaml': '',
    'src/pipe/cli/commands.ts': `interface A {\n  a: 1;\n}\n\n\nexport const COMMANDS = [{ name: 'try', get load(): never {\n  throw new Error('no');\n} }];\n`,
  });
  const { stderr, status } = pipe(root, root, '--verbose');
  expect(stderr).toContain(`(${join(root, 'src/pipe/cli/commands.ts')}:7:9)`);
  expect(status).toBe(1);
});

test('so do those of workers, in their own lines and in those of a stage', () => {
  const root = packageWith({
    ...commandThat(`
    const { spawnSync } = await import('node:child_process');
    const worker = new URL('./worker.js', import.meta.url).pathname;
    const args = [worker, snapshot?.folder + '/stages'];
    console.log(spawnSync('node', args, { encoding: 'utf8' }).stderr);`),
    'src/pipe/workers/worker.ts': `
import { mapStacks } from '../loader/stack.ts';
interface A {
  a: 1;
}
mapStacks({ folder: process.argv[2] + '/..', projectRoot: process.cwd() });
import(process.argv[2] + '/s.js').then(({ fail }) => fail(() => { throw new Error('no') as A & Error }));`,
  });
  const project = temporaryProject({
    'pipeline.yaml': '',
    'stages/s.ts': 'interface A {\n  a: 1;\n}\n\nexport const fail = (call: () => A) => call();\n',
  });
  const { stdout } = pipe(root, project);
  expect(stdout).toContain(`${join(root, 'src/pipe/workers/worker.ts')}:7:`);
  expect(stdout).toContain(`${join(project, 'stages/s.ts')}:5:`);
});

test('a syntax error of a script is reported without a stack', () => {
  const root = packageWith({ 'bench/b.ts': 'export default (;' });
  const { stderr, status } = runProcess(
    'node',
    [join(root, 'src/pipe/loader/run.mjs'), 'bench/b.ts'],
    { cwd: root },
  );
  expect(stderr).toContain('bench/b.ts:1:17: unexpected ";"');
  expect(status).toBe(1);
});

test('run.mjs runs a script of the package with its arguments', () => {
  const root = packageWith({
    'bench/b.ts': 'console.log(process.argv.slice(2).join() as string);',
  });
  mkdirSync(join(root, 'elsewhere'));
  const run = (...args: readonly string[]) =>
    runProcess('node', [join(root, 'src/pipe/loader/run.mjs'), ...args], {
      cwd: join(root, 'elsewhere'),
    });
  expect(run('../bench/b.ts', 'x', 'y')).toMatchObject({ stdout: 'x,y\n', status: 0 });
  writeFiles(root, { 'scripts/c.ts': `import '../bench/b.ts';` });
  expect(run('../scripts/c.ts', 'z')).toMatchObject({ stdout: 'z\n', status: 0 });
  expect(run('../bench/none.ts').status).toBe(2);
});

test("a syntax error in the runner's own sources is reported with its place", () => {
  const root = packageWith({ 'src/pipe/cli/commands.ts': 'export const COMMANDS = (;' });
  const { stderr, status } = pipe(root, root);
  expect(stderr).toBe(
    `error: unexpected ";"\n  at src/pipe/cli/commands.ts:1:26\n 1 | export const COMMANDS = (;\n   | ${' '.repeat(25)}^\n`,
  );
  expect(status).toBe(2);
});

test('the runner is bundled once, and again when one of its files changed', () => {
  const root = packageWith({ ...PRINTING, 'pipeline.yaml': '' });
  const bundles = () =>
    readdirSync(join(root, 'cache/runner')).filter((name) => /^[0-9a-f]{32}$/.test(name));
  expect(pipe(root, root).status).toBe(3);
  const [first] = bundles();
  expect(pipe(root, root).status).toBe(3);
  expect(bundles()).toEqual([first]);
  writeFiles(root, commandThat('shell.exitCode = 4;'));
  expect(pipe(root, root).status).toBe(4);
  expect(bundles()).toHaveLength(2);
  writeFiles(root, PRINTING);
  expect(pipe(root, root).status).toBe(3);
  expect(bundles()).toHaveLength(2);
});

test('a damaged index of the bundle, or a missing bundle, is made anew', () => {
  const root = packageWith({ ...PRINTING, 'pipeline.yaml': '' });
  pipe(root, root);
  for (const damage of ['', '{"format":', 'null']) {
    writeFiles(root, { 'cache/runner/index.json': damage });
    expect(pipe(root, root)).toMatchObject({ status: 3, stderr: '' });
  }
  const [bundle] = readdirSync(join(root, 'cache/runner')).filter((name) => name.length === 32);
  rmSync(join(root, 'cache/runner', bundle), { recursive: true });
  expect(pipe(root, root)).toMatchObject({ status: 3, stderr: '' });
});

test("a project's own src/ runs where it has the same names as the runner's", () => {
  const root = packageWith({
    ...SHOWING,
    'src/deck.ts': `export const deck = "the runner's";`,
  });
  const project = temporaryProject({
    'pipeline.yaml': '',
    'src/deck.ts': `export const deck = "the project's";`,
    'stages/s.ts': `import { deck } from '../src/deck.ts';\nexport default deck;`,
  });
  expect(pipe(root, project)).toMatchObject({ stdout: "the project's\n", stderr: '' });
});

const IMPORTED = {
  'pipeline.yaml': '',
  'stages/s.ts': `import * as contract from '@shatter/pipe';\nexport default Object.keys(contract).join();`,
};

test('@shatter/pipe is there where it is not installed, and offers what src/pipe/index.ts does', async () => {
  const { folder } = await takeSnapshot({ projectRoot: temporaryProject(IMPORTED) });
  const { default: names } = await import(join(folder, 'stages/s.js'));
  expect(names).toBe(Object.keys(await import('../../../src/pipe/index.ts')).join());
  const { defineStage } = await import(join(folder, 'contract.mjs'));
  expect(defineStage(IMPORTED)).toBe(IMPORTED);
});

test('packages that a project has installed come first, @shatter/pipe too', async () => {
  const manifest = '{ "type": "module", "exports": "./index.js" }';
  const projectRoot = temporaryProject({
    ...IMPORTED,
    'node_modules/@shatter/pipe/package.json': manifest,
    'node_modules/@shatter/pipe/index.js': 'export const installed = 1;',
    'node_modules/zod/package.json': manifest,
    'node_modules/zod/index.js': 'export const z = 7;',
    'package-lock.json': '{"packages":{"node_modules/zod":{"version":"1.0.0"}}}',
    'stages/z.ts': `export { z as default } from 'zod';`,
  });
  const { folder } = await takeSnapshot({ projectRoot });
  expect((await import(join(folder, 'stages/s.js'))).default).toBe('installed');
  expect((await import(join(folder, 'stages/z.js'))).default).toBe(7);
});
