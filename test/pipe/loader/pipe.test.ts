import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryProject, writeFiles } from './project.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** A copy of the loader as a package of its own, with a CLI of the test's. */
function packageWith(files: Readonly<Record<string, string>>): string {
  const root = temporaryProject(files);
  for (const folder of ['src/pipe/loader', 'src/pipe/core']) {
    cpSync(join(repository, folder), join(root, folder), { recursive: true });
  }
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  return root;
}

function pipe(root: string, cwd: string, ...args: readonly string[]) {
  return spawnSync('node', [join(root, 'src/pipe/loader/pipe.mjs'), ...args], {
    cwd,
    encoding: 'utf8',
  });
}

const MAIN = {
  'src/pipe/cli/main.ts': `
    import { currentSnapshot } from '../loader/code.ts';
    export async function main(argv: readonly string[]): Promise<number> {
      console.log(JSON.stringify({ argv, root: currentSnapshot()?.projectRoot }));
      return 3;
    }`,
};

test('the bin hands its arguments to the CLI, exits with its code and tells it the snapshot', () => {
  const root = packageWith({ ...MAIN, 'pipeline.yaml': '', 'deep/er/x': '' });
  const { stdout, status } = pipe(root, join(root, 'deep/er'), 'run', '--jobs', '2');
  expect(JSON.parse(stdout)).toEqual({ argv: ['run', '--jobs', '2'], root });
  expect(status).toBe(3);
});

test('a project elsewhere brings its stages and uses the packages of this one', () => {
  const root = packageWith({
    'src/pipe/cli/main.ts': `
      import { currentSnapshot } from '../loader/code.ts';
      export const main = async () => {
        const stage = await import(currentSnapshot()?.folder + '/stages/s.js');
        console.log(stage.default);
        return 0;
      };`,
  });
  const project = temporaryProject({
    'pipeline.yaml': '',
    'stages/s.ts': `import { z } from 'zod';\nexport default z.number().parse(7);`,
  });
  expect(pipe(root, project)).toMatchObject({ stdout: '7\n', stderr: '', status: 0 });
});

test('stack traces name the lines of the .ts files', () => {
  const root = packageWith({
    'pipeline.yaml': '',
    'src/pipe/cli/main.ts': `interface A {\n  a: 1;\n}\n\n\nexport function main(): never {\n  throw new Error('no');\n}\n`,
  });
  const { stderr, status } = pipe(root, root);
  expect(stderr).toContain(`at main (${join(root, 'src/pipe/cli/main.ts')}:7:9)`);
  expect(status).toBe(1);
});

test('so do those of processes that it starts', () => {
  const root = packageWith({
    'pipeline.yaml': '',
    'src/pipe/cli/main.ts': `
      import { spawnSync } from 'node:child_process';
      export async function main(): Promise<number> {
        const worker = new URL('./worker.ts', import.meta.url).pathname;
        console.log(spawnSync('node', [worker], { encoding: 'utf8' }).stderr);
        return 0;
      }`,
    'src/pipe/cli/worker.ts': `import '../loader/inherit.mjs';\ninterface A {\n  a: 1;\n}\nthrow new Error('no') as A & Error;\n`,
  });
  expect(pipe(root, root).stdout).toContain(`${join(root, 'src/pipe/cli/worker.ts')}:5:7`);
});

test('a syntax error is reported without a stack', () => {
  const root = packageWith({ ...MAIN, 'pipeline.yaml': '', 'stages/s.ts': 'export default (;' });
  const { stderr, status } = pipe(root, root);
  expect(stderr).toBe(
    `error: unexpected ";"\n  at stages/s.ts:1:17\n 1 | export default (;\n   | ${' '.repeat(16)}^\n`,
  );
  expect(status).toBe(2);
});

test('run.mjs runs a script of the package with its arguments', () => {
  const root = packageWith({
    'bench/b.ts': 'console.log(process.argv.slice(2).join() as string);',
  });
  mkdirSync(join(root, 'elsewhere'));
  const run = (...args: readonly string[]) =>
    spawnSync('node', [join(root, 'src/pipe/loader/run.mjs'), ...args], {
      cwd: join(root, 'elsewhere'),
      encoding: 'utf8',
    });
  expect(run('../bench/b.ts', 'x', 'y')).toMatchObject({ stdout: 'x,y\n', status: 0 });
  writeFiles(root, { 'scripts/c.ts': `import '../bench/b.ts';` });
  expect(run('../scripts/c.ts', 'z')).toMatchObject({ stdout: 'z\n', status: 0 });
  expect(run('../bench/none.ts').status).toBe(2);
});
