import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installPackages, linkPackage, REPOSITORY } from './install.ts';

/** The stages `words` and `count`. */
const [WORDS, COUNT] = examplesOf('ts');

/** As npm writes it; versions of the packages are part of what a stage's result depends on. */
const LOCK = JSON.stringify({
  lockfileVersion: 3,
  packages: Object.fromEntries(
    ['zod', '@shatter/pipe'].map((name) => [`node_modules/${name}`, { version: '1.0.0' }]),
  ),
});

let project: string;
let installed: readonly string[];

beforeAll(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'outside-')));
  installed = installPackages(project);
  mkdirSync(join(project, 'stages'));
  writeFileSync(join(project, 'pipeline.yaml'), examplesOf('yaml')[0]);
  writeFileSync(join(project, 'stages/words.ts'), WORDS);
  writeFileSync(join(project, 'stages/count.ts'), COUNT);
  writeFileSync(join(project, 'package-lock.json'), LOCK);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
}, 120_000);

afterAll(() => rmSync(project, { recursive: true }));

function examplesOf(language: string): readonly string[] {
  const readme = readFileSync(join(REPOSITORY, 'src/packages/pipe/README.md'), 'utf8');
  const blocks = readme.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'));
  return [...blocks].map(([, code]) => code);
}

function pipe(...args: readonly string[]) {
  return pipeIn(project, ...args);
}

function pipeIn(cwd: string, ...args: readonly string[]) {
  const [folder] = installed;
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return execaSync('node', [join(folder, bin.pipe), ...args], { cwd, reject: false });
}

/** Every file with its size and time. */
function contentsOf(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true }) as string[];
  return names.map((name) => {
    const { mtimeMs, size } = statSync(join(folder, name));
    return `${name} ${size} ${mtimeMs}`;
  });
}

test('the README example runs, once, and nothing is written to node_modules', () => {
  const before = installed.flatMap(contentsOf);
  const first = pipe('run', '--reporter', 'plain');
  expect(first).toMatchObject({ exitCode: 0 });
  expect(readFileSync(join(project, 'artifacts/count/count.txt'), 'utf8')).toBe('6');
  expect(pipe('run', '--reporter', 'plain').stdout).toMatch(/^nothing to do/m);
  expect(installed.flatMap(contentsOf)).toEqual(before);
}, 60_000);

test('another version of the runner is not a reason to run a stage again', () => {
  writeFileSync(join(project, 'package-lock.json'), LOCK.replace('1.0.0"}}', '2.0.0"}}'));
  expect(pipe('run', '--reporter', 'plain').stdout).toMatch(/^nothing to do/m);
});

test('an edit of a stage reruns it, and its errors name its lines', () => {
  writeFileSync(join(project, 'stages/count.ts'), COUNT.replace('words.length', 'words.size()'));
  const { exitCode, stdout, stderr } = pipe('run', '--reporter', 'plain', '--verbose');
  expect(exitCode).toBe(1);
  expect(stdout + stderr).toContain(`${join(project, 'stages/count.ts')}:11:`);
  expect(stdout + stderr).toContain(`${join(installed[0], 'src/pipe/workers/run-stage.ts')}:`);
  writeFileSync(join(project, 'stages/count.ts'), COUNT);
});

test('source maps name files of the package, not of the folder that it was built in', () => {
  for (const folder of installed) {
    const maps = readdirSync(folder).filter((name) => name.endsWith('.map'));
    const sources = maps.flatMap(
      (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).sources as string[],
    );
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.filter((source) => !/^(src|node_modules)\/|^nothing:/.test(source))).toEqual([]);
  }
});

test('the command knows its version and completes by its own file', () => {
  const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
  expect(pipe('--version').stdout).toBe(version);
  expect(pipe('completion', 'bash').stdout).toContain(join(installed[0], 'pipe.js'));
});

test('the package that npm create calls starts the same project as the command', () => {
  const program = join(project, 'built/create-pipe/create-pipe.js');
  const created = execaSync('node', [program, 'created'], { cwd: project });
  const started = pipe('init', 'started');
  expect(created.stdout.replaceAll('created', 'started')).toBe(started.stdout);
  const namesIn = (name: string) => readdirSync(join(project, name), { recursive: true }).sort();
  expect(namesIn('created')).toEqual(namesIn('started'));
  expect(namesIn('started')).toContain('.gitignore');
  const again = execaSync('node', [program, '--hlep'], { cwd: project, reject: false });
  expect(again).toMatchObject({ exitCode: 2, stderr: 'usage: npm create @shatter/pipe [FOLDER]' });
});

test.skipIf(execaSync('python3', ['--version'], { reject: false }).failed)(
  'a new project makes its figure, and its schema and types are those of its stages',
  () => {
    for (const name of ['typescript', '@types/node']) linkPackage(project, name);
    pipe('init', 'fresh');
    const fresh = join(project, 'fresh');
    expect(pipeIn(fresh, 'run', '--reporter', 'plain').stdout).toMatch(/^done in .*: 5 ran$/m);
    const figure = readFileSync(join(fresh, 'artifacts/plot/figure.svg'), 'utf8');
    expect(figure.match(/<polyline/g)).toHaveLength(3);
    // Otherwise starter/schema-parts.json does not say what the stages of starter/ do.
    const { stdout } = pipeIn(fresh, 'schema', '--project');
    expect(`${stdout}\n`).toBe(readFileSync(join(fresh, 'pipeline.schema.json'), 'utf8'));
    const tsc = join(project, 'node_modules/typescript/bin/tsc');
    expect(execaSync('node', [tsc], { cwd: fresh, reject: false }).stdout).toBe('');
  },
);

test('both packages bring types that a strict project accepts', () => {
  for (const name of ['typescript', '@types/node', '@webgpu/types']) linkPackage(project, name);
  writeFileSync(
    join(project, 'program.ts'),
    `import { compile, type Optimizer, sgd, tf } from '@shatter/engine';
import { defineStage, type Progress } from '@shatter/pipe';
import { z } from 'zod';

const optimizer: Optimizer = sgd();
const program = await compile({
  inputs: { x: { shape: [2], dtype: 'float32' } },
  state: {},
  step: ({ x }) => ({ outputs: { y: tf.mul(x, 2) } }),
});
const { y } = await program.run({ x: Float32Array.of(1, 2) });
export const values: number[] = [...y];
export const progress: Progress = { done: 1, total: 2, unit: 'step' };
export default defineStage({
  params: z.strictObject({ steps: z.int() }),
  inputs: { one: 'one', all: 'many' },
  outputs: { out: 'out.txt' },
  run({ params, inputs, outputs }) {
    const steps: number = params.steps;
    const paths: string[] = [inputs.one.path, ...inputs.all.map(({ path }) => path)];
    // @ts-expect-error there is no such output
    return void [steps, paths, outputs.out, outputs.none, optimizer];
  },
});
`,
  );
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023', 'dom'],
    types: ['node'],
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
  };
  const config = { compilerOptions, files: ['program.ts'] };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config));
  const tsc = execaSync('node', ['node_modules/typescript/bin/tsc'], {
    cwd: project,
    reject: false,
  });
  // The declarations of @tensorflow/tfjs have errors of their own.
  const ours = tsc.stdout
    .split('\n')
    .filter((line) => /^(?:program|node_modules.@shatter)/.test(line));
  expect(ours).toEqual([]);
}, 60_000);

test('report works in a project without the checkout, with the browser code that the package brings', () => {
  const { exitCode, stdout } = pipe('report');
  expect(exitCode).toBe(0);
  const assets = join(stdout, '../assets');
  const [folder] = installed;
  for (const name of ['load.js', 'report.js', 'report.css']) {
    expect(readFileSync(join(assets, name))).toEqual(readFileSync(join(folder, 'client', name)));
  }
}, 60_000);
